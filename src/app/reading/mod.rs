//! Reading manuscripts: the whole of one, lists, history and versions. Each gives what this person may see, and nothing else.

pub mod body;
pub mod circulation;
pub mod counts;
pub mod course;
pub mod denials;
pub mod history;
pub mod leaders;
pub mod list;
pub(crate) mod manuscript_view;
pub mod own;
pub mod revisions;
pub mod views;
