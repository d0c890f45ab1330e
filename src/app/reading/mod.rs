//! Reading manuscripts: complete views, lists, history and versions. Each returns only what this person may see.

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
