//! Proof: verifies the whole ledger against itself, against anchors outside the database, and against the tables.

pub mod adoption;
mod bound;
pub mod browsing;
pub mod checks;
pub mod compare;
pub mod export;
mod files;
pub mod keys;
mod marks;
pub mod names;
pub mod reading;
pub mod receipts;
pub mod resume;
pub mod rotation;
mod rows;
pub mod strays;
pub mod verify;
