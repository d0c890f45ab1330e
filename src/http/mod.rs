//! HTTP functions that the API and the pages share: limits of requests, the caller's language, the request's id, bodies up to a limit. May
//! import `config`, `domain`, `telemetry` and `app`.

pub mod body;
pub mod devices;
pub mod download;
pub mod encoding;
pub mod faults;
pub mod live;
pub mod multipart;
pub mod range;
pub mod rates;

use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};
use actix_web::{HttpMessage, HttpRequest, rt, web};
use chrono_tz::Tz;

use crate::app::sign_in::{self, Principal};
use crate::app::{App, AppError, StoreError};
use crate::domain::clock::Moment;
use crate::domain::deadline::ChannelLimits;
use crate::domain::ids::ChannelId;
use crate::domain::lang::Lang;
use crate::http::rates::Rates;
use crate::telemetry::CallId;

/// The language that the caller prefers (`Accept-Language`).
#[must_use]
pub fn language(headers: &HeaderMap) -> Lang {
    Lang::negotiate(headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()))
}

/// The id of this request.
#[must_use]
pub fn request_id(request: &HttpRequest) -> String {
    request.extensions().get::<CallId>().map(ToString::to_string).unwrap_or_default()
}

/// The value of `Retry-After` for a wait until this moment: whole seconds, at least one.
#[must_use]
pub fn seconds_until(until: Moment, now: Moment) -> String {
    let seconds = ((until - now).num_milliseconds().max(0) + 999) / 1000;
    seconds.max(1).to_string()
}

/// The application of this server.
///
/// # Errors
/// Only where the server was built without one.
pub fn app(request: &HttpRequest) -> Result<App, AppError> {
    let app = request.app_data::<web::Data<App>>().map(|app| app.get_ref().clone());
    app.ok_or_else(|| StoreError::Database("the application is missing from this server".to_owned()).into())
}

/// Counts a request of an authenticated account, and records that its token is in use.
///
/// # Errors
/// [`AppError::Throttled`] after too many within a minute.
pub fn admit(request: &HttpRequest, app: &App, known: &Principal) -> Result<(), AppError> {
    request.extensions_mut().insert(OfChannel(known.actor.channel));
    if let Some(rates) = request.app_data::<web::Data<Rates>>() {
        rates.count_account(known.actor.user).map_err(|until| AppError::Throttled { until })?;
    }
    note_seen(app, known);
    Ok(())
}

/// The channel of the authenticated sender of a request.
struct OfChannel(ChannelId);

/// The time zone in which a request is answered: of its sender's channel, or the usual one.
#[must_use]
pub fn zone(request: &HttpRequest) -> Tz {
    let channel = request.extensions().get::<OfChannel>().map(|of| of.0);
    let zone = app(request).ok().zip(channel).map(|(app, channel)| app.zone_of(channel));
    zone.unwrap_or_else(|| ChannelLimits::default().time_zone)
}

/// Writes once a minute, in a task of its own, so that no request waits for it.
fn note_seen(app: &App, known: &Principal) {
    if known.seen_before {
        return;
    }
    let (app, token) = (app.clone(), known.token);
    rt::spawn(async move {
        if let Err(error) = app.write("", move |tx| sign_in::note_seen(tx, token)).await {
            tracing::warn!(%error, "the last use of a token was not kept");
        }
    });
}
