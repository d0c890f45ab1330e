//! Components that several pages share and that need more than a macro of `parts.html`.

pub mod choice;
pub mod files;
pub mod line;
pub mod quotes;
pub mod recipients;
pub mod roles;
pub mod rows;
pub mod suggestions;
pub mod timeline;
pub mod unseen;
