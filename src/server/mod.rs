//! The web server, as `serve` and every test start it. May import every room but `cli`.

pub mod application;
pub mod body;
pub mod database;
pub mod health;
pub mod requests;
pub mod response_headers;
pub mod secrets;
pub mod start_error;
pub mod workers;
