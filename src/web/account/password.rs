//! Changes the reader's password, which ends all their sessions and tokens.

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::app::accounts::input::PasswordChange;
use crate::app::accounts::links;
use crate::text::t;
use crate::web::cookies;
use crate::web::errors::{PageResult, html, html_with};
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::problems::{PageProblem, Problems};
use crate::web::session::{Visitor, see_other};

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes.route("/account/password", web::get().to(form)).route("/account/password", web::post().to(change));
}

#[derive(Template)]
#[template(path = "account/password.html", config = "src/web/askama.toml")]
struct PasswordPage {
    f: Layout,
    office: bool,
    login: String,
    min: usize,
}

impl PasswordPage {
    fn new(visitor: &Visitor, f: Layout) -> Self {
        let (login, min) = (visitor.me.login.clone(), visitor.app.settings.session.password_min_chars);
        Self { f, office: super::has_office(visitor), login, min }
    }
}

async fn form(visitor: Visitor) -> PageResult {
    html(&PasswordPage::new(&visitor, visitor.frame(NavItem::Account)))
}

async fn change(form: PageForm) -> PageResult {
    let PageForm { visitor, fields } = form;
    let refused = |problems: Problems| {
        let page = PasswordPage::new(&visitor, visitor.frame(NavItem::Account).with(problems.of_no_form()));
        html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
    };
    if fields.get("new_password") != fields.get("repeated") {
        let message = t(visitor.lang, "one-time-differ", &[]);
        return refused(Problems {
            list: vec![PageProblem { field: Some("repeated".to_owned()), code: "not_repeated", message }],
            ..Problems::default()
        });
    }
    let PasswordChange { password: present, new_password: new } = match fields.input() {
        Ok(change) => change,
        Err(error) => return refused(visitor.problems(error)?),
    };
    match links::change(&visitor.app, &visitor.request_id, &visitor.actor, present, new).await {
        Ok(()) => {
            let mut answer = see_other("/sign-in", Some("password-set"));
            let _ = answer.add_cookie(&cookies::no_session(&visitor.app.settings));
            Ok(answer)
        }
        Err(error) => refused(visitor.problems(error)?),
    }
}
