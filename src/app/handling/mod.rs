//! Handling: assignments to departments, their answers to each suggestion, and the conclusion.
//!
//! An assignment has a state and a version of its own; its acts are recorded in the chain of its manuscript.

pub mod assigning;
mod assignment_form;
pub mod board;
pub(crate) mod charge;
pub mod concluding;
mod dates;
pub mod deciding;
pub mod extending;
pub mod forms;
pub mod listing;
pub mod merged;
pub mod merged_views;
pub mod promises;
pub mod prospects;
pub mod reading;
pub mod receiving;
pub(crate) mod reopening;
pub mod replying;
pub mod reporting;
pub mod views;

pub use assigning::assign;
pub use concluding::{asks_reason, conclude, conclude_again};
pub use deciding::decide_merged;
pub use reopening::reopen;
