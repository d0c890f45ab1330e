//! The cookies that show that a device has signed in to an account before. Each account has its own, so that people who share a device do
//! not overwrite each other's. See [`crate::app::sign_in`].

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time};
use sha2::{Digest, Sha256};

use crate::app::sign_in::{DEVICE_DAYS, OpenedSession, Origin};
use crate::config::Settings;
use crate::http::rates;

/// As for the session's cookie: the prefix binds it to this host and to https, and no browser takes it under plain http.
const SECURE: &str = "__Host-ztc-device-";
const PLAIN: &str = "ztc-device-";

/// Cookies that are read. On a browser that more people share, one of them may have to wait as on an unknown device.
const MOST: usize = 20;

fn is_secure(settings: &Settings) -> bool {
    settings.public_url().starts_with("https:")
}

/// The origin of a sign-in: the address and the devices' cookies.
#[must_use]
pub fn origin(request: &HttpRequest, settings: &Settings) -> Origin {
    let prefix = if is_secure(settings) { SECURE } else { PLAIN };
    let devices = match request.cookies() {
        Ok(cookies) => cookies.iter().filter(|one| one.name().starts_with(prefix)).take(MOST).map(|one| one.value().to_owned()).collect(),
        Err(_) => Vec::new(),
    };
    Origin { address: rates::address(request, settings), devices }
}

/// The cookie of a device that has just signed in.
#[must_use]
pub fn cookie(settings: &Settings, opened: &OpenedSession) -> Option<Cookie<'static>> {
    let prefix = if is_secure(settings) { SECURE } else { PLAIN };
    // The name of the cookie does not disclose the person's id.
    let account = hex::encode(&Sha256::digest(opened.person.0.as_bytes())[..6]);
    let cookie = Cookie::build(format!("{prefix}{account}"), opened.device.clone()?)
        .path("/")
        .http_only(true)
        .secure(is_secure(settings))
        .same_site(SameSite::Lax)
        .max_age(time::Duration::days(DEVICE_DAYS));
    Some(cookie.finish())
}
