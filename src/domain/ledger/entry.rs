//! One entry: actor, act, object and time, with the exact bytes that are stored and hashed.

use std::collections::BTreeMap;

use chrono::Duration;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Flaw;
use super::merkle::Hash;
use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, EntryId, GrantId, UserId};

/// The format of newly written entries.
pub const FORMAT: u32 = 2;
/// The formats that can be read: 1 is 2 without `rows`.
pub const FORMATS: std::ops::RangeInclusive<u32> = 1..=FORMAT;
/// The hash of newly written entries. Another one (SM3) would have another name, and old entries keep theirs.
pub const ALGORITHM: &str = "sha-256";

/// The object that an act changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Object {
    /// Its kind: `manuscript`, `bulletin`, `assignment`, `endorsement`, `user`, …
    pub kind: String,
    /// Its id.
    pub id: Uuid,
}

/// One act, as the ledger records it. The order of the fields is the order of the bytes, so it must never change within a format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Entry {
    /// The format of the entry, [`FORMAT`] for a new one.
    pub format: u32,
    /// The hash that its leaf, chain and digests use, [`ALGORITHM`] for a new one.
    pub alg: String,
    /// The entry's id.
    pub id: EntryId,
    /// The channel of its tree.
    pub channel: ChannelId,
    /// The time; never before the previous entry of the same chain, see [`chain_time`].
    pub at: Moment,
    /// The id of the request.
    pub request: String,
    /// The actor; absent for an act of the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<UserId>,
    /// Salted digest in place of personal data, see [`person_digest`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// The grant that the act used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantId>,
    /// The role of that grant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The person for whom a stand-in, a secretary or the staff acted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<UserId>,
    /// The act.
    pub action: String,
    /// The object that the act changed.
    pub object: Object,
    /// The object whose chain contains this entry: the manuscript's id for every act about a manuscript.
    pub chain: Uuid,
    /// The object's version after the act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// The state before the act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The state after the act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// SHA-256 in hexadecimal digits of texts and attachments by name: `text`, `edited_text`, `attachment:<id>`, …
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub digests: BTreeMap<String, String>,
    /// The rows that the act wrote, as `table:key`, with the digest of their proved columns in hexadecimal digits; null for a row that it
    /// deleted. From format 2 on.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rows: BTreeMap<String, Option<String>>,
    /// The leaf, in hexadecimal digits, of the chain's previous entry; absent for the chain's first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// The entry that this one undoes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<EntryId>,
    /// Small facts about the act: a reason code, a number, a date. No personal data and no text.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub facts: serde_json::Value,
}

impl Entry {
    /// Returns the exact bytes that are stored and hashed: compact JSON, fields in declared order, absent ones omitted.
    ///
    /// # Errors
    /// `Flaw::Entry` if the facts cannot be written as JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Flaw> {
        serde_json::to_vec(self).map_err(|e| Flaw::Entry(e.to_string()))
    }

    /// Parses an entry from its bytes.
    ///
    /// # Errors
    /// `Flaw::Entry` if they are no entry of a known format and algorithm.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Flaw> {
        let entry: Self = serde_json::from_slice(bytes).map_err(|e| Flaw::Entry(e.to_string()))?;
        let known = FORMATS.contains(&entry.format) && (entry.format > 1 || entry.rows.is_empty());
        if !known || entry.alg != ALGORITHM {
            return Err(Flaw::Entry(format!("format {} with {} is not known", entry.format, entry.alg)));
        }
        Ok(entry)
    }
}

/// Computes the leaf of an entry's bytes: SHA-256(0x00 ‖ bytes), RFC 6962 section 2.1.
#[must_use]
pub fn leaf_hash(bytes: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(bytes).finalize().into()
}

/// Computes the digest of a row's contents, in hexadecimal digits: SHA-256 of compact JSON, the fields in the given order.
#[must_use]
pub fn digest_of(contents: &serde_json::Value) -> String {
    hex::encode(Sha256::digest(contents.to_string()))
}

/// Returns the time of an entry: now, but always after the chain's previous entry, even if the clock was set back. The microsecond
/// preserves a chain's order in its times, so that sealing by time puts each entry after its predecessor.
#[must_use]
pub fn chain_time(previous: Option<Moment>, now: Moment) -> Moment {
    previous.map_or(now, |before| now.max(before + Duration::microseconds(1)))
}

