//! The rules held against tables that were written from `domain.md` alone, and against sequences of acts.

mod assignments;
mod bulletins;
mod four_eyes;
mod guards;
mod manuscripts;
mod people;
mod queues;
mod recipients;
mod secrets;
mod sequences;
mod sights;
mod values;
mod world;
