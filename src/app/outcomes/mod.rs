//! Outcomes of a manuscript: ratings, adoptions, archiving.

pub mod adoptions;
pub mod archival;
pub mod input;
pub mod ratings;

pub(crate) use adoptions::adoptions_of;
pub(crate) use ratings::ratings_of;
