//! The tables as diesel sees them, equal for both databases; the truth is in `migrations/`. A test loads every table on both.

#![expect(missing_docs, reason = "the columns are explained in the migrations")]

mod handling;
mod leaders;
mod operation;

mod people;
mod record;
mod statistics;
mod writing;

pub use handling::*;
pub use leaders::*;
pub use operation::*;
pub use people::*;
pub use record::*;
pub use statistics::*;
pub use writing::*;

diesel::allow_tables_to_appear_in_same_query!(
    channels,
    organizations,
    persons,
    accounts,
    identities,
    users,
    grants,
    stand_ins,
    tokens,
    throttles,
    counters,
    manuscripts,
    texts,
    signed_outdated,
    authors,
    change_requests,
    decisions,
    form_drafts,
    attachments,
    bulletins,
    bulletin_items,
    bulletin_recipients,
    recipients,
    endorsements,
    assignments,
    merged_suggestions,
    replies,
    reply_items,
    implementation_reports,
    urgings,
    adoptions,
    ratings,
    letters,
    mail_servers,
    mail_settings,
    webhooks,
    reminders,
    idempotency_keys,
    calendar_years,
    channel_calendar_years,
    shipped_calendar_years,
    leases,
    ledger_entries,
    ledger_heads,
    ledger_positions,
    ledger_checkpoints,
    ledger_nodes,
    ledger_waiting,
    jobs,
    ledger_checks,
    person_versions,
    secrets,
    ledger_keys,
    proof_sets,
    statistics_marks,
    statistics_facts,
    statistics_counters,
    statistics_channels,
);
