//! The ledger on real databases: appended in transactions, sealed, proved, and tampered with as a database's administrator would.

mod accounts;
mod auditors;
mod business;
mod commands;
mod fields;
mod keys;
mod names;
mod sealing;
mod strays;
mod tamper;
mod upgrade;
mod windows;
mod world;
