//! The change to another channel of which the person is a member.

use actix_web::web;

use crate::app::accounts::input::MembershipChoice;
use crate::app::sign_in::memberships;
use crate::web::cookies;
use crate::web::errors::PageResult;
use crate::web::form::PageForm;
use crate::web::session::see_other;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/account/membership", web::post().to(switch));
}

/// Goes on in the other channel, with a session of its own, where one begins there.
async fn switch(form: PageForm) -> PageResult {
    let PageForm { visitor, fields } = form;
    let MembershipChoice { membership_id: to } = fields.input()?;
    let token = visitor.token;
    let opened = visitor.write(move |tx, actor| memberships::switch(tx, actor, token, to)).await?;
    let mut answer = see_other("/", Some("switched"));
    let _ = answer.add_cookie(&cookies::session(&visitor.app.settings, &opened.token));
    Ok(answer)
}
