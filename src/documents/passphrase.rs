//! Encrypting a few bytes with a passphrase: Argon2id (RFC 9106) makes the key, XChaCha20-Poly1305 encrypts and authenticates.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};

/// The first line of the encrypted form, with its version.
const MAGIC: &[u8] = b"zhitongche encrypted 1\n";
/// The parameters of Argon2id: memory in KiB, passes, lanes. The second recommended option of RFC 9106, section 4.
const COST: [u32; 3] = [65_536, 3, 4];
/// Most memory (KiB), passes and lanes that are spent on a stranger's file.
const MOST_COST: [u32; 3] = [1_048_576, 16, 16];
const SALT: usize = 16;
const NONCE: usize = 24;
/// Magic, three numbers, salt and nonce.
const HEAD: usize = MAGIC.len() + 12 + SALT + NONCE;

/// The fewest characters of a passphrase.
pub const LEAST_CHARS: usize = 12;

/// The reason why something can't be encrypted or read again.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PassphraseError {
    /// The passphrase is too short.
    #[error("the passphrase has fewer than {LEAST_CHARS} characters; take a longer one, such as five words")]
    Short,
    /// It was not encrypted by this program.
    #[error("this was not encrypted by zhitongche, or by a newer version")]
    Format,
    /// The passphrase is another one, or a byte was changed.
    #[error("the passphrase is wrong, or the encrypted part was changed")]
    Wrong,
    /// There is no memory for making the key.
    #[error("no key can be made from the passphrase: {0}")]
    Cost(String),
}

/// Encrypts.
///
/// # Errors
/// [`PassphraseError::Short`]; [`PassphraseError::Cost`].
pub fn encrypt(passphrase: &str, plain: &[u8]) -> Result<Vec<u8>, PassphraseError> {
    if passphrase.chars().count() < LEAST_CHARS {
        return Err(PassphraseError::Short);
    }
    let mut random = [0; SALT + NONCE];
    rand::fill(&mut random);
    let mut sealed = MAGIC.to_vec();
    sealed.extend(COST.iter().flat_map(|number| number.to_be_bytes()));
    sealed.extend(random);
    let (cipher, nonce) = cipher(passphrase, COST, &sealed)?;
    let payload = Payload { msg: plain, aad: &sealed };
    let text = cipher.encrypt(&nonce, payload).map_err(|_| PassphraseError::Format)?;
    sealed.extend(text);
    Ok(sealed)
}

/// Decrypts the result of [`encrypt`].
///
/// # Errors
/// [`PassphraseError`] says which.
pub fn decrypt(passphrase: &str, sealed: &[u8]) -> Result<Vec<u8>, PassphraseError> {
    let (head, text) = sealed.split_at_checked(HEAD).ok_or(PassphraseError::Format)?;
    let numbers = head.strip_prefix(MAGIC).ok_or(PassphraseError::Format)?;
    let mut cost = [0; 3];
    for (number, bytes) in cost.iter_mut().zip(numbers.chunks_exact(4)) {
        *number = bytes.try_into().map(u32::from_be_bytes).map_err(|_| PassphraseError::Format)?;
    }
    if cost.iter().zip(MOST_COST).any(|(cost, most)| *cost > most) {
        return Err(PassphraseError::Format);
    }
    let (cipher, nonce) = cipher(passphrase, cost, head)?;
    cipher.decrypt(&nonce, Payload { msg: text, aad: head }).map_err(|_| PassphraseError::Wrong)
}

/// The cipher for a head, whose last parts are salt and nonce.
fn cipher(passphrase: &str, [memory, passes, lanes]: [u32; 3], head: &[u8]) -> Result<(XChaCha20Poly1305, XNonce), PassphraseError> {
    let cost = |error: &dyn std::fmt::Display| PassphraseError::Cost(error.to_string());
    let (salt, nonce) = head[HEAD - SALT - NONCE..].split_at(SALT);
    let params = Params::new(memory, passes, lanes, Some(32)).map_err(|error| cost(&error))?;
    let mut key = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, &mut key)
        .map_err(|error| cost(&error))?;
    let nonce = XNonce::try_from(nonce).map_err(|_| PassphraseError::Format)?;
    Ok((XChaCha20Poly1305::new(&key.into()), nonce))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_passphrase_opens_it_and_only_unchanged() {
        let sealed = encrypt("five words are enough", b"the key").unwrap();
        assert!(!sealed.windows(7).any(|window| window == b"the key"));
        assert_eq!(decrypt("five words are enough", &sealed).unwrap(), b"the key");
        assert_eq!(decrypt("five words are enough ", &sealed), Err(PassphraseError::Wrong));
        for at in [HEAD - 1, HEAD, sealed.len() - 1] {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(decrypt("five words are enough", &changed), Err(PassphraseError::Wrong), "byte {at}");
        }
        assert_eq!(decrypt("five words are enough", &sealed[..HEAD - 1]), Err(PassphraseError::Format));
        assert_ne!(encrypt("five words are enough", b"the key").unwrap(), sealed, "salt and nonce are new each time");
    }

    #[test]
    fn a_short_passphrase_and_a_dear_file_are_refused() {
        assert_eq!(encrypt("eleven char", b""), Err(PassphraseError::Short));
        let mut dear = encrypt("five words are enough", b"the key").unwrap();
        dear[MAGIC.len()] = 0xff;
        assert_eq!(decrypt("five words are enough", &dear), Err(PassphraseError::Format));
    }
}
