//! Pages for what can't be shown or done.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue, LOCATION, RETRY_AFTER};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, ResponseError};
use askama::Template;
use url::form_urlencoded;

use crate::app::AppError;
use crate::domain::refusal::Refusal;
use crate::http::faults::{Fault, code_of, retry_after, status};
use crate::http::{self, seconds_until};
use crate::text::{self, t};
use crate::web::fields::{CSRF, Fields, SideSignInError, Typed};
use crate::web::layout::Layout;
use crate::web::page_token::PageToken;

/// What a handler of a page gives.
pub type PageResult = Result<HttpResponse, WebError>;

/// Why there is no such page.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// A use case says so.
    #[error(transparent)]
    App(#[from] AppError),
    /// Nobody has signed in; they are led there and then to `next`.
    #[error("not signed in")]
    SignedOut {
        /// Where they wanted to go.
        next: String,
    },
    /// The session of a form has ended, or the form is of another session or another account: a page asks for the password, or for
    /// a second yes, and carries every field.
    #[error("a form needs its session")]
    AskAgain {
        /// Where the form was going.
        to: String,
        /// What was typed.
        fields: Fields,
        /// What is asked.
        again: Again,
    },
    /// Another site sent this.
    #[error("the request came from another site")]
    OtherSite,
    /// The request can't be read.
    #[error("bad request: {0}")]
    Malformed(String),
    /// The page could not be put together; a mistake of ours.
    #[error("template: {0}")]
    Template(#[from] askama::Error),
}

/// What a form has to show before it is carried out.
#[derive(Debug)]
pub enum Again {
    /// A second yes: the page is of an earlier session of the same account.
    Confirm {
        /// The token of the session that is there now.
        token: String,
    },
    /// The password of the account that the page was made for.
    Password {
        /// The page's token.
        page: PageToken,
        /// Who has signed in meanwhile, by name.
        now: Option<String>,
        /// Why the last try was refused.
        wrong: Option<SideSignInError>,
    },
}

impl ResponseError for WebError {
    /// Only the status; the guard puts a page in its place, in the reader's language.
    fn status_code(&self) -> StatusCode {
        match self {
            Self::App(error) => status(code_of(error).0),
            Self::SignedOut { .. } => StatusCode::SEE_OTHER,
            Self::AskAgain { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::OtherSite => StatusCode::FORBIDDEN,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Template(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// A page from its template.
///
/// # Errors
/// Only if the template fails.
pub fn html(page: &impl Template) -> PageResult {
    html_with(StatusCode::OK, page)
}

/// A page from its template with another status: 422 for a form that comes back.
///
/// # Errors
/// Only if the template fails.
pub fn html_with(status: StatusCode, page: &impl Template) -> PageResult {
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(page.render()?))
}

/// What no page is for.
///
/// # Errors
/// Always [`AppError::NotFound`].
pub async fn nowhere() -> PageResult {
    Err(AppError::NotFound.into())
}

#[derive(Template)]
#[template(path = "error.html", config = "src/web/askama.toml")]
struct ErrorPage {
    f: Layout,
    title: String,
    detail: String,
    /// Whether a one-time link was of no use: another is what is wanted.
    wants_link: bool,
    request_id: String,
    /// Whether something was to be done, and was not: what the page before has kept stays there.
    failed: bool,
    /// What was typed into the form that could not be carried out.
    typed: Option<Fields>,
    /// Where to send it once more, when waiting may help.
    to: Option<String>,
}

#[derive(Template)]
#[template(path = "again.html", config = "src/web/askama.toml")]
struct AgainPage<'a> {
    f: Layout,
    to: &'a str,
    fields: &'a Fields,
    /// The token that the form is sent with.
    token: String,
    /// Whether a second yes is asked for; else the password.
    confirms: bool,
    /// Whose password; empty where the page doesn't say.
    login: &'a str,
    /// Who has signed in meanwhile.
    now: Option<&'a str>,
    wrong: Option<String>,
}

/// Puts a page in the place of an error.
pub(super) fn in_words(error: &WebError, f: Layout, request: &HttpRequest) -> HttpResponse {
    let lang = f.lang;
    let answer = match error {
        WebError::SignedOut { next } => return lead_to_sign_in(next),
        WebError::AskAgain { to, fields, again } => html_with(error.status_code(), &AgainPage::new(f, to, fields, again)),
        other => error_page(other, f, request),
    };
    answer.unwrap_or_else(|error| {
        tracing::error!(%error, "no page for an error");
        HttpResponse::InternalServerError().body(t(lang, "api-internal-detail", &[]))
    })
}

fn lead_to_sign_in(next: &str) -> HttpResponse {
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    HttpResponse::SeeOther().insert_header((LOCATION, format!("/sign-in?{query}"))).finish()
}

fn error_page(error: &WebError, f: Layout, request: &HttpRequest) -> PageResult {
    let (lang, is_looking) = (f.lang, request.method().is_safe());
    let (code, refusal) = match error {
        WebError::App(error) => code_of(error),
        WebError::OtherSite => ("forbidden", None),
        WebError::Malformed(_) => ("malformed", None),
        _ => ("internal", None),
    };
    let detail = match (error, refusal) {
        // A page that was only looked at: nothing was going to be done.
        (_, Some(Refusal::WrongRole { needed })) if is_looking => t(lang, "page-closed", &[("roles", text::words(lang, needed).into())]),
        (_, Some(refusal)) => f.refusal(refusal),
        (WebError::Malformed(why), _) => t(lang, "api-malformed-detail", &[("why", why.into())]),
        (WebError::OtherSite, _) => t(lang, "page-other-site", &[]),
        (WebError::App(AppError::UnsupportedFile(why)), _) => text::violation(lang, why),
        (WebError::App(AppError::NotFound), _) => t(lang, "page-nothing-here", &[]),
        (WebError::App(AppError::Unauthenticated), _) => t(lang, "page-link-dead", &[]),
        (WebError::App(AppError::Throttled { until }), _) => t(lang, "page-throttled", &[("until", f.date_time(until).into())]),
        // Its words were not read, so this page can't show them; the one before still has them.
        (WebError::App(AppError::TooLarge { max }), _) if !is_looking => t(lang, "page-too-large", &[("max", (*max).into())]),
        (WebError::App(AppError::TooLarge { max }), _) => t(lang, "api-too_large-detail", &[("max", (*max).into())]),
        _ => t(lang, &format!("api-{code}-detail"), &[]),
    };
    let wants_link = matches!(error, WebError::App(AppError::Unauthenticated));
    let title = match refusal {
        _ if wants_link => t(lang, "page-link-dead-title", &[]),
        Some(Refusal::WrongRole { .. }) if is_looking => t(lang, "page-closed-title", &[]),
        _ => t(lang, &format!("api-{code}-title"), &[]),
    };
    // The log has more about mistakes of ours.
    let request_id = if error.status_code().is_server_error() { crate::http::request_id(request) } else { String::new() };
    let typed = request.extensions().get::<Typed>().map(|typed| typed.0.clone()).filter(|_| !is_looking);
    let may_help = error.status_code().is_server_error() || error.status_code() == StatusCode::TOO_MANY_REQUESTS;
    let to = (typed.is_some() && may_help).then(|| request.uri().to_string());
    let page = ErrorPage { f, title, detail, wants_link, request_id, failed: !is_looking, typed, to };
    let mut answer = html_with(error.status_code(), &page)?;
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(wait) = wait(error, request)
        && let Ok(seconds) = HeaderValue::from_str(&wait)
    {
        answer.headers_mut().insert(RETRY_AFTER, seconds);
    }
    if error.status_code().is_server_error() {
        answer.extensions_mut().insert(Fault { code, why: error.to_string() });
    }
    Ok(answer)
}

/// How long to wait, for programs that look at pages.
fn wait(error: &WebError, request: &HttpRequest) -> Option<String> {
    match error {
        WebError::App(AppError::Throttled { until }) => Some(seconds_until(*until, http::app(request).ok()?.clock.now())),
        WebError::App(error) => retry_after(code_of(error).0).map(str::to_owned),
        _ => None,
    }
}

impl<'a> AgainPage<'a> {
    fn new(f: Layout, to: &'a str, fields: &'a Fields, again: &'a Again) -> Self {
        let lang = f.lang;
        match again {
            Again::Confirm { token } => Self { f, to, fields, token: token.clone(), confirms: true, login: "", now: None, wrong: None },
            Again::Password { page, now, wrong } => {
                let wrong = wrong.map(|wrong| match wrong {
                    SideSignInError::Password if now.is_some() && !page.login.is_empty() => {
                        t(lang, "again-wrong-account", &[("login", page.login.as_str().into())])
                    }
                    SideSignInError::Password => t(lang, "again-wrong", &[]),
                    SideSignInError::TooOften { until } => t(lang, "sign-in-throttled", &[("until", f.date_time(&until).into())]),
                });
                // Without an account it names none, and is not carried on.
                let token = page.account.map(|_| page.clone().without_session().to_string()).unwrap_or_default();
                Self { f, to, fields, token, confirms: false, login: &page.login, now: now.as_deref(), wrong }
            }
        }
    }

    /// The name of the token's field.
    fn csrf_name(&self) -> &'static str {
        CSRF
    }
}
