//! The key that binds the rows of sessions, tokens and one-time links, and the hashes of passwords: a file outside the database. So write
//! access to the database is not enough to create a row that signs in, to change its person, kind or end, or to insert a password.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::documents::private;
use crate::domain::clock::Moment;

/// The reason why the key is not available.
#[derive(Debug, thiserror::Error)]
pub enum TokenKeyError {
    /// The file can't be read or made.
    #[error("the key file {path} can't be read or made: {source}. Look at its owner and its folder's")]
    File {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The file holds something else.
    #[error("the file {path} holds no key of 64 hexadecimal digits. Put it back from its copy")]
    Content {
        /// The file.
        path: PathBuf,
    },
    /// The database names a key, and its file is not here.
    #[error(
        "sign-ins and tokens are bound by a key, and its file {path} is missing. Put it back from its copy, or copy it from another node. Only if it is lost for ever: `zhitongche token renew-key`, which ends every sign-in, token and one-time link"
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The database names another key.
    #[error(
        "the file {path} holds another key than the one by which sign-ins and tokens of this database are bound. Put the right one there from its copy, or copy it from another node. Only if it is lost for ever: `zhitongche token renew-key`, which ends every sign-in, token and one-time link"
    )]
    Other {
        /// The file.
        path: PathBuf,
    },
    /// Others than the owner may read or change the file.
    #[error("the key file {path} is open to others (mode {mode:o}). Say: chmod 600 {path}")]
    Open {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
}

/// The columns of a token's row that grant rights. Columns that only limit them (last use, revocation) are not included.
#[derive(Debug, Clone, Copy)]
pub struct TokenClaims<'a> {
    /// The row's id.
    pub id: Uuid,
    /// Its person.
    pub user: Uuid,
    /// The channel.
    pub channel: Uuid,
    /// Session, program's token or one-time link.
    pub kind: &'a str,
    /// The hash of the secret.
    pub hash: &'a [u8],
    /// Since when.
    pub created_at: Moment,
    /// The end.
    pub expires_at: Moment,
}

/// The key.
#[derive(Clone)]
pub struct TokenKey([u8; 32]);

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokenKey({})", self.fingerprint())
    }
}

impl TokenKey {
    /// A new random key.
    #[must_use]
    pub fn generate() -> Self {
        let mut key = [0; 32];
        rand::fill(&mut key);
        Self(key)
    }

