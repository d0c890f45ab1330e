//! What becomes of a manuscript: how its authors rate it, where it was taken up, and that it is put away in the end.

pub mod adoptions;
pub mod archival;
pub mod input;
pub mod ratings;

pub(crate) use adoptions::adoptions_of;
pub(crate) use ratings::ratings_of;
