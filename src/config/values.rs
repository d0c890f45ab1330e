//! The notation of settings whose type is not one of TOML's.

use std::fmt;
use std::net::IpAddr;

use chrono::NaiveTime;
use ipnet::IpNet;
use serde::{Deserialize, Deserializer};

/// "" is `None`; everything else is parsed.
pub(super) fn optional<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: std::str::FromStr,
    T::Err: fmt::Display,
{
    let text = String::deserialize(deserializer)?;
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(serde::de::Error::custom) }
}

/// "" is `None`; everything else is a time of day.
pub(super) fn time_of_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveTime>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || serde::de::Error::custom(format!("{text} is no time of day; write for example \"02:30\", or \"\" for never"));
    NaiveTime::parse_from_str(&text, "%H:%M").map(Some).map_err(|_| wrong())
}

/// Addresses separated by commas.
pub(super) fn addresses<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpAddr>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    names.map(|name| name.parse().map_err(|error| serde::de::Error::custom(format!("{name}: {error}")))).collect()
}

/// Networks in CIDR notation separated by commas; an address alone is a network of one.
pub(super) fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    let network = |name: &str| name.parse().or_else(|error| name.parse::<IpAddr>().map(IpNet::from).map_err(|_| error));
    names.map(|name| network(name).map_err(|error| serde::de::Error::custom(format!("{name}: {error}")))).collect()
}
