//! Passwords: argon2id, a few computations at a time, never on a thread that serves requests.

mod hasher;
mod queue;
mod strength;

use std::sync::{Arc, OnceLock};

use argon2::Params;

use crate::app::AppError;
use crate::config::{Secret, SessionSettings};
use crate::domain::characters::is_blank;
use crate::domain::violation::{Param, Violation};
use crate::store::StoreError;

use hasher::Hasher;
use queue::PasswordQueue;

pub use queue::WorkOwner;
pub use strength::AccountWords;

/// Creates and verifies hashes; cheap to clone.
#[derive(Clone)]
pub struct Passwords(Arc<Inner>);

struct Inner {
    hasher: Hasher,
    /// Started on first use, so that a command that hashes nothing starts no threads.
    queue: OnceLock<PasswordQueue>,
    threads: usize,
    shortest: usize,
    longest: usize,
    /// The hash that is verified where there is no account, so that this takes equally long.
    dummy: OnceLock<String>,
}

impl Passwords {
    /// Creates a hasher with the cost of these settings.
    #[must_use]
    pub fn new(settings: &SessionSettings) -> Self {
        let params = Params::new(settings.argon2_kib, settings.argon2_passes, 1, None).unwrap_or_default();
        Self(Arc::new(Inner {
            hasher: Hasher::new(params),
            queue: OnceLock::new(),
            threads: settings.argon2_parallel,
            shortest: settings.password_min_chars,
            longest: settings.password_max_chars,
            dummy: OnceLock::new(),
        }))
    }

    /// Checks whether a new password is acceptable: long enough (NIST SP 800-63B-4, 3.1.1.2), and not easy to guess for a person who knows
    /// the account. Runs on a thread for blocking work, with the same limit as the hashes.
    ///
    /// # Errors
    /// The violations of [`Passwords::check_new_now`].
    pub async fn check_new(&self, field: &'static str, password: &Secret, account: AccountWords) -> Result<(), AppError> {
        let password = password.clone();
        Ok(self.work(WorkOwner::known(), move |inner| inner.check_new(field, &password, &account)).await??)
    }

    /// Checks a new password on this thread; for the command line.
    ///
    /// # Errors
    /// `too_short`, `too_long`, and the reasons for which it is easy to guess.
    pub fn check_new_now(&self, field: &str, password: &Secret, account: &AccountWords) -> Result<(), Violation> {
        self.0.check_new(field, password, account)
    }

    /// Computes the hash of a password.
    ///
    /// # Errors
    /// Fails if the hash cannot be computed, which is a mistake in the settings.
    pub async fn hash(&self, password: Secret) -> Result<String, AppError> {
        self.work(WorkOwner::known(), move |inner| inner.hash(&password)).await?
    }

    /// Computes the hash, blocking this thread; for the command line.
    ///
    /// # Errors
    /// As [`Passwords::hash`].
    pub fn hash_now(&self, password: &Secret) -> Result<String, AppError> {
        self.0.hash(password)
    }

    /// Returns whether the password matches this hash. Without a hash it returns `false` after an equally long time.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if too many others wait.
    pub async fn is_right(&self, of: WorkOwner, password: Secret, hash: Option<String>) -> Result<bool, AppError> {
        self.work(of, move |inner| inner.check(&password, hash.as_deref())).await
    }

    /// Runs one computation on a thread of its own kind. A computation that has begun continues when its client disconnects, so that
    /// disconnecting frees no capacity.
    async fn work<T: Send + 'static>(&self, of: WorkOwner, f: impl FnOnce(&Inner) -> T + Send + 'static) -> Result<T, AppError> {
        let inner = Arc::clone(&self.0);
        let queue = self.0.queue.get_or_init(|| PasswordQueue::of(self.0.threads));
        Ok(queue.run(of, move || f(&inner)).await?)
    }
}

impl Inner {
    fn check_new(&self, field: &str, password: &Secret, account: &AccountWords) -> Result<(), Violation> {
        let text = password.expose();
        let length = text.chars().count();
        if length < self.shortest {
            let params = vec![("is", Param::Number(length)), ("min", Param::Number(self.shortest))];
            return Err(Violation { field: field.to_owned(), code: "too_short", params });
        }
        if length > self.longest {
            return Err(Violation::beyond(field, "too_long", length, self.longest));
        }
        match strength::why_weak(text, account) {
            Some(code) => Err(Violation::new(field, code)),
            None if is_blank(text) => Err(Violation::invisible(field)),
            None => Ok(()),
        }
    }

    fn hash(&self, password: &Secret) -> Result<String, AppError> {
        let hash = self.hasher.hash(password.expose().as_bytes());
        Ok(hash.map_err(|error| StoreError::unreadable("password", &error))?)
    }

    fn check(&self, password: &Secret, hash: Option<&str>) -> bool {
        let dummy = || self.dummy.get_or_init(|| self.hash(&Secret::new("nobody's")).unwrap_or_default()).as_str();
        let is_right = self.hasher.is_right(password.expose().as_bytes(), hash.unwrap_or_else(dummy));
        hash.is_some() && is_right
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    #[test]
    fn a_password_is_long_and_not_what_everybody_tries() {
        let passwords = Passwords::new(&Settings::read(None, []).unwrap().session);
        let account = AccountWords::default().with("li.ming");
        let code = |text: &str| passwords.check_new_now("password", &Secret::new(text), &account).err().map(|one| one.code);
        assert_eq!(code("short"), Some("too_short"));
        assert_eq!(code("password123456"), Some("too_common"));
        assert_eq!(code("li.mingli.ming"), Some("personal_password"));
        assert_eq!(code("aaaaaaaaaaaaaaa"), Some("repeated_password"));
        assert_eq!(code(&"long".repeat(40)), Some("too_long"));
        assert_eq!(code("correct horse battery"), None);
        assert_eq!(code("山高水长日月同光春风化雨"), None);
        assert!(code(&"\u{200b}".repeat(12)).is_some());
    }

    #[actix_web::test]
    async fn only_the_right_password_fits_and_nobody_has_none() {
        let mut session = Settings::read(None, []).unwrap().session;
        (session.argon2_kib, session.argon2_passes) = (64, 1);
        let passwords = Passwords::new(&session);
        let hash = passwords.hash(Secret::new("correct horse battery")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{hash}");
        assert!(passwords.is_right(WorkOwner::known(), Secret::new("correct horse battery"), Some(hash.clone())).await.unwrap());
        assert!(!passwords.is_right(WorkOwner::known(), Secret::new("correct horse"), Some(hash)).await.unwrap());
        assert!(!passwords.is_right(WorkOwner::known(), Secret::new("nobody's"), None).await.unwrap());
    }
}
