//! How many requests an account and an address may send within a minute.
//!
//! Counted in this process alone: with several nodes behind a balancer each allows its own share, which keeps a limit of load a
//! limit of load. What guards secrets (sign-in, one-time links) is counted in rows that all nodes share; see
//! [`crate::app::sign_in`].

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use actix_web::HttpRequest;

use crate::config::Settings;
use crate::domain::clock::Moment;

/// Parts that are locked apart, so that requests seldom wait for each other.
const SHARDS: usize = 16;
/// Subjects of one minute that a part counts by name. Those beyond share counters, so that no flood of addresses takes more memory.
const NAMED: usize = 8_192;
/// Shared counters of a part.
const SHARED: usize = 4_096;
const MINUTE: i64 = 60_000_000;

/// The counts of this process. Every request costs the same, however many subjects there are: with each minute the counts of the one
/// before are dropped as a whole.
#[derive(Debug)]
pub struct Rates {
    shards: [Mutex<Shard>; SHARDS],
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct Shard {
    minute: i64,
    named: HashMap<String, u32>,
    shared: Vec<u32>,
}

impl Default for Rates {
    fn default() -> Self {
        Self { shards: std::array::from_fn(|_| Mutex::default()), hasher: RandomState::new() }
    }
}

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
        let hash = usize::try_from(self.hasher.hash_one(subject) & 0xffff_ffff).unwrap_or(0);
        let Some(shard) = self.shards.get(hash % SHARDS) else { return Ok(()) };
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        // Freed after the lock.
        let over = (shard.minute != minute).then(|| std::mem::take(&mut *shard));
        shard.minute = minute;
        let hits = shard.count(subject, hash / SHARDS);
        drop(shard);
        drop(over);
        if hits > limit { Err(Moment::from_micros((minute + 1) * MINUTE)) } else { Ok(()) }
    }
}

impl Shard {
    fn count(&mut self, subject: &str, hash: usize) -> u32 {
        if let Some(hits) = self.named.get_mut(subject) {
            *hits = hits.saturating_add(1);
            return *hits;
        }
        if self.named.len() < NAMED {
            self.named.insert(subject.to_owned(), 1);
            return 1;
        }
        self.shared.resize(SHARED, 0);
        let Some(hits) = self.shared.get_mut(hash % SHARED) else { return 0 };
        *hits = hits.saturating_add(1);
        *hits
    }
}

/// Where a request comes from: the peer, or, when the peer is a proxy that we trust, the last address of `X-Forwarded-For` that it has not
/// written itself. Of IPv6 the network of 64 bits: a single subscriber has all addresses in it.
#[must_use]
pub fn address(request: &HttpRequest, settings: &Settings) -> String {
    let Some(peer) = request.peer_addr() else { return "unknown".to_owned() };
    let peer = peer.ip().to_canonical();
    let trusted = |address: &IpAddr| settings.server.trusted_proxies.iter().any(|proxy| proxy.to_canonical() == *address);
    if !trusted(&peer) {
        return written(peer);
    }
    let forwarded = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",");
    // What can't be read was not written by the proxy: nothing before it is believed.
    let hops = forwarded.rsplit(',').map_while(|hop| parse(hop.trim()));
    written(hops.into_iter().find(|hop| !trusted(hop)).unwrap_or(peer))
}

/// An address as proxies write it, some with the port.
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
    fn a_flood_of_addresses_takes_no_more_memory_and_no_more_time() {
        let (rates, now) = (Rates::default(), Moment::from_micros(90 * 1_000_000));
        for n in 0..400_000 {
            let _ = rates.take(&format!("address {n}"), 3_000, now);
        }
        let named: usize = rates.shards.iter().map(|shard| shard.lock().unwrap().named.len()).sum();
        assert_eq!(named, NAMED * SHARDS);
        assert_eq!(rates.take("account known before", 3_000, now), Ok(()), "nobody pays for the others");
        let next = Moment::from_micros(120 * 1_000_000);
        assert_eq!(rates.take("address 7", 1, next), Ok(()));
        let left: usize =
            rates.shards.iter().map(|shard| shard.lock().unwrap()).filter(|shard| shard.minute == 2).map(|shard| shard.named.len()).sum();
        assert_eq!(left, 1);
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
