//! Argon2id whose working memory belongs to the hashing thread.
//!
//! One hash needs tens of MiB. If each one allocates them anew, small values of other threads end up between them and the allocator returns
//! nothing to the system: a flood of sign-ins grew the process by hundreds of MiB.

use std::cell::RefCell;

use argon2::password_hash::phc::{Ident, Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{self, CustomizedPasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use rand::Rng;

thread_local! {
    static MEMORY: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}

/// The number of bytes of a new salt (RFC 9106, section 3.1: 16 are recommended for passwords).
const SALT_BYTES: usize = 16;

/// Creates and verifies hashes, with parameters for new ones.
pub(super) struct Hasher {
    params: Params,
}

impl Hasher {
    pub(super) const fn new(params: Params) -> Self {
        Self { params }
    }

    /// Computes the hash of a password with a new salt, in the PHC string format.
    pub(super) fn hash(&self, password: &[u8]) -> password_hash::Result<String> {
        let mut salt = [0_u8; SALT_BYTES];
        rand::rng().fill_bytes(&mut salt);
        Ok(self.hash_password_customized(password, &salt, None, None, self.params.clone())?.to_string())
    }

    /// Returns whether the password matches this hash, by the hash's own parameters.
    pub(super) fn is_right(&self, password: &[u8], hash: &str) -> bool {
        PasswordHash::new(hash).is_ok_and(|hash| self.verify_password(password, &hash).is_ok())
    }
}

impl CustomizedPasswordHasher<PasswordHash> for Hasher {
    type Params = Params;

    fn hash_password_customized(
        &self,
        password: &[u8],
        salt: &[u8],
        algorithm: Option<&str>,
        version: Option<u32>,
        params: Params,
    ) -> password_hash::Result<PasswordHash> {
        let algorithm = algorithm.map(Algorithm::try_from).transpose()?.unwrap_or(Algorithm::Argon2id);
        let version = version.map(Version::try_from).transpose()?.unwrap_or(Version::V0x13);
        let salt = Salt::new(salt)?;
        let mut output = vec![0_u8; params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN)];
        MEMORY.with_borrow_mut(|memory| {
            memory.resize(params.block_count(), Block::default());
            let argon2 = Argon2::new(algorithm, version, params.clone());
            argon2.hash_password_into_with_memory(password, &salt, &mut output, memory)
        })?;
        Ok(PasswordHash {
            algorithm: Ident::new(algorithm.as_str())?,
            version: Some(version.into()),
            params: ParamsString::try_from(&params)?,
            salt: Some(salt),
            hash: Some(Output::new(&output)?),
        })
    }
}
