//! The two cookies: the session, and the language of a visitor who has not signed in.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time};

use crate::config::Settings;
use crate::domain::lang::Lang;

/// The prefix `__Host-` (RFC 6265bis, 4.1.3.2) binds the cookie to this host, to `/` and to https.
const SECURE: &str = "__Host-ztc-session";
/// For plain http, which `server.allow_http` must allow beyond loopback: browsers do not store a `__Host-` cookie there.
const PLAIN: &str = "ztc-session";
const LANGUAGE: &str = "ztc-language";

fn is_secure(settings: &Settings) -> bool {
    let url = settings.public_url();
    url.starts_with("https:")
}

/// The name of the session's cookie in this installation.
#[must_use]
pub fn session_name(settings: &Settings) -> &'static str {
    if is_secure(settings) { SECURE } else { PLAIN }
}

/// The cookie of a new session. It lasts as long as the browser runs; the server may end the session earlier.
#[must_use]
pub fn session(settings: &Settings, token: &str) -> Cookie<'static> {
    Cookie::build(session_name(settings), token.to_owned())
        .path("/")
        .http_only(true)
        .secure(is_secure(settings))
        .same_site(SameSite::Lax)
        .finish()
}

/// Removes the session cookie.
#[must_use]
pub fn no_session(settings: &Settings) -> Cookie<'static> {
    let mut cookie = session(settings, "");
    cookie.make_removal();
    cookie
}

/// The secret in the session cookie.
#[must_use]
pub fn secret(request: &HttpRequest, settings: &Settings) -> Option<String> {
    request.cookie(session_name(settings)).map(|cookie| cookie.value().to_owned()).filter(|secret| !secret.is_empty())
}

/// Stores a language for a year.
#[must_use]
pub fn language(settings: &Settings, lang: Lang) -> Cookie<'static> {
    Cookie::build(LANGUAGE, lang.as_str())
        .path("/")
        .http_only(true)
        .secure(is_secure(settings))
        .same_site(SameSite::Lax)
        .max_age(time::Duration::days(365))
        .finish()
}

/// The language for a visitor who has not signed in: the cookie, then `Accept-Language`, then Chinese.
#[must_use]
pub fn language_of(request: &HttpRequest) -> Lang {
    let chosen = request.cookie(LANGUAGE).and_then(|cookie| cookie.value().parse().ok());
    chosen.unwrap_or_else(|| crate::http::language(request.headers()))
}
