//! Files outside the database, and the disk that they lie on: attachments by their hash, and the ledger's signing key. May import `domain` and `config`.

pub mod archive;
pub mod ledger_key;
pub mod media;
pub mod passphrase;
pub mod private;
pub mod remembered;
pub mod sealed;
pub mod space;
pub mod token_key;
pub mod vault;
