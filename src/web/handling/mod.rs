//! The departments' desk, and one page for every assignment, for the department and for the office.

pub(super) mod after;

use actix_web::web;

pub(super) fn routes(_: &mut web::ServiceConfig) {}
