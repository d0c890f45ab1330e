//! What clients send about manuscripts, and how it becomes what the desks take.

mod listing;
mod writing;

pub use listing::*;
pub use writing::*;
