//! The door: signing in and out, one-time links, the language, where one begins, and the page with all places.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::config::Secret;
use crate::desk::accounts::By;
use crate::desk::accounts::links;
use crate::desk::accounts::people::{self, Changes};
use crate::desk::contacts::{self, Contact};
use crate::desk::mail_settings::{self, MailState};
use crate::desk::{Desk, DeskError, sign_in};
use crate::domain::clock::Moment;
use crate::domain::lang::Lang;
use crate::http::{self, devices, rates, request_id};
use crate::text::t;
use crate::web::cookies;
use crate::web::errors::{Page, WebError, html, html_with};
use crate::web::form::{CSRF, Form, Open};
use crate::web::frame::Frame;
use crate::web::page_token::PageToken;
use crate::web::places::{self, Place};
use crate::web::problems::Problems;
use crate::web::visitor::{Visitor, see_other};

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/", web::get().to(begin))
        .route("/more", web::get().to(more))
        .route("/sign-in", web::get().to(door))
        .route("/sign-in", web::post().to(enter))
        .route("/sign-out", web::post().to(leave))
        .route("/language", web::post().to(language))
        .route("/forgotten", web::get().to(forgotten))
        .route("/forgotten", web::post().to(send_link))
        .route("/one-time/{secret}", web::get().to(one_time))
        .route("/one-time/{secret}", web::post().to(set_password));
}

#[derive(Template)]
#[template(path = "front/sign-in.html", config = "src/web/askama.toml")]
struct SignInPage {
    f: Frame,
    login: String,
    next: String,
    contacts: Vec<Contact>,
}

/// Whom to ask; without a database the page is shown without it.
async fn contacts_of(desk: &Desk) -> Vec<Contact> {
    desk.read(contacts::contacts).await.unwrap_or_default()
}

#[derive(Template)]
#[template(path = "front/forgotten.html", config = "src/web/askama.toml")]
struct ForgottenPage {
    f: Frame,
    sent: bool,
    /// Whether letters are only written to files; the same for everybody who asks.
    only_files: bool,
}

#[derive(Template)]
#[template(path = "front/one-time.html", config = "src/web/askama.toml")]
struct OneTimePage {
    f: Frame,
    login: String,
    min: usize,
}

#[derive(Template)]
#[template(path = "front/outdated.html", config = "src/web/askama.toml")]
struct OutdatedPage {
    f: Frame,
    /// When the newer link was made.
    at: Moment,
    contacts: Vec<Contact>,
}

#[derive(Template)]
#[template(path = "front/more.html", config = "src/web/askama.toml")]
struct MorePage {
    f: Frame,
}

/// Where a visitor begins.
async fn begin(visitor: Visitor) -> HttpResponse {
    see_other(places::first(&visitor.actor).path(), None)
}

async fn more(visitor: Visitor) -> Page {
    visitor.page(Place::Elsewhere, |f| MorePage { f })
}

#[derive(serde::Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

async fn door(request: HttpRequest, query: web::Query<Next>) -> Page {
    if Visitor::recognize(&request).await.is_ok() {
        return Ok(see_other(inside(&query.next), None));
    }
    let f = Frame::bare(&request, cookies::language_of(&request));
    let contacts = contacts_of(&http::desk(&request)?).await;
    html(&SignInPage { f, login: String::new(), next: query.into_inner().next, contacts })
}

/// Only an address of this server: a path, and not one that a browser would read as another host.
fn inside(next: &str) -> &str {
    let is_path = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\n', '\r', '\t']);
    if is_path { next } else { "/" }
}

async fn enter(request: HttpRequest, Open(fields): Open) -> Page {
    let desk = http::desk(&request)?;
    let origin = devices::origin(&request, &desk.settings);
    let password = Secret::new(fields.get("password"));
    let opened = sign_in::sign_in(&desk, &request_id(&request), fields.get("login"), password, origin).await;
    let lang = cookies::language_of(&request);
    let message = match opened {
        Ok(opened) => {
            let mut answer = see_other(inside(fields.get("next")), None);
            let cookie = cookies::session(&desk.settings, &opened.token);
            if let Some(device) = devices::cookie(&desk.settings, &opened) {
                let _ = answer.add_cookie(&device);
            }
            if answer.add_cookie(&cookie).is_ok() {
                return Ok(answer);
            }
            t(lang, "api-internal-detail", &[])
        }
        Err(DeskError::Unauthenticated | DeskError::Invalid(_)) => t(lang, "again-wrong", &[]),
        Err(DeskError::Throttled { until }) if until - desk.clock.now() < chrono::Duration::minutes(2) => {
            let seconds = http::seconds_until(until, desk.clock.now());
            t(lang, "sign-in-wait", &[("seconds", seconds.as_str().into())])
        }
        Err(DeskError::Throttled { until }) => {
            t(lang, "sign-in-throttled", &[("until", Frame::bare(&request, lang).date_time(&until).into())])
        }
        Err(other) => return Err(other.into()),
    };
    let f = Frame::bare(&request, lang).with(Problems::say(message).of_no_form());
    let (login, next) = (fields.get("login").to_owned(), fields.get("next").to_owned());
    let contacts = contacts_of(&desk).await;
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &SignInPage { f, login, next, contacts })
}

