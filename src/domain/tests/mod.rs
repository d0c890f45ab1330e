//! Compares the rules with tables that were written from the work alone, not from the code (`domain.md`), and runs sequences of acts.

mod assignments;
mod bulletins;
mod four_eyes;
mod guards;
mod manuscripts;
mod outgoing;
mod people;
mod queues;
mod recipients;
mod secrets;
pub(crate) mod sequences;
mod sights;
mod values;
pub(crate) mod world;
