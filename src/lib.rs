//! 直通车: suggestions from the author's hand to a concluded, rated outcome.
//!
//! The rooms, and the one direction in which they may import each other:
//! `domain` ← `store`, `text`, `documents` ← `mail` ← `desk` ← `http`, `jobs` ← `web`, `api` ← `server` ← `cli`.
//! `config` and `telemetry` may be used by all but `domain`. A test reads the `use crate::` lines and fails on a breach.

pub mod api;
pub mod app;
pub mod cli;
pub mod config;
pub mod documents;
pub mod domain;
pub mod http;
pub mod jobs;
pub mod mail;
pub mod server;
pub mod store;
pub mod telemetry;
pub mod text;
pub mod web;
pub mod webhooks;
