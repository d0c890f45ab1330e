//! Runs the use cases with the sequences of the domain's model, on a database of their own.

mod acts;
mod agreement;
mod program;
mod sequences;
mod statistics;
