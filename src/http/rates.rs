//! Limits of the requests of an account and of an address.
//!
//! The crate `governor` decides by the generic cell rate algorithm: as many requests as the limit may come at once, and as many again
//! spread over each minute. So no more than the limit passes at the turn of a minute, and a client that was refused waits for a single
//! request to be returned, not for the next minute.
//!
//! The states are those of this process alone: with several nodes behind a balancer each allows its own share, which is enough for a limit of
//! load. Attempts to guess secrets (sign-in, one-time links) are counted in rows that all nodes share; see [`crate::app::sign_in`].

mod states;

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::OnceLock;
use std::time::Duration;

use actix_web::HttpRequest;
use governor::middleware::NoOpMiddleware;
use governor::{Quota, RateLimiter};

use crate::config::{LimitSettings, Settings};
use crate::domain::clock::{Clock, Moment};
use crate::domain::ids::UserId;
use crate::http::rates::states::RecentStates;

/// The limits of this process; `None` where the settings switch a limit off.
#[derive(Debug)]
pub struct Rates {
    accounts: Option<KeyedLimit<UserId>>,
    addresses: Option<KeyedLimit<String>>,
}

impl Rates {
    /// Limits by the settings and this clock.
    #[must_use]
    pub fn new(limits: &LimitSettings, clock: &Clock) -> Self {
        Self {
            accounts: KeyedLimit::new(limits.requests_per_minute_account, clock),
            addresses: KeyedLimit::new(limits.requests_per_minute_address, clock),
        }
    }

    /// Counts a request of an account.
    ///
    /// # Errors
    /// The time of the next request that is allowed, if this one is not.
    pub fn count_account(&self, user: UserId) -> Result<(), Moment> {
        self.accounts.as_ref().map_or(Ok(()), |limit| limit.count(&user))
    }

    /// Counts a request from an address, as [`address`] writes it.
    ///
    /// # Errors
    /// The time of the next request that is allowed, if this one is not.
    pub fn count_address(&self, address: &str) -> Result<(), Moment> {
        self.addresses.as_ref().map_or(Ok(()), |limit| limit.count(&address.to_owned()))
    }
}

/// A limit for each key: an account or an address.
#[derive(Debug)]
struct KeyedLimit<K: Hash + Eq + Clone>(RateLimiter<K, RecentStates<K>, SinceEpoch, NoOpMiddleware<Duration>>);

impl<K: Hash + Eq + Clone> KeyedLimit<K> {
    fn new(per_minute: u32, clock: &Clock) -> Option<Self> {
        let quota = Quota::per_minute(NonZeroU32::new(per_minute)?);
        let limiter = RateLimiter::new(quota, RecentStates::new(clock.clone()), SinceEpoch::default());
        let _ = limiter.clock().0.set(clock.clone());
        Some(Self(limiter))
    }

    fn count(&self, key: &K) -> Result<(), Moment> {
        self.0.check_key(key).map_err(|refused| {
            let earliest = refused.earliest_possible().as_nanos().div_ceil(1_000);
            Moment::from_micros(i64::try_from(earliest).unwrap_or(i64::MAX))
        })
    }
}

/// The program's clock as `governor` reads it: the time since 1970. A limiter measures from its first reading, which is zero here, before
/// the clock is set: otherwise a clock that is set back before the start of the process would return no requests until it has caught up.
#[derive(Debug, Default)]
struct SinceEpoch(OnceLock<Clock>);

impl governor::clock::Clock for SinceEpoch {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.get().map_or(Duration::ZERO, |clock| Duration::from_micros(u64::try_from(clock.now().micros()).unwrap_or(0)))
    }
}

