//! Every table with the class of each of its columns. A test compares it with the schemas of both databases and fails on what is missing
//! here.

mod handling;
mod leaders;
mod mail;
mod people;
mod record;
mod statistics;
mod writing;

pub use handling::*;
pub use leaders::*;
pub use mail::*;
pub use people::*;
pub use record::*;
pub use statistics::*;
pub use writing::*;

use crate::store::proof::table::ProvedTable;

/// All tables.
pub static ALL: &[&ProvedTable] = &[
    &CHANNELS,
    &ORGANIZATIONS,
    &PERSONS,
    &ACCOUNTS,
    &IDENTITIES,
    &USERS,
    &GRANTS,
    &STAND_INS,
    &TOKENS,
    &PERSON_VERSIONS,
    &THROTTLES,
    &COUNTERS,
    &MANUSCRIPTS,
    &TEXTS,
    &SIGNED_OUTDATED,
    &AUTHORS,
    &CHANGE_REQUESTS,
    &DECISIONS,
    &FORM_DRAFTS,
    &ATTACHMENTS,
    &BULLETINS,
    &BULLETIN_ITEMS,
    &BULLETIN_RECIPIENTS,
    &RECIPIENTS,
    &ENDORSEMENTS,
    &ASSIGNMENTS,
    &MERGED_SUGGESTIONS,
    &REPLIES,
    &REPLY_ITEMS,
    &IMPLEMENTATION_REPORTS,
    &URGINGS,
    &ADOPTIONS,
    &RATINGS,
    &LETTERS,
    &MAIL_SERVERS,
    &MAIL_SETTINGS,
    &WEBHOOKS,
    &REMINDERS,
    &IDEMPOTENCY_KEYS,
    &CALENDAR_YEARS,
    &CHANNEL_CALENDAR_YEARS,
    &SHIPPED_CALENDAR_YEARS,
    &LEASES,
    &LEDGER_ENTRIES,
    &LEDGER_HEADS,
    &LEDGER_POSITIONS,
    &LEDGER_CHECKPOINTS,
    &LEDGER_NODES,
    &LEDGER_WAITING,
    &JOBS,
    &LEDGER_CHECKS,
    &SECRETS,
    &LEDGER_KEYS,
    &PROOF_SETS,
    &STATISTICS_MARKS,
    &STATISTICS_FACTS,
    &STATISTICS_COUNTERS,
    &STATISTICS_CHANNELS,
    &MIGRATIONS,
];