async fn leave(form: Form) -> Page {
    let visitor = form.visitor;
    let token = visitor.token;
    visitor.write(move |tx, actor| sign_in::sign_out(tx, actor, token)).await?;
    let mut answer = see_other("/sign-in", Some("signed-out"));
    let _ = answer.add_cookie(&cookies::no_session(&visitor.desk.settings));
    Ok(answer)
}

/// Sets the language of this browser's pages, and that of the account if the form comes from a page of it.
async fn language(request: HttpRequest, Open(fields): Open) -> Page {
    let desk = http::desk(&request)?;
    let lang = fields.read::<Lang>("language").unwrap_or_default();
    let page = PageToken::read(fields.get(CSRF));
    if let Some(visitor) = Visitor::recognize(&request).await.ok().filter(|visitor| page.is_of_session(&visitor.page_token)) {
        let (id, seen) = (visitor.me.id, visitor.me.version);
        let changes = Changes { language: Some(lang), ..Changes::default() };
        visitor.write(move |tx, actor| people::change(tx, By::Person(actor), id, seen, changes)).await?;
    }
    let mut answer = see_other(inside(fields.get("back")), None);
    let _ = answer.add_cookie(&cookies::language(&desk.settings, lang));
    Ok(answer)
}

async fn forgotten(request: HttpRequest) -> Page {
    let only_files = http::desk(&request)?.read(|tx| Ok(mail_settings::state(tx)? == MailState::OnlyFiles)).await?;
    html(&ForgottenPage { f: Frame::bare(&request, cookies::language_of(&request)), sent: false, only_files })
}

async fn send_link(request: HttpRequest, Open(fields): Open) -> Page {
    let desk = http::desk(&request)?;
    let address = rates::address(&request, &desk.settings);
    let only_files = desk.read(|tx| Ok(mail_settings::state(tx)? == MailState::OnlyFiles)).await?;
    links::forgotten(&desk, &request_id(&request), fields.get("login"), &address).await?;
    html(&ForgottenPage { f: Frame::bare(&request, cookies::language_of(&request)), sent: true, only_files })
}

/// Whose link it is, or the page that says of an outdated one that there is a newer.
async fn owner(request: &HttpRequest, desk: &Desk, link: String) -> Result<Result<String, HttpResponse>, WebError> {
    let same = link.clone();
    let error = match desk.read(move |tx| links::whose(tx, &same)).await {
        Ok(login) => return Ok(Ok(login)),
        Err(error) => error,
    };
    let replaced = match error {
        DeskError::Unauthenticated => desk.read(move |tx| links::replaced_at(tx, &link)).await?,
        _ => None,
    };
    let at = replaced.ok_or(error)?;
    let f = Frame::bare(request, cookies::language_of(request));
    let mut answer = html_with(StatusCode::UNAUTHORIZED, &OutdatedPage { f, at, contacts: contacts_of(desk).await })?;
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(Err(answer))
}

async fn one_time(request: HttpRequest, path: web::Path<String>) -> Page {
    let desk = http::desk(&request)?;
    let login = match owner(&request, &desk, path.into_inner()).await? {
        Ok(login) => login,
        Err(outdated) => return Ok(outdated),
    };
    let f = Frame::bare(&request, cookies::language_of(&request));
    html(&OneTimePage { f, login, min: desk.settings.session.password_min_chars })
}

async fn set_password(request: HttpRequest, path: web::Path<String>, Open(fields): Open) -> Page {
    let desk = http::desk(&request)?;
    let lang = cookies::language_of(&request);
    let f = Frame::bare(&request, lang);
    let min = desk.settings.session.password_min_chars;
    let login = match owner(&request, &desk, path.clone()).await? {
        Ok(login) => login,
        Err(outdated) => return Ok(outdated),
    };
    let refused = |f: Frame, problems: Problems| {
        html_with(StatusCode::UNPROCESSABLE_ENTITY, &OneTimePage { f: f.with(problems.of_no_form()), login, min })
    };
    if fields.get("password") != fields.get("repeated") {
        return refused(f, Problems::say(t(lang, "one-time-differ", &[])));
    }
    let address = rates::address(&request, &desk.settings);
    let password = Secret::new(fields.get("password"));
    match links::redeem(&desk, &request_id(&request), &path, password, &address).await {
        Ok(()) => Ok(see_other("/sign-in", Some("password-set"))),
        Err(error) => {
            let problems = Problems::of(lang, f.time.zone(), error)?;
            refused(f, problems)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::inside;

    #[test]
    fn a_sign_in_leads_only_back_inside() {
        for bad in ["", "https://evil.cn", "//evil.cn", "/\\evil.cn", "javascript:x", "/a\nb"] {
            assert_eq!(inside(bad), "/", "{bad:?}");
        }
        assert_eq!(inside("/manuscripts/1?x=2"), "/manuscripts/1?x=2");
    }
}
