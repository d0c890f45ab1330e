//! Files outside the database, and their disk: attachments by their hash, and keys. May import `domain` and `config`.

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
