//! The bodies of requests on manuscripts, and their conversion to the input of the use cases.

mod listing;
mod writing;

pub use listing::*;
pub use writing::*;
