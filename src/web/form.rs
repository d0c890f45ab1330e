//! What a page sends back. Nothing typed is ever lost: a form whose session has ended, or whose token is another session's, comes
//! back as a page that keeps every field and goes on where it stopped.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use subtle::ConstantTimeEq;
use url::form_urlencoded;

use crate::config::Secret;
use crate::desk::{DeskError, sign_in};
use crate::http::{self, body::BodyError, encoding::is_utf8, rates};
use crate::web::errors::WebError;
use crate::web::visitor::Visitor;

/// The field that carries the session's token.
pub const CSRF: &str = "csrf";
/// The fields with which a form signs in again.
const LOGIN: &str = "resume_login";
const PASSWORD: &str = "resume_password";

/// The fields of a form, in their order (`application/x-www-form-urlencoded`, WHATWG URL). A name may come several times.
#[derive(Debug, Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads what is known to be UTF-8; anything else is replaced, as the standard says.
    #[must_use]
    pub fn parse(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// The first value of this name, or nothing.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The first value of this name; an absent field is an empty one.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// All values of this name.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    }

    /// Whether a box of this name was ticked, or a button of it pressed.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The value as something that can be read from text: an id, a number, a word of a vocabulary.
    #[must_use]
    pub fn read<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.find(name)?.trim().parse().ok()
    }

    /// The fields that a page has to carry on when it asks something in between.
    pub fn carried(&self) -> impl Iterator<Item = &(String, String)> {
        self.0.iter().filter(|(name, _)| ![CSRF, LOGIN, PASSWORD].contains(&name.as_str()))
    }
}

/// A form that was sent by a page of this session. The extractor of every page that changes something.
pub struct Form {
    /// Who sent it.
    pub visitor: Visitor,
    /// What he typed.
    pub fields: Fields,
}

impl Form {
    /// Takes the form of a page that this session made.
    pub(super) fn own(request: &HttpRequest, visitor: Visitor, fields: Fields) -> Result<Self, WebError> {
        if bool::from(fields.get(CSRF).as_bytes().ct_eq(visitor.csrf.as_bytes())) {
            return Ok(Self { visitor, fields });
        }
        // A page from before the last sign-in: its words are kept, and its owner says that he means it.
        Err(WebError::AskAgain { to: request.uri().to_string(), fields, csrf: Some(visitor.csrf), wrong: false })
    }
}

impl From<Vec<(String, String)>> for Fields {
    fn from(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }
}

impl FromRequest for Form {
    type Error = WebError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, WebError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let fields = fields(&request, payload).await?;
            match Visitor::recognize(&request).await {
                Ok(visitor) => Self::own(&request, visitor, fields),
                Err(DeskError::Unauthenticated) => resume(&request, fields).await,
                Err(other) => Err(other.into()),
            }
        })
    }
}

/// The fields of a form from somebody who need not have signed in.
pub struct Open(pub Fields);

impl FromRequest for Open {
    type Error = WebError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, WebError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { Ok(Self(fields(&request, payload).await?)) })
    }
}

async fn fields(request: &HttpRequest, payload: Payload) -> Result<Fields, WebError> {
    let max = http::desk(request)?.settings.server.json_bytes;
    match http::body::read(request, payload, max).await {
        Ok(body) if !is_utf8(&body) => Err(WebError::Malformed("UTF-8".to_owned())),
        Ok(body) => Ok(Fields::parse(&body)),
        Err(BodyError::TooLarge { max }) => Err(DeskError::TooLarge { max }.into()),
        Err(BodyError::Broken(why)) => Err(WebError::Malformed(why)),
    }
}

/// The session has ended: with name and password beside the fields it begins anew and the form goes on.
async fn resume(request: &HttpRequest, fields: Fields) -> Result<Form, WebError> {
    let desk = http::desk(request)?;
    let again = |fields, wrong| WebError::AskAgain { to: request.uri().to_string(), fields, csrf: None, wrong };
    let Some(login) = fields.find(LOGIN).map(str::to_owned) else { return Err(again(fields, false)) };
    let password = Secret::new(fields.get(PASSWORD));
    let address = rates::address(request, &desk.settings);
    match sign_in::sign_in(&desk, &http::request_id(request), &login, password, &address).await {
        Ok(opened) => {
            let visitor = Visitor::behind(request, desk, opened.token.clone()).await?;
            request.extensions_mut().insert(FreshSession(opened.token));
            Ok(Form { visitor, fields })
        }
        Err(DeskError::Unauthenticated) => Err(again(fields, true)),
        Err(other) => Err(other.into()),
    }
}

/// A session that began within this request; the guard puts its cookie on the answer.
pub(super) struct FreshSession(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_their_order_and_their_repeats() {
        let fields = Fields::parse("s=一&s=&title=a%20b+c&csrf=x&resume_password=y".as_bytes());
        assert_eq!(fields.all("s"), ["一", ""]);
        assert_eq!((fields.get("title"), fields.get("none"), fields.has("s")), ("a b c", "", true));
        assert_eq!(fields.read::<i64>("title"), None);
        let carried: Vec<&str> = fields.carried().map(|(name, _)| name.as_str()).collect();
        assert_eq!(carried, ["s", "s", "title"]);
    }
}
