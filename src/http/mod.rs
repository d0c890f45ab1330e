//! What the API and the pages share of HTTP: limits of requests, the caller's language, the request's id, bodies up to a limit.
//! May import `config`, `domain`, `telemetry` and `desk`.

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

use crate::desk::sign_in::{self, Known};
use crate::desk::{Desk, DeskError, StoreError};
use crate::domain::clock::Moment;
use crate::domain::deadline::Limits;
use crate::domain::ids::ChannelId;
use crate::domain::lang::Lang;
use crate::http::rates::Rates;
use crate::telemetry::CallId;

/// The language that the caller asks for.
#[must_use]
pub fn language(headers: &HeaderMap) -> Lang {
    Lang::negotiate(headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()))
}

/// The id of this request.
#[must_use]
pub fn request_id(request: &HttpRequest) -> String {
    request.extensions().get::<CallId>().map(ToString::to_string).unwrap_or_default()
}

/// What `Retry-After` says to who has to wait until then: whole seconds, at least one.
#[must_use]
pub fn seconds_until(until: Moment, now: Moment) -> String {
    let seconds = ((until - now).num_milliseconds().max(0) + 999) / 1000;
    seconds.max(1).to_string()
}

/// The desk of this server.
///
/// # Errors
/// Only in an application that was built without one.
pub fn desk(request: &HttpRequest) -> Result<Desk, DeskError> {
    let desk = request.app_data::<web::Data<Desk>>().map(|desk| desk.get_ref().clone());
    desk.ok_or_else(|| StoreError::Database("no desk in this application".to_owned()).into())
}

/// Counts a request of somebody who was recognised, and notes that his token is in use.
///
/// # Errors
/// [`DeskError::Throttled`] after too many within a minute.
pub fn admit(request: &HttpRequest, desk: &Desk, known: &Known) -> Result<(), DeskError> {
    request.extensions_mut().insert(OfChannel(known.actor.channel));
    if let Some(rates) = request.app_data::<web::Data<Rates>>() {
        let limit = desk.settings.limits.requests_per_minute_account;
        let subject = format!("account {}", known.actor.user);
        rates.take(&subject, limit, desk.clock.now()).map_err(|until| DeskError::Throttled { until })?;
    }
    note_seen(desk, known);
    Ok(())
}

/// The channel of whoever sent a request, once they were recognised.
struct OfChannel(ChannelId);

/// The time zone in which a request is answered: of its sender's channel, or the usual one.
#[must_use]
pub fn zone(request: &HttpRequest) -> Tz {
    let channel = request.extensions().get::<OfChannel>().map(|of| of.0);
    let zone = desk(request).ok().zip(channel).map(|(desk, channel)| desk.zone_of(channel));
    zone.unwrap_or_else(|| Limits::default().time_zone)
}

/// Once a minute, and beside the request: nobody waits for it.
fn note_seen(desk: &Desk, known: &Known) {
    if known.seen_before {
        return;
    }
    let (desk, token) = (desk.clone(), known.token);
    rt::spawn(async move {
        if let Err(error) = desk.write("", move |tx| sign_in::note_seen(tx, token)).await {
            tracing::warn!(%error, "the last use of a token was not kept");
        }
    });
}
