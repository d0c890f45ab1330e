//! Under the right name, and nothing typed is lost: pages of another account, unfinished forms, characters, repeats.

mod accounts;
mod characters;
mod folding;
mod invisible;
mod repeats;
mod unfinished;
