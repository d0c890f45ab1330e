//! Accounts: channels, organisations, people, their roles, tokens, stand-ins, and the calendar.
//!
//! Who administers: the system administrator (everything here), the security administrator (people, roles, tokens). Neither reads
//! manuscripts. The command line acts as the program itself; that it did stands in the ledger.

pub mod people;
