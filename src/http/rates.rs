//! How many requests an account and an address may send within a minute.
//!
//! Counted in this process alone: with several nodes behind a balancer each allows its own share, which keeps a limit of load a
//! limit of load. What guards secrets (sign-in, one-time links) is counted in rows that all nodes share; see
//! [`crate::desk::sign_in`].

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;

use actix_web::HttpRequest;

use crate::config::Settings;
use crate::domain::clock::Moment;

/// After this many subjects those whose minute is over are forgotten.
const SUBJECTS: usize = 20_000;
const MINUTE: i64 = 60_000_000;

/// The counts of this process.
#[derive(Debug, Default)]
pub struct Rates(Mutex<HashMap<String, (i64, u32)>>);

impl Rates {
    /// Counts one request of a subject; 0 is no limit.
    ///
    /// # Errors
    /// When the next minute begins, if this one is used up.
    pub fn take(&self, subject: &str, limit: u32, now: Moment) -> Result<(), Moment> {
        if limit == 0 {
            return Ok(());
        }
        let minute = now.micros().div_euclid(MINUTE);
        let mut counts = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if counts.len() > SUBJECTS {
            counts.retain(|_, (at, _)| *at == minute);
        }
        if !counts.contains_key(subject) {
            counts.insert(subject.to_owned(), (minute, 0));
        }
        let Some((at, hits)) = counts.get_mut(subject) else { return Ok(()) };
        if *at != minute {
            (*at, *hits) = (minute, 0);
        }
        *hits += 1;
        if *hits > limit { Err(Moment::from_micros((minute + 1) * MINUTE)) } else { Ok(()) }
    }
}

/// Where a request comes from: the peer, or, when the peer is a proxy that we trust, the last address that it has not written itself.
#[must_use]
pub fn address(request: &HttpRequest, settings: &Settings) -> String {
    let Some(peer) = request.peer_addr() else { return "unknown".to_owned() };
    let trusted = |address: &IpAddr| settings.server.trusted_proxies.contains(address);
    if !trusted(&peer.ip()) {
        return peer.ip().to_string();
    }
    let forwarded = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",");
    let hops = forwarded.rsplit(',').filter_map(|hop| hop.trim().parse::<IpAddr>().ok());
    hops.into_iter().find(|hop| !trusted(hop)).unwrap_or_else(|| peer.ip()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_has_its_limit_and_the_next_begins_anew() {
        let rates = Rates::default();
        let now = Moment::from_micros(90 * 1_000_000);
        assert_eq!(rates.take("a", 2, now), Ok(()));
        assert_eq!(rates.take("a", 2, now), Ok(()));
        let until = Moment::from_micros(120 * 1_000_000);
        assert_eq!(rates.take("a", 2, now), Err(until));
        assert_eq!(rates.take("b", 2, now), Ok(()));
        assert_eq!(rates.take("a", 2, until), Ok(()));
        assert_eq!(rates.take("a", 0, now), Ok(()));
    }

    #[test]
    fn only_a_trusted_proxy_may_name_another_address() {
        let mut settings = Settings::read(None, []).unwrap();
        let from = |peer: &str, header: &str| {
            let request = actix_web::test::TestRequest::default().peer_addr(peer.parse().unwrap());
            request.insert_header(("x-forwarded-for", header)).to_http_request()
        };
        assert_eq!(address(&from("127.0.0.1:5", "9.9.9.9, 10.1.1.1"), &settings), "10.1.1.1");
        assert_eq!(address(&from("10.0.0.5:5", "9.9.9.9"), &settings), "10.0.0.5");
        settings.server.trusted_proxies = vec!["10.0.0.5".parse().unwrap(), "10.1.1.1".parse().unwrap()];
        assert_eq!(address(&from("10.0.0.5:5", "9.9.9.9, 10.1.1.1"), &settings), "9.9.9.9");
        assert_eq!(address(&from("10.0.0.5:5", "nonsense"), &settings), "10.0.0.5");
    }
}
