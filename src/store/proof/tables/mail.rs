//! The delivery of letters and messages: mail_settings, webhooks.

use crate::store::proof::table::ColumnKind::{Bool, Bytes, Integer, Text, Time, Uuid};
use crate::store::proof::table::{ProvedTable, Scope, not_proved, proved};

/// The mail server that was set on a page.
pub static MAIL_SETTINGS: ProvedTable = ProvedTable {
    key: &["id"],
    columns: &[
        proved("id", Integer),
        proved("version", Integer),
        proved("transport", Text),
        proved("host", Text),
        proved("port", Integer),
        proved("security", Text),
        proved("login", Text),
        not_proved("password", Bytes, "proves itself: sealed by a key outside the database, together with the rest of the row"),
        proved("from_name", Text),
        proved("from_address", Text),
        proved("changed_by", Uuid),
        proved("changed_at", Time),
    ],
    ..ProvedTable::new("mail_settings", Scope::Installation)
};

const CALLED: &str = "what came of the last message: a note for administrators";

/// Receivers of messages to the group chat of a work queue.
pub static WEBHOOKS: ProvedTable = ProvedTable {
    key: &["id"],
    columns: &[
        proved("id", Uuid),
        proved("channel_id", Uuid),
        proved("version", Integer),
        proved("label", Text),
        proved("role", Text),
        proved("organization_id", Uuid),
        proved("language", Text),
        proved("format", Text),
        proved("template", Text),
        proved("host", Text),
        not_proved("target", Bytes, "proves itself: sealed by a key outside the database, together with the rest of the row"),
        proved("is_on", Bool),
        proved("changed_by", Uuid),
        proved("changed_at", Time),
        not_proved("last_sent_at", Time, CALLED),
        not_proved("last_failed_at", Time, CALLED),
        not_proved("last_fault", Text, CALLED),
        not_proved("last_detail", Text, CALLED),
    ],
    ..ProvedTable::new("webhooks", Scope::Channel)
};
