//! Proof: the whole ledger held against itself, against what others wrote down of it, and against the tables.

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
