//! Signing in and out, one-time links, the language, the start page, and the page with all navigation items.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::app::accounts::people::{self, PersonUpdate};
use crate::app::accounts::{By, links};
use crate::app::contacts::{self, Contact};
use crate::app::mail_settings::{self, MailState};
use crate::app::{App, AppError, sign_in};
use crate::config::Secret;
use crate::domain::clock::Moment;
use crate::domain::lang::Lang;
use crate::http::{self, devices, rates, request_id};
use crate::text::t;
use crate::web::cookies;
use crate::web::errors::{PageResult, WebError, html, html_with};
use crate::web::fields::CSRF;
use crate::web::form::{PageForm, PublicForm};
use crate::web::layout::Layout;
use crate::web::navigation::{self, NavItem};
use crate::web::page_token::PageToken;
use crate::web::problems::Problems;
use crate::web::session::{Visitor, see_other};

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
    f: Layout,
    login: String,
    next: String,
    contacts: Vec<Contact>,
}

/// The contacts for help; without a database the page is shown without them.
async fn contacts_of(app: &App) -> Vec<Contact> {
    app.read(contacts::contacts).await.unwrap_or_default()
}

#[derive(Template)]
#[template(path = "front/forgotten.html", config = "src/web/askama.toml")]
struct ForgottenPage {
    f: Layout,
    sent: bool,
    /// Whether letters are only written to files; the same for all visitors.
    only_files: bool,
}

#[derive(Template)]
#[template(path = "front/one-time.html", config = "src/web/askama.toml")]
struct OneTimePage {
    f: Layout,
    login: String,
    min: usize,
}

#[derive(Template)]
#[template(path = "front/outdated.html", config = "src/web/askama.toml")]
struct OutdatedPage {
    f: Layout,
    /// When the newer link was made.
    at: Moment,
    contacts: Vec<Contact>,
}

#[derive(Template)]
#[template(path = "front/more.html", config = "src/web/askama.toml")]
struct MorePage {
    f: Layout,
}

/// Redirects a visitor to their start page.
async fn begin(visitor: Visitor) -> HttpResponse {
    see_other(navigation::first(&visitor.actor).path(), None)
}

async fn more(visitor: Visitor) -> PageResult {
    visitor.page(NavItem::Elsewhere, |f| MorePage { f })
}

#[derive(serde::Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

async fn door(request: HttpRequest, query: web::Query<Next>) -> PageResult {
    if Visitor::authenticate(&request).await.is_ok() {
        return Ok(see_other(inside(&query.next), None));
    }
    let f = Layout::bare(&request, cookies::language_of(&request));
    let contacts = contacts_of(&http::app(&request)?).await;
    html(&SignInPage { f, login: String::new(), next: query.into_inner().next, contacts })
}

/// Accepts only an address of this server: a path, and not one that a browser would interpret as another host.
fn inside(next: &str) -> &str {
    let is_path = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\n', '\r', '\t']);
    if is_path { next } else { "/" }
}

async fn enter(request: HttpRequest, PublicForm(fields): PublicForm) -> PageResult {
    let app = http::app(&request)?;
    let origin = devices::origin(&request, &app.settings);
    let password = Secret::new(fields.get("password"));
    let opened = sign_in::sign_in(&app, &request_id(&request), fields.get("login"), password, origin).await;
    let lang = cookies::language_of(&request);
    let message = match opened {
        Ok(opened) => {
            let mut answer = see_other(inside(fields.get("next")), None);
            let cookie = cookies::session(&app.settings, &opened.token);
            if let Some(device) = devices::cookie(&app.settings, &opened) {
                let _ = answer.add_cookie(&device);
            }
            if answer.add_cookie(&cookie).is_ok() {
                return Ok(answer);
            }
            t(lang, "api-internal-detail", &[])
        }
        Err(AppError::Unauthenticated | AppError::Invalid(_)) => t(lang, "again-wrong", &[]),
        Err(AppError::Throttled { until }) if until - app.clock.now() < chrono::Duration::minutes(2) => {
            let seconds = http::seconds_until(until, app.clock.now());
            t(lang, "sign-in-wait", &[("seconds", seconds.as_str().into())])
        }
        Err(AppError::Throttled { until }) => {
            t(lang, "sign-in-throttled", &[("until", Layout::bare(&request, lang).date_time(&until).into())])
        }
        Err(other) => return Err(other.into()),
    };
    let f = Layout::bare(&request, lang).with(Problems::say(message).of_no_form());
    let (login, next) = (fields.get("login").to_owned(), fields.get("next").to_owned());
    let contacts = contacts_of(&app).await;
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &SignInPage { f, login, next, contacts })
}