/// The address that a request comes from: that of the peer, or, where the peer is a trusted proxy, the last address of `X-Forwarded-For` that
/// is no trusted proxy's. IPv6 addresses are cut to their network of 64 bits, because a single subscriber has all addresses in it.
#[must_use]
pub fn address(request: &HttpRequest, settings: &Settings) -> String {
    let Some(peer) = request.peer_addr() else { return "unknown".to_owned() };
    let peer = peer.ip().to_canonical();
    let trusted = |address: &IpAddr| settings.server.trusted_proxies.iter().any(|proxy| proxy.to_canonical() == *address);
    if !trusted(&peer) {
        return written(peer);
    }
    let forwarded = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",");
    // A trusted proxy writes no entry that can't be read, so nothing before such an entry is believed.
    let hops = forwarded.rsplit(',').map_while(|hop| parse(hop.trim()));
    written(hops.into_iter().find(|hop| !trusted(hop)).unwrap_or(peer))
}

/// Reads an address as proxies write it, some with the port.
fn parse(hop: &str) -> Option<IpAddr> {
    let bare = hop.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse::<IpAddr>().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()))?;
    Some(address.to_canonical())
}

fn written(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) if address.is_loopback() => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(account: u32, address: u32, clock: &Clock) -> Rates {
        let mut limits = Settings::read(None, []).unwrap().limits;
        (limits.requests_per_minute_account, limits.requests_per_minute_address) = (account, address);
        Rates::new(&limits, clock)
    }

    fn seconds(seconds: i64) -> Moment {
        Moment::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn a_limit_may_be_used_at_once_and_comes_back_over_a_minute() {
        let clock = Clock::at(seconds(90));
        let rates = limits(2, 0, &clock);
        let (one, other) = (clock.id::<UserId>(), clock.id::<UserId>());
        assert_eq!([(); 3].map(|()| rates.count_account(one)), [Ok(()), Ok(()), Err(seconds(120))]);
        assert_eq!(rates.count_account(other), Ok(()));
        clock.set(seconds(119));
        assert_eq!(rates.count_account(one), Err(seconds(120)), "a request that was refused prolongs nothing");
        clock.set(seconds(120));
        assert_eq!([(); 2].map(|()| rates.count_account(one)), [Ok(()), Err(seconds(150))]);
        clock.set(seconds(180));
        assert_eq!([(); 3].map(|()| rates.count_account(one)), [Ok(()), Ok(()), Err(seconds(210))]);
        assert_eq!([(); 3].map(|()| rates.count_address("10.0.0.5")), [Ok(()); 3], "0 is no limit");
    }

    #[test]
    fn no_time_of_a_refusal_is_too_early() {
        let clock = Clock::at(seconds(90));
        let rates = limits(0, 7, &clock);
        for _ in 0..7 {
            assert_eq!(rates.count_address("a"), Ok(()));
        }
        for _ in 0..9 {
            clock.set(rates.count_address("a").unwrap_err());
            assert_eq!(rates.count_address("a"), Ok(()));
        }
    }

    #[test]
    fn a_clock_that_is_put_back_refuses_nobody_for_long() {
        let clock = Clock::at(seconds(36_000));
        let rates = limits(0, 1, &clock);
        assert_eq!(rates.count_address("a"), Ok(()));
        clock.set(seconds(90));
        assert_eq!([(); 2].map(|()| rates.count_address("a")), [Ok(()), Err(seconds(150))]);
        clock.set(seconds(150));
        assert_eq!(rates.count_address("a"), Ok(()));
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
        assert_eq!(address(&from("10.0.0.5:5", "1.1.1.1, nonsense"), &settings), "10.0.0.5", "nothing before nonsense is believed");
        assert_eq!(address(&from("[::ffff:10.0.0.5]:5", "9.9.9.9:4711"), &settings), "9.9.9.9");
        assert_eq!(address(&from("10.0.0.5:5", "[2001:db8:1:2:3::4]:80"), &settings), "2001:db8:1:2::/64");
        assert_eq!(address(&from("[2001:db8:1:2:9::9]:5", "9.9.9.9"), &settings), "2001:db8:1:2::/64");
    }
}