    /// Reads the key; `None` when there is no such file.
    ///
    /// # Errors
    /// When the file can't be read, is open to others, or holds something else.
    pub fn load(path: &Path) -> Result<Option<Self>, TokenKeyError> {
        let failed = |source| TokenKeyError::File { path: path.to_owned(), source };
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(failed(e)),
        };
        if let Some(mode) = private::open_mode(path).map_err(failed)? {
            return Err(TokenKeyError::Open { path: path.to_owned(), mode });
        }
        let mut key = [0; 32];
        hex::decode_to_slice(text.trim(), &mut key).map_err(|_| TokenKeyError::Content { path: path.to_owned() })?;
        Ok(Some(Self(key)))
    }

    /// Writes the key to its file, if there is none. `false`: there was one.
    ///
    /// # Errors
    /// When the file can't be made.
    pub fn create(&self, path: &Path) -> Result<bool, TokenKeyError> {
        private::create(path, self.line().as_bytes()).map_err(|source| TokenKeyError::File { path: path.to_owned(), source })
    }

    /// Writes the key in place of the one in the file.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn replace(&self, path: &Path) -> Result<(), TokenKeyError> {
        private::replace(path, self.line().as_bytes()).map_err(|source| TokenKeyError::File { path: path.to_owned(), source })
    }

    fn line(&self) -> String {
        format!("{}\n", hex::encode(self.0))
    }

    /// The fingerprint of the key, which discloses nothing of it; it is stored in the database.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        hex::encode(&self.begin(b"zhitongche token key fingerprint").finalize().into_bytes()[..16])
    }

    /// The code of a row: HMAC-SHA-256 over its claims.
    #[must_use]
    pub fn mac(&self, claims: &TokenClaims<'_>) -> Vec<u8> {
        self.over(claims).finalize().into_bytes().to_vec()
    }

    /// Whether this is the code of a row. Compares in constant time.
    #[must_use]
    pub fn is_bound(&self, claims: &TokenClaims<'_>, mac: Option<&[u8]>) -> bool {
        mac.is_some_and(|mac| self.over(claims).verify_slice(mac).is_ok())
    }

    /// The code that binds a password's hash to its person.
    #[must_use]
    pub fn password_mac(&self, user: Uuid, hash: &str) -> Vec<u8> {
        self.over_password(user, hash).finalize().into_bytes().to_vec()
    }

    /// Whether this is the code of a person's hash.
    #[must_use]
    pub fn is_password_bound(&self, user: Uuid, hash: &str, mac: Option<&[u8]>) -> bool {
        mac.is_some_and(|mac| self.over_password(user, hash).verify_slice(mac).is_ok())
    }

    /// The code of a device that has signed in to this account.
    #[must_use]
    pub fn device_mac(&self, user: Uuid, device: &str) -> Vec<u8> {
        self.over_device(user, device).finalize().into_bytes().to_vec()
    }

    /// Whether this is the code of a device for this account. Compares in constant time.
    #[must_use]
    pub fn is_device(&self, user: Uuid, device: &str, mac: &[u8]) -> bool {
        self.over_device(user, device).verify_slice(mac).is_ok()
    }

    /// Another key for this purpose alone: HMAC-SHA-256 of its name.
    #[must_use]
    pub(super) fn derived(&self, purpose: &[u8]) -> [u8; 32] {
        self.begin(purpose).finalize().into_bytes().into()
    }

    fn over_device(&self, user: Uuid, device: &str) -> Hmac<Sha256> {
        let mut mac = self.begin(b"zhitongche device 1");
        mac.update(user.as_bytes());
        mac.update(device.as_bytes());
        mac
    }

    fn over_password(&self, user: Uuid, hash: &str) -> Hmac<Sha256> {
        let mut mac = self.begin(b"zhitongche password 1");
        mac.update(user.as_bytes());
        mac.update(hash.as_bytes());
        mac
    }

    fn over(&self, claims: &TokenClaims<'_>) -> Hmac<Sha256> {
        let mut mac = self.begin(b"zhitongche token 1");
        mac.update(claims.id.as_bytes());
        mac.update(claims.user.as_bytes());
        mac.update(claims.channel.as_bytes());
        for part in [claims.kind.as_bytes(), claims.hash] {
            // The length before each part: without it, a byte could move from one to the other.
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.update(&claims.created_at.micros().to_be_bytes());
        mac.update(&claims.expires_at.micros().to_be_bytes());
        mac
    }

    /// A code whose input begins with its purpose.
    fn begin(&self, purpose: &[u8]) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key of 32 bytes");
        mac.update(&(purpose.len() as u64).to_be_bytes());
        mac.update(purpose);
        mac
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn claims() -> TokenClaims<'static> {
        TokenClaims {
            id: Uuid::from_u128(1),
            user: Uuid::from_u128(2),
            channel: Uuid::from_u128(3),
            kind: "api",
            hash: b"hash",
            created_at: Moment::from_micros(4),
            expires_at: Moment::from_micros(5),
        }
    }

    #[test]
    fn whatever_gives_power_is_bound() {
        let key = TokenKey([7; 32]);
        let mac = key.mac(&claims());
        assert!(key.is_bound(&claims(), Some(&mac)));
        assert!(!key.is_bound(&claims(), None));
        assert!(!TokenKey([8; 32]).is_bound(&claims(), Some(&mac)));
        let other = [
            TokenClaims { id: Uuid::from_u128(9), ..claims() },
            TokenClaims { user: Uuid::from_u128(9), ..claims() },
            TokenClaims { channel: Uuid::from_u128(9), ..claims() },
            TokenClaims { kind: "session", ..claims() },
            TokenClaims { hash: b"hush", ..claims() },
            TokenClaims { kind: "apih", hash: b"ash", ..claims() },
            TokenClaims { created_at: Moment::from_micros(9), ..claims() },
            TokenClaims { expires_at: Moment::from_micros(9), ..claims() },
        ];
        for changed in other {
            assert!(!key.is_bound(&changed, Some(&mac)), "{changed:?}");
        }
    }

    #[test]
    fn a_password_is_bound_to_its_person() {
        let (key, user) = (TokenKey([7; 32]), Uuid::from_u128(1));
        let mac = key.password_mac(user, "hash");
        assert!(key.is_password_bound(user, "hash", Some(&mac)));
        assert!(!key.is_password_bound(user, "hush", Some(&mac)));
        assert!(!key.is_password_bound(Uuid::from_u128(2), "hash", Some(&mac)));
        assert!(!key.is_password_bound(user, "hash", None));
    }

    #[test]
    fn a_key_is_made_once_private_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets/tokens.key");
        assert!(TokenKey::load(&path).unwrap().is_none());
        let key = TokenKey::generate();
        assert!(key.create(&path).unwrap());
        assert!(!TokenKey::generate().create(&path).unwrap());
        assert_eq!(TokenKey::load(&path).unwrap().unwrap().fingerprint(), key.fingerprint());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(TokenKey::load(&path), Err(TokenKeyError::Open { mode: 0o644, .. })));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "hello").unwrap();
        assert!(matches!(TokenKey::load(&path), Err(TokenKeyError::Content { .. })));
    }
}
