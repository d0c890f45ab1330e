//! Pages for errors.

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

/// The result of a page handler.
pub type PageResult = Result<HttpResponse, WebError>;

/// The reason why a page cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// The error of a use case.
    #[error(transparent)]
    App(#[from] AppError),
    /// The visitor has not signed in; they are redirected to the sign-in and then to `next`.
    #[error("not signed in")]
    SignedOut {
        /// The requested address.
        next: String,
    },
    /// The session of a form has ended, or the form is from another session or another account: a page asks for the password or for a
    /// confirmation, and carries every field.
    #[error("a form needs its session")]
    AskAgain {
        /// The address to which the form was sent.
        to: String,
        /// The fields of the form.
        fields: Fields,
        /// What the page asks for.
        again: Again,
    },
    /// The request was sent by another site.
    #[error("the request came from another site")]
    OtherSite,
    /// The request cannot be parsed.
    #[error("bad request: {0}")]
    Malformed(String),
    /// The template failed, which is an error of the program.
    #[error("template: {0}")]
    Template(#[from] askama::Error),
}

/// What a form needs before it is executed.
#[derive(Debug)]
pub enum Again {
    /// A confirmation: the page is from an earlier session of the same account.
    Confirm {
        /// The token of the current session.
        token: String,
    },
    /// The password of the account for which the page was made.
    Password {
        /// The page's token.
        page: PageToken,
        /// The name of the user who has signed in since.
        now: Option<String>,
        /// Why the last attempt was refused.
        wrong: Option<SideSignInError>,
    },
}

impl ResponseError for WebError {
    /// Only the status; the guard replaces the body by a page in the reader's language.
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

/// Renders a page from its template.
///
/// # Errors
/// Only if the template fails.
pub fn html(page: &impl Template) -> PageResult {
    html_with(StatusCode::OK, page)
}

/// Renders a page from its template with another status: 422 for a form that comes back.
///
/// # Errors
/// Only if the template fails.
pub fn html_with(status: StatusCode, page: &impl Template) -> PageResult {
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(page.render()?))
}

/// Handles addresses without a page.
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
    /// Whether a one-time link was not accepted, so that the visitor needs a new one.
    wants_link: bool,
    request_id: String,
    /// Whether an act was requested and not executed: the text on the page before is still there.
    failed: bool,
    /// The fields of the form that was not executed.
    typed: Option<Fields>,
    /// Where to send it again, if waiting may help.
    to: Option<String>,
}

#[derive(Template)]
#[template(path = "again.html", config = "src/web/askama.toml")]
struct AgainPage<'a> {
    f: Layout,
    to: &'a str,
    fields: &'a Fields,
    /// The token of the form.
    token: String,
    /// Whether a confirmation is needed; otherwise the password.
    confirms: bool,
    /// The account whose password is asked for; empty if the page does not name it.
    login: &'a str,
    /// The name of the user who has signed in since.
    now: Option<&'a str>,
    wrong: Option<String>,
}

/// Renders a page for an error.
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
        // A page that was only requested for reading: no act was lost.
        (_, Some(Refusal::WrongRole { needed })) if is_looking => t(lang, "page-closed", &[("roles", text::words(lang, needed).into())]),
        (_, Some(refusal)) => f.refusal(refusal),
        (WebError::Malformed(why), _) => t(lang, "api-malformed-detail", &[("why", why.into())]),
        (WebError::OtherSite, _) => t(lang, "page-other-site", &[]),
        (WebError::App(AppError::UnsupportedFile(why)), _) => text::violation(lang, why),
        (WebError::App(AppError::NotFound), _) => t(lang, "page-nothing-here", &[]),
        (WebError::App(AppError::Unauthenticated), _) => t(lang, "page-link-dead", &[]),
        (WebError::App(AppError::Throttled { until }), _) => t(lang, "page-throttled", &[("until", f.date_time(until).into())]),
        // The form was not read, so this page cannot show its text; the page before still has it.
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
    // The log has details on errors of the program.
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

/// How long to wait before the next attempt, for programs that read pages.
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
                // A token without an account names none, and is not carried over.
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
