//! Passwords: argon2id, a few at a time, never on a thread that answers requests.

use std::sync::{Arc, LazyLock, OnceLock};

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::config::{Secret, Session};
use crate::desk::DeskError;
use crate::domain::violation::{Param, Violation};
use crate::store::StoreError;

/// Makes and checks hashes; cheap to clone.
#[derive(Clone)]
pub struct Passwords(Arc<Inner>);

struct Inner {
    argon2: Argon2<'static>,
    at_once: Semaphore,
    shortest: usize,
    longest: usize,
    /// The hash of nothing in particular, checked where there is no account, so that this takes as long.
    dummy: OnceLock<String>,
}

/// Passwords that everybody tries first; what is built from them is refused too.
static COMMON: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    vec![
        "password",
        "passw0rd",
        "qwerty",
        "123456",
        "111111",
        "000000",
        "888888",
        "666666",
        "abc123",
        "iloveyou",
        "admin",
        "zhitongche",
        "woaini",
    ]
});

impl Passwords {
    /// With the cost of these settings.
    #[must_use]
    pub fn new(settings: &Session) -> Self {
        let params = Params::new(settings.argon2_kib, settings.argon2_passes, 1, None).unwrap_or_default();
        Self(Arc::new(Inner {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            at_once: Semaphore::new(settings.argon2_parallel.max(1)),
            shortest: settings.password_min_chars,
            longest: settings.password_max_chars,
            dummy: OnceLock::new(),
        }))
    }

    /// Whether a new password may be used: long enough (NIST SP 800-63B-4, 3.1.1.2), and not one that everybody tries first.
    ///
    /// # Errors
    /// `too_short`, `too_long`, `too_common`.
    pub fn check_new(&self, field: &str, password: &Secret, login: &str) -> Result<(), Violation> {
        let text = password.expose();
        let length = text.chars().count();
        if length < self.0.shortest {
            let params = vec![("is", Param::Number(length)), ("min", Param::Number(self.0.shortest))];
            return Err(Violation { field: field.to_owned(), code: "too_short", params });
        }
        if length > self.0.longest {
            return Err(Violation::beyond(field, "too_long", length, self.0.longest));
        }
        let mut rest = text.to_lowercase();
        for word in COMMON.iter().copied().chain([login]).filter(|word| word.len() > 2) {
            rest = rest.replace(word, "");
        }
        let mut left: Vec<char> = rest.chars().collect();
        left.dedup();
        if left.len() < 4 { Err(Violation::new(field, "too_common")) } else { Ok(()) }
    }

    /// The hash of a password.
    ///
    /// # Errors
    /// When the hash can't be made, which is a mistake of the settings.
    pub async fn hash(&self, password: Secret) -> Result<String, DeskError> {
        let inner = Arc::clone(&self.0);
        let _permit = self.0.at_once.acquire().await.map_err(|_| StoreError::Panicked)?;
        let made = tokio::task::spawn_blocking(move || inner.hash(&password)).await;
        made.map_err(|_| StoreError::Panicked)?
    }

    /// The same, waiting on this thread; for the command line.
    ///
    /// # Errors
    /// As [`Passwords::hash`].
    pub fn hash_now(&self, password: &Secret) -> Result<String, DeskError> {
        self.0.hash(password)
    }

    /// Whether it is the password of this hash. Without a hash the answer is no, after as long a time.
    ///
    /// # Errors
    /// When the check can't run.
    pub async fn is_right(&self, password: Secret, hash: Option<String>) -> Result<bool, DeskError> {
        let inner = Arc::clone(&self.0);
        let _permit = self.0.at_once.acquire().await.map_err(|_| StoreError::Panicked)?;
        let checked = tokio::task::spawn_blocking(move || inner.check(&password, hash.as_deref())).await;
        Ok(checked.map_err(|_| StoreError::Panicked)?)
    }
}

impl Inner {
    fn hash(&self, password: &Secret) -> Result<String, DeskError> {
        let hash = self.argon2.hash_password(password.expose().as_bytes());
        Ok(hash.map_err(|error| StoreError::unreadable("password", &error))?.to_string())
    }

    fn check(&self, password: &Secret, hash: Option<&str>) -> bool {
        let dummy = || self.dummy.get_or_init(|| self.hash(&Secret::new("nobody's")).unwrap_or_default()).as_str();
        let verified = self.argon2.verify_password(password.expose().as_bytes(), hash.unwrap_or_else(dummy));
        hash.is_some() && verified.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    #[test]
    fn a_password_is_long_and_not_what_everybody_tries() {
        let passwords = Passwords::new(&Settings::read(None, []).unwrap().session);
        let code = |text: &str| passwords.check_new("password", &Secret::new(text), "li.ming").err().map(|one| one.code);
        assert_eq!(code("short"), Some("too_short"));
        assert_eq!(code("password123456"), Some("too_common"));
        assert_eq!(code("li.mingli.ming"), Some("too_common"));
        assert_eq!(code("aaaaaaaaaaaaaaa"), Some("too_common"));
        assert_eq!(code(&"long".repeat(40)), Some("too_long"));
        assert_eq!(code("correct horse battery"), None);
        assert_eq!(code("山高水长日月同光春风化雨"), None);
    }

    #[actix_web::test]
    async fn only_the_right_password_fits_and_nobody_has_none() {
        let mut session = Settings::read(None, []).unwrap().session;
        (session.argon2_kib, session.argon2_passes) = (64, 1);
        let passwords = Passwords::new(&session);
        let hash = passwords.hash(Secret::new("correct horse battery")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{hash}");
        assert!(passwords.is_right(Secret::new("correct horse battery"), Some(hash.clone())).await.unwrap());
        assert!(!passwords.is_right(Secret::new("correct horse"), Some(hash)).await.unwrap());
        assert!(!passwords.is_right(Secret::new("nobody's"), None).await.unwrap());
    }
}
