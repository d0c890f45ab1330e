//! The rules of the work. Pure: no IO, no clock, no randomness, no database, no web. Imports nothing of this crate.

pub mod assignment;
pub mod building;
pub mod bulletin;
pub mod calendar;
pub mod channel;
pub mod characters;
pub mod clock;
pub mod deadline;
pub mod endorsement;
pub mod folding;
pub mod ids;
pub mod job;
pub mod lang;
pub mod ledger;
pub mod mail_settings;
pub mod manuscript;
pub mod notice;
pub mod numbers;
pub mod outcome;
pub mod outgoing;
pub mod outline;
pub mod permission;
pub mod person;
pub mod queues;
pub mod recipients;
pub mod refusal;
pub mod salutation;
pub mod stand_in;
pub mod states;
pub mod statistics;
pub mod transition;
pub mod violation;
pub mod vocabulary;
pub mod webhook;

#[cfg(test)]
pub(crate) mod tests;
