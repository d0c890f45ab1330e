//! The reader's profile, what they may change in it (language and mobile number), and the switch to another channel of which they are a
//! member.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web;
use askama::Template;

use crate::app::AppError;
use crate::app::accounts::directory::{self, PersonView};
use crate::app::accounts::input::{MembershipChoice, UserChanges};
use crate::app::accounts::myself::Myself;
use crate::app::accounts::{By, people};
use crate::app::sign_in::memberships::{self, MembershipView};
use crate::domain::lang::Lang;
use crate::web::components::choice::Choice;
use crate::web::components::roles::RoleLine;
use crate::web::cookies;
use crate::web::errors::{PageResult, html_with};
use crate::web::fields::Fields;
use crate::web::form::PageForm;
use crate::web::layout::Layout;
use crate::web::navigation::NavItem;
use crate::web::session::{Visitor, see_other};

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/account", web::get().to(profile))
        .route("/account", web::post().to(change))
        .route("/account/membership", web::post().to(switch));
}

#[derive(Template)]
#[template(path = "account/profile.html", config = "src/web/askama.toml")]
struct ProfilePage {
    f: Layout,
    office: bool,
    me: Arc<Myself>,
    own: PersonView,
    roles: Vec<RoleLine>,
    /// The channels of which they are a member.
    memberships: Vec<MembershipView>,
    mobile: String,
    languages: Vec<Choice>,
}

impl ProfilePage {
    async fn new(visitor: &Visitor, f: Layout, typed: &Fields) -> Result<Self, AppError> {
        let lang = visitor.lang;
        let (own, roles, memberships) = visitor
            .read(move |tx, actor| {
                let own = directory::find(tx, actor, actor.user)?;
                let roles = RoleLine::acting(tx, actor, lang)?;
                Ok((own, roles, memberships::list(tx, actor)?))
            })
            .await?;
        let mobile = typed.find("mobile").map_or_else(|| own.mobile.clone().unwrap_or_default(), str::to_owned);
        let chosen = typed.find("language").map_or_else(|| own.language.to_string(), str::to_owned);
        let languages = vec![Choice::new(Lang::Zh, "中文", &chosen), Choice::new(Lang::En, "English", &chosen)];
        Ok(Self { f, office: super::has_office(visitor), me: Arc::clone(&visitor.me), own, roles, memberships, mobile, languages })
    }
}

async fn profile(visitor: Visitor) -> PageResult {
    let page = ProfilePage::new(&visitor, visitor.frame(NavItem::Account), &Fields::default()).await?;
    crate::web::errors::html(&page)
}

async fn change(form: PageForm) -> PageResult {
    let PageForm { visitor, fields } = form;
    let language = fields.read::<Lang>("language");
    let (id, typed) = (visitor.me.id, fields.clone());
    let changed = visitor.write(move |tx, actor| {
        let changes: UserChanges = typed.input()?;
        people::change(tx, By::Person(actor), id, typed.seen()?, changes.into())
    });
    match changed.await {
        Ok(()) => {
            let mut answer = see_other("/account", Some("saved"));
            let _ = answer.add_cookie(&cookies::language(&visitor.app.settings, language.unwrap_or(visitor.lang)));
            Ok(answer)
        }
        Err(error) => {
            let f = visitor.frame(NavItem::Account).with(visitor.problems(error)?);
            html_with(StatusCode::UNPROCESSABLE_ENTITY, &ProfilePage::new(&visitor, f, &fields).await?)
        }
    }
}

/// Switches to the other channel, in which a session of its own begins.
async fn switch(form: PageForm) -> PageResult {
    let PageForm { visitor, fields } = form;
    let MembershipChoice { membership_id: to } = fields.input()?;
    let token = visitor.token;
    let opened = visitor.write(move |tx, actor| memberships::switch(tx, actor, token, to)).await?;
    let mut answer = see_other("/", Some("switched"));
    let _ = answer.add_cookie(&cookies::session(&visitor.app.settings, &opened.token));
    Ok(answer)
}
