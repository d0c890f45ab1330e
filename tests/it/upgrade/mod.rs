//! From one version to the next: migrations that landed stay as they are, data of an older version is taken along, and a newer schema is
//! refused by every command.

mod frozen;
mod newer;
mod older;
