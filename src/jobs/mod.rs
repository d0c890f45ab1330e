//! What goes on without being asked: sealing the ledger, delivering letters, reminding. May import all rooms up to `desk`.
//!
//! Any node may do it; what only one may do at a time is held by a lease in the database.

pub mod seal;