async fn leave(form: PageForm) -> PageResult {
    let visitor = form.visitor;
    let token = visitor.token;
    visitor.write(move |tx, actor| sign_in::sign_out(tx, actor, token)).await?;
    let mut answer = see_other("/sign-in", Some("signed-out"));
    let _ = answer.add_cookie(&cookies::no_session(&visitor.app.settings));
    Ok(answer)
}

/// Sets the language of this browser's pages, and that of the account if the form is from a page of it.
async fn language(request: HttpRequest, PublicForm(fields): PublicForm) -> PageResult {
    let app = http::app(&request)?;
    let lang = fields.read::<Lang>("language").unwrap_or_default();
    let page = PageToken::read(fields.get(CSRF));
    if let Some(visitor) = Visitor::authenticate(&request).await.ok().filter(|visitor| page.is_of_session(&visitor.page_token)) {
        let (id, seen) = (visitor.me.id, visitor.me.version);
        let changes = PersonUpdate { language: Some(lang), ..PersonUpdate::default() };
        visitor.write(move |tx, actor| people::change(tx, By::Person(actor), id, seen, changes)).await?;
    }
    let mut answer = see_other(inside(fields.get("back")), None);
    let _ = answer.add_cookie(&cookies::language(&app.settings, lang));
    Ok(answer)
}

async fn forgotten(request: HttpRequest) -> PageResult {
    let only_files = http::app(&request)?.read(|tx| Ok(mail_settings::state(tx)? == MailState::OnlyFiles)).await?;
    html(&ForgottenPage { f: Layout::bare(&request, cookies::language_of(&request)), sent: false, only_files })
}

async fn send_link(request: HttpRequest, PublicForm(fields): PublicForm) -> PageResult {
    let app = http::app(&request)?;
    let address = rates::address(&request, &app.settings);
    let only_files = app.read(|tx| Ok(mail_settings::state(tx)? == MailState::OnlyFiles)).await?;
    links::forgotten(&app, &request_id(&request), fields.get("login"), &address).await?;
    html(&ForgottenPage { f: Layout::bare(&request, cookies::language_of(&request)), sent: true, only_files })
}

/// The owner of a link, or the page that tells the visitor of an outdated link that there is a newer one.
async fn owner(request: &HttpRequest, app: &App, link: String) -> Result<Result<String, HttpResponse>, WebError> {
    let same = link.clone();
    let error = match app.read(move |tx| links::whose(tx, &same)).await {
        Ok(login) => return Ok(Ok(login)),
        Err(error) => error,
    };
    let replaced = match error {
        AppError::Unauthenticated => app.read(move |tx| links::replaced_at(tx, &link)).await?,
        _ => None,
    };
    let at = replaced.ok_or(error)?;
    let f = Layout::bare(request, cookies::language_of(request));
    let mut answer = html_with(StatusCode::UNAUTHORIZED, &OutdatedPage { f, at, contacts: contacts_of(app).await })?;
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(Err(answer))
}

async fn one_time(request: HttpRequest, path: web::Path<String>) -> PageResult {
    let app = http::app(&request)?;
    let login = match owner(&request, &app, path.into_inner()).await? {
        Ok(login) => login,
        Err(outdated) => return Ok(outdated),
    };
    let f = Layout::bare(&request, cookies::language_of(&request));
    html(&OneTimePage { f, login, min: app.settings.session.password_min_chars })
}

async fn set_password(request: HttpRequest, path: web::Path<String>, PublicForm(fields): PublicForm) -> PageResult {
    let app = http::app(&request)?;
    let lang = cookies::language_of(&request);
    let f = Layout::bare(&request, lang);
    let min = app.settings.session.password_min_chars;
    let login = match owner(&request, &app, path.clone()).await? {
        Ok(login) => login,
        Err(outdated) => return Ok(outdated),
    };
    let refused = |f: Layout, problems: Problems| {
        html_with(StatusCode::UNPROCESSABLE_ENTITY, &OneTimePage { f: f.with(problems.of_no_form()), login, min })
    };
    if fields.get("password") != fields.get("repeated") {
        return refused(f, Problems::say(t(lang, "one-time-differ", &[])));
    }
    let address = rates::address(&request, &app.settings);
    let password = Secret::new(fields.get("password"));
    match links::redeem(&app, &request_id(&request), &path, password, &address).await {
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