/// Computes a digest that stands for a person, in hexadecimal digits. With the salt, it can be shown who is meant; after the salt is erased
/// with the person, this is impossible, and the ledger still can be verified.
#[must_use]
pub fn person_digest(salt: &[u8], user: UserId, name: &str, login: &str) -> String {
    let mut hash = Sha256::new();
    for part in [b"zhitongche person", salt, user.0.as_bytes(), name.as_bytes(), login.as_bytes()] {
        // The length precedes each part: without it, "ab" + "c" and "a" + "bc" would be the same person.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            format: FORMAT,
            alg: ALGORITHM.into(),
            id: EntryId(Uuid::from_u128(1)),
            channel: ChannelId(Uuid::from_u128(2)),
            at: Moment::from_micros(1_700_000_000_123_456),
            request: "r1".into(),
            actor: None,
            person: None,
            grant: None,
            role: None,
            on_behalf_of: None,
            action: "submit".into(),
            object: Object { kind: "manuscript".into(), id: Uuid::from_u128(3) },
            chain: Uuid::from_u128(3),
            version: Some(2),
            from: Some("draft".into()),
            to: Some("review".into()),
            digests: BTreeMap::from([("text".to_owned(), "00".repeat(32))]),
            rows: BTreeMap::from([("texts:3".to_owned(), Some("11".repeat(32))), ("texts:4".to_owned(), None)]),
            previous: None,
            undoes: None,
            facts: serde_json::json!({"number": "2026-0001", "a": 1}),
        }
    }

    #[test]
    fn bytes_are_fixed() {
        let text = String::from_utf8(entry().to_bytes().unwrap()).unwrap();
        let expected = format!(
            r#"{{"format":2,"alg":"sha-256","id":"00000000-0000-0000-0000-000000000001","channel":"00000000-0000-0000-0000-000000000002","at":"2023-11-14T22:13:20.123456Z","request":"r1","action":"submit","object":{{"kind":"manuscript","id":"00000000-0000-0000-0000-000000000003"}},"chain":"00000000-0000-0000-0000-000000000003","version":2,"from":"draft","to":"review","digests":{{"text":"{}"}},"rows":{{"texts:3":"{}","texts:4":null}},"facts":{{"number":"2026-0001","a":1}}}}"#,
            "00".repeat(32),
            "11".repeat(32)
        );
        assert_eq!(text, expected);
        assert_eq!(Entry::from_bytes(text.as_bytes()), Ok(entry()));
    }

    #[test]
    fn an_entry_of_the_first_format_is_read_byte_for_byte() {
        let text = format!(
            r#"{{"format":1,"alg":"sha-256","id":"00000000-0000-0000-0000-000000000001","channel":"00000000-0000-0000-0000-000000000002","at":"2023-11-14T22:13:20.123456Z","request":"r1","action":"submit","object":{{"kind":"manuscript","id":"00000000-0000-0000-0000-000000000003"}},"chain":"00000000-0000-0000-0000-000000000003","version":2,"from":"draft","to":"review","digests":{{"text":"{}"}},"facts":{{"number":"2026-0001","a":1}}}}"#,
            "00".repeat(32)
        );
        let read = Entry::from_bytes(text.as_bytes()).unwrap();
        assert_eq!(read, Entry { format: 1, rows: BTreeMap::new(), ..entry() });
        assert_eq!(String::from_utf8(read.to_bytes().unwrap()).unwrap(), text);
        let forged = text.replace(r#","facts""#, r#","rows":{"texts:3":null},"facts""#);
        assert!(Entry::from_bytes(forged.as_bytes()).is_err(), "the first format names no rows");
    }

    #[test]
    fn unknown_format_is_refused() {
        let bytes = Entry { format: 9, ..entry() }.to_bytes().unwrap();
        assert_eq!(Entry::from_bytes(&bytes), Err(Flaw::Entry("format 9 with sha-256 is not known".into())));
    }

    #[test]
    fn time_of_a_chain_never_goes_back() {
        let before = Moment::from_micros(1_000_000);
        assert_eq!(chain_time(None, before), before);
        assert_eq!(chain_time(Some(before), before - Duration::hours(25)), Moment::from_micros(1_000_001));
        assert_eq!(chain_time(Some(before), before), Moment::from_micros(1_000_001));
        assert_eq!(chain_time(Some(before), before + Duration::hours(25)), before + Duration::hours(25));
    }

    #[test]
    fn people_differ_where_a_letter_moves() {
        let user = UserId(Uuid::from_u128(7));
        assert_ne!(person_digest(b"salt", user, "ab", "c"), person_digest(b"salt", user, "a", "bc"));
        assert_ne!(person_digest(b"salt", user, "a", "b"), person_digest(b"salu", user, "a", "b"));
        assert_eq!(person_digest(b"salt", user, "a", "b").len(), 64);
    }
}
