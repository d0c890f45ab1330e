//! Accounts: who gets one, what it opens, and how it ends.

mod bound;
mod commands;
mod memberships;
mod passwords;
mod people;
mod roles;
mod stand_ins;
mod walls;
