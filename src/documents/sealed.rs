//! Encrypted secrets in the database, such as a mail server's password: XChaCha20-Poly1305 with a key that is derived from that of
//! sign-ins, so that every node has it. They are bound to the rest of their row, so that an attacker with write access to the database
//! alone can neither read them nor have them sent somewhere else.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};

use crate::documents::token_key::TokenKey;

/// The first byte of the sealed form; then come nonce and text.
const VERSION: u8 = 1;
const NONCE: usize = 24;

/// The secret was sealed by another key, or it or the data that it is bound to was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it was encrypted by another key, or changed in the database")]
pub struct UnsealError;

/// Seals and opens secrets.
pub struct SecretBox(XChaCha20Poly1305);

impl SecretBox {
    /// For an installation's key.
    #[must_use]
    pub fn new(key: &TokenKey) -> Self {
        Self(XChaCha20Poly1305::new(&key.derived(b"zhitongche sealed secrets 1").into()))
    }

    /// Encrypts a secret. It can be decrypted only with the same `bound`: its purpose, and all data that decides where it is sent.
    #[must_use]
    pub fn seal(&self, bound: &[u8], secret: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE];
        rand::fill(&mut nonce);
        let mut sealed = vec![VERSION];
        sealed.extend(nonce);
        #[expect(clippy::expect_used, reason = "the cipher refuses only texts of more than 256 GiB")]
        let text = self.0.encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: bound }).expect("a short secret");
        sealed.extend(text);
        sealed
    }

    /// Decrypts a secret.
    ///
    /// # Errors
    /// [`UnsealError`].
    pub fn open(&self, bound: &[u8], sealed: &[u8]) -> Result<Vec<u8>, UnsealError> {
        let (head, text) = sealed.split_at_checked(1 + NONCE).ok_or(UnsealError)?;
        let (VERSION, nonce) = (head[0], <[u8; NONCE]>::try_from(&head[1..]).map_err(|_| UnsealError)?) else { return Err(UnsealError) };
        self.0.decrypt(&XNonce::from(nonce), Payload { msg: text, aad: bound }).map_err(|_| UnsealError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_only_with_its_key_whole_and_where_it_belongs() {
        let (key, other) = (TokenKey::generate(), TokenKey::generate());
        let place = SecretBox::new(&key);
        let sealed = place.seal(b"smtp.example.cn", b"open sesame");
        assert!(!sealed.windows(4).any(|window| window == b"sesa"));
        assert_eq!(SecretBox::new(&key).open(b"smtp.example.cn", &sealed).unwrap(), b"open sesame");
        assert_eq!(SecretBox::new(&other).open(b"smtp.example.cn", &sealed), Err(UnsealError));
        assert_eq!(place.open(b"smtp.elsewhere.cn", &sealed), Err(UnsealError));
        for at in [0, 1, 1 + NONCE, sealed.len() - 1] {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(place.open(b"smtp.example.cn", &changed), Err(UnsealError), "byte {at}");
        }
        assert_eq!(place.open(b"", &sealed[..NONCE]), Err(UnsealError));
        assert_ne!(place.seal(b"smtp.example.cn", b"open sesame"), sealed, "the nonce is new each time");
    }
}
