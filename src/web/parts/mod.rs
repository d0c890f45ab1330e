//! Components that several pages share and that need more than a macro of `parts.html`.

pub mod line;
