//! Reading manuscripts: the whole of one, lists, history and versions. Each gives what this person may see, and nothing else.

pub mod body;
pub mod circulation;
pub mod counts;
pub mod course;
pub mod history;
pub mod leaders;
pub mod list;
pub mod own;
pub mod revisions;
pub mod views;
pub(crate) mod whole;
pub mod why_not;
