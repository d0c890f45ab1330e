//! From the dispatcher's desk to the departments and back: charged, answered, concluded, rated, put away.

mod board;
mod departments;
mod http;
mod life;
mod outcomes;
mod record;
mod time;
mod told;
mod windows;
mod world;
