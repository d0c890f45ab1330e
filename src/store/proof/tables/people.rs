//! People: channels, organizations, persons, accounts, identities, users, grants, stand-ins, tokens, versions of people, throttles, counters.

use crate::store::proof::table::ColumnKind::{Bool, Bytes, Integer, Text, Time, Uuid};
use crate::store::proof::table::{ProvedTable, Scope, derived, not_proved, personal, proved, since};

/// One united front work department's tenancy.
pub static CHANNELS: ProvedTable = ProvedTable {
    key: &["id"],
    columns: &[
        proved("id", Uuid),
        proved("code", Text),
        proved("name", Text),
        proved("settings", Text),
        proved("version", Integer),
        proved("created_at", Time),
        not_proved("webhook_version", Integer, "tells nodes that their copy of the webhooks is old; the webhooks themselves are proved"),
        not_proved(
            "people_version",
            Integer,
            "tells nodes that what they keep of people is old; people, grants and organizations are proved",
        ),
        not_proved("calendar_version", Integer, "tells nodes that their copy of the calendar is old; the years themselves are proved"),
    ],
    ..ProvedTable::new("channels", Scope::Itself)
};

/// Parties, federations, associations, departments.
pub static ORGANIZATIONS: ProvedTable = ProvedTable {
    key: &["id"],
    columns: &[
        proved("id", Uuid),
        proved("channel_id", Uuid),
        proved("name", Text),
        proved("kind", Text),
        proved("screening", Bool),
        proved("version", Integer),
        proved("created_at", Time),
        proved("closed_at", Time),
    ],
    ..ProvedTable::new("organizations", Scope::Channel)
};

/// Persons, each once in the installation.
pub static PERSONS: ProvedTable = ProvedTable {
    key: &["id"],
    salt: Some("salt"),
    columns: &[proved("id", Uuid), personal("name", Text), proved("salt", Bytes), proved("version", Integer), proved("created_at", Time)],
    ..ProvedTable::new("persons", Scope::Installation)
};

/// The sign-in names and addresses of persons.
pub static ACCOUNTS: ProvedTable = ProvedTable {
    key: &["id"],
    salt: Some("salt"),
    columns: &[
        proved("id", Uuid),
        proved("person_id", Uuid),
        personal("login", Text),
        personal("email", Text),
        personal("mobile", Text),
        proved("language", Text),
        proved("suspended_at", Time),
        proved("salt", Bytes),
        proved("version", Integer),
        proved("created_at", Time),
    ],
    ..ProvedTable::new("accounts", Scope::Installation)
};

/// The identities by which an account authenticates.
pub static IDENTITIES: ProvedTable = ProvedTable {
    key: &["id"],
    columns: &[
        proved("id", Uuid),
        proved("account_id", Uuid),
        proved("kind", Text),
        proved("secret", Text),
        proved("set_at", Time),
        not_proved("mac", Bytes, "a code under a key outside the database, which binds `secret` once more"),
    ],
    ..ProvedTable::new("identities", Scope::Installation)
};

/// Memberships of a person in a channel; their roles are grants.
pub static USERS: ProvedTable = ProvedTable {
    key: &["id"],
    salt: Some("salt"),
    set: 2,
    columns: &[
        proved("id", Uuid),
        proved("channel_id", Uuid),
        proved("organization_id", Uuid),
        personal("login", Text),
        personal("name", Text),
        personal("post", Text),
        personal("email", Text),
        personal("mobile", Text),
        proved("language", Text),
        proved("password_hash", Text),
        proved("password_at", Time),
        proved("suspended_at", Time),
        proved("salt", Bytes),
        proved("version", Integer),
        proved("created_at", Time),
        since(2, proved("person_id", Uuid)),
    ],
    ..ProvedTable::new("users", Scope::Channel)
};

/// Roles of members, with their organisations.
pub static GRANTS: ProvedTable = ProvedTable {
    key: &["id"],
    columns: &[
        proved("id", Uuid),
        proved("user_id", Uuid),
        proved("channel_id", Uuid),
        proved("organization_id", Uuid),
        proved("role", Text),
        proved("serves_id", Uuid),
        proved("granted_at", Time),
        proved("revoked_at", Time),
    ],
    ..ProvedTable::new("grants", Scope::Channel)
};

/// One person acts for another for a period.
pub static STAND_INS: ProvedTable = ProvedTable {
    key: &["id"],
    columns: &[
        proved("id", Uuid),
        proved("channel_id", Uuid),
        proved("absent_id", Uuid),
        proved("stand_in_id", Uuid),
        proved("role", Text),
        proved("from_at", Time),
        proved("to_at", Time),
        proved("created_by", Uuid),
        proved("created_at", Time),
        proved("ended_at", Time),
    ],
    ..ProvedTable::new("stand_ins", Scope::Channel)
};

const WHY_TOKENS: &str = "a keyed MAC, whose key lies outside the database, binds what lets a person in; sign-ins are too many and too short-lived for the ledger";

/// Sessions, API tokens and one-time links; only the hash of the secret is stored.
pub static TOKENS: ProvedTable = ProvedTable {
    key: &["id"],
    columns: &[
        not_proved("id", Uuid, WHY_TOKENS),
        not_proved("user_id", Uuid, WHY_TOKENS),
        not_proved("channel_id", Uuid, WHY_TOKENS),
        not_proved("kind", Text, WHY_TOKENS),
        not_proved("name", Text, WHY_TOKENS),
        not_proved("hash", Bytes, WHY_TOKENS),
        not_proved("created_at", Time, WHY_TOKENS),
        not_proved("expires_at", Time, WHY_TOKENS),
        not_proved("seen_at", Time, WHY_TOKENS),
        not_proved("revoked_at", Time, WHY_TOKENS),
        not_proved("mac", Bytes, WHY_TOKENS),
    ],
    ..ProvedTable::new("tokens", Scope::Installation)
};

/// Names and organisations of people from a time on.
pub static PERSON_VERSIONS: ProvedTable = ProvedTable {
    key: &["user_id", "number"],
    salt: Some("salt"),
    columns: &[
        proved("user_id", Uuid),
        proved("number", Integer),
        personal("login", Text),
        personal("name", Text),
        personal("post", Text),
        proved("organization_id", Uuid),
        personal("organization", Text),
        proved("salt", Bytes),
        proved("created_at", Time),
    ],
    ..ProvedTable::new("person_versions", Scope::Of("user_id", "users"))
};

const WHY_THROTTLES: &str = "counts tries for some minutes";

/// Failed sign-ins and requests, counted by subject and window.
pub static THROTTLES: ProvedTable = ProvedTable {
    key: &["subject", "window_at"],
    columns: &[
        not_proved("subject", Text, WHY_THROTTLES),
        not_proved("window_at", Time, WHY_THROTTLES),
        not_proved("hits", Integer, WHY_THROTTLES),
    ],
    ..ProvedTable::new("throttles", Scope::Installation)
};

/// Counters of numbers, each of which is assigned once.
pub static COUNTERS: ProvedTable = ProvedTable {
    key: &["channel_id", "name"],
    columns: &[
        derived("channel_id", Uuid, "the numbers given"),
        derived("name", Text, "the numbers given"),
        derived("value", Integer, "the numbers given"),
    ],
    ..ProvedTable::new("counters", Scope::Installation)
};
