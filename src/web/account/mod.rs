//! The reader's own account: roles, language and mobile number, password, sign-ins and tokens, stand-ins and handover.

mod password;
mod profile;
mod stand_ins;
mod tokens;

use actix_web::web;

use crate::web::session::Visitor;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    profile::routes(routes);
    password::routes(routes);
    tokens::routes(routes);
    stand_ins::routes(routes);
}

/// Whether the reader has office work that a stand-in or successor can take over.
fn has_office(visitor: &Visitor) -> bool {
    visitor.me.roles.iter().any(|held| held.role.is_office())
}
