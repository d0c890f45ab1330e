//! Forms that pages send. No input is ever lost: a form whose session has ended, or that was made for another account or in another
//! session, comes back as a page that carries every field and continues where it stopped.

use std::future::Future;
use std::pin::Pin;

use actix_web::cookie::Cookie;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use crate::app::{AppError, sign_in};
use crate::config::Secret;
use crate::http::{self, body::BodyError, devices, encoding::is_utf8};
use crate::web::errors::{Again, WebError};
use crate::web::fields::{CSRF, Fields, LOGIN, PASSWORD, SideSignInError, Typed};
use crate::web::page_token::PageToken;
use crate::web::session::Visitor;

/// A form that was sent from a page of this account. The extractor of all handlers that change something.
pub struct PageForm {
    /// The sender.
    pub visitor: Visitor,
    /// The fields of the form.
    pub fields: Fields,
}

impl PageForm {
    /// Accepts the form of a page that this session made. A form from another session, or made for another account, is never executed under
    /// this one: the sender is asked first.
    pub(super) async fn admit(request: &HttpRequest, visitor: Visitor, fields: Fields) -> Result<Self, WebError> {
        let page = PageToken::read(fields.get(CSRF));
        if page.is_of_session(&visitor.page_token) {
            return Ok(Self { visitor, fields });
        }
        if fields.has(LOGIN) {
            return resume(request, fields, Some(visitor.me.name.clone())).await;
        }
        let again = match page.account {
            // The page is older than the last sign-in: its input is carried over, and the user confirms it.
            Some(account) if account == visitor.actor.user => Again::Confirm { token: visitor.page_token.to_string() },
            _ => Again::Password { page, now: Some(visitor.me.name.clone()), wrong: None },
        };
        Err(WebError::AskAgain { to: request.uri().to_string(), fields, again })
    }

    /// Accepts a form from any sender, and asks for a sign-in where its session has ended.
    pub(super) async fn take(request: &HttpRequest, fields: Fields) -> Result<Self, WebError> {
        request.extensions_mut().insert(Typed(fields.clone()));
        match Visitor::authenticate(request).await {
            Ok(visitor) => Self::admit(request, visitor, fields).await,
            Err(AppError::Unauthenticated) => resume(request, fields, None).await,
            Err(other) => Err(other.into()),
        }
    }
}

impl FromRequest for PageForm {
    type Error = WebError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, WebError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let fields = fields(&request, payload).await?;
            Self::take(&request, fields).await
        })
    }
}

/// The fields of a form from a visitor who need not have signed in.
pub struct PublicForm(pub Fields);

impl FromRequest for PublicForm {
    type Error = WebError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, WebError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { Ok(Self(fields(&request, payload).await?)) })
    }
}

async fn fields(request: &HttpRequest, payload: Payload) -> Result<Fields, WebError> {
    let max = http::app(request)?.settings.server.json_bytes;
    match http::body::read(request, payload, max).await {
        Ok(body) if !is_utf8(&body) => Err(WebError::Malformed("UTF-8".to_owned())),
        Ok(body) => Ok(Fields::parse(&body)),
        Err(BodyError::TooLarge { max }) => Err(AppError::TooLarge { max }.into()),
        Err(BodyError::Broken(why)) => Err(WebError::Malformed(why)),
    }
}

/// Starts a new session if the form carries login and password, and accepts the form. The session is always that of the account for
/// which the page was made. `now` is the user who has signed in since.
async fn resume(request: &HttpRequest, fields: Fields, now: Option<String>) -> Result<PageForm, WebError> {
    let app = http::app(request)?;
    let page = PageToken::read(fields.get(CSRF));
    let again = |fields, page, wrong| {
        let again = Again::Password { page, now: now.clone(), wrong };
        WebError::AskAgain { to: request.uri().to_string(), fields, again }
    };
    let Some(login) = fields.find(LOGIN).map(str::to_owned) else { return Err(again(fields, page, None)) };
    let password = Secret::new(fields.get(PASSWORD));
    let origin = devices::origin(request, &app.settings);
    match sign_in::sign_in_as(&app, &http::request_id(request), &login, password, origin, page.account).await {
        Ok(opened) => {
            let device = devices::cookie(&app.settings, &opened);
            let visitor = Visitor::behind(request, app, opened.token.clone()).await?;
            request.extensions_mut().insert(FreshSession { token: opened.token, device });
            Ok(PageForm { visitor, fields })
        }
        Err(AppError::Unauthenticated | AppError::Invalid(_)) => Err(again(fields, page, Some(SideSignInError::Password))),
        Err(AppError::Throttled { until }) => Err(again(fields, page, Some(SideSignInError::TooOften { until }))),
        Err(other) => Err(other.into()),
    }
}

/// A session that began within this request; the guard sets its cookie on the response.
pub(super) struct FreshSession {
    /// The session's secret.
    pub token: String,
    /// The cookie by which the device is recognised from now on.
    pub device: Option<Cookie<'static>>,
}
