//! What clients send about manuscripts, and how it becomes what the desks take.

mod deciding;
mod listing;
mod writing;

pub use deciding::*;
pub use listing::*;
pub use writing::*;
