//! Leaders: bulletins, their manuscripts and addressees, endorsements.

use crate::store::proof::table::ColumnKind::{Bool, Integer, Text, Time, Uuid};
use crate::store::proof::table::{ProvedTable, Scope, personal, proved, text};

/// Numbered issues to the leaders.
pub static BULLETINS: ProvedTable = ProvedTable {
    key: &["id"],
    columns: &[
        proved("id", Uuid),
        proved("channel_id", Uuid),
        proved("series", Text),
        proved("kind", Text),
        text("title", Text),
        text("foreword", Text),
        proved("supplement", Bool),
        proved("state", Text),
        proved("version", Integer),
        proved("editor_id", Uuid),
        proved("signer_id", Uuid),
        proved("year", Integer),
        proved("issue_number", Integer),
        proved("total_number", Integer),
        proved("created_at", Time),
        proved("submitted_at", Time),
        proved("issued_at", Time),
        proved("cancelled_at", Time),
        text("reason", Text),
    ],
    ..ProvedTable::new("bulletins", Scope::Channel)
};

/// The manuscripts of a bulletin in their order.
pub static BULLETIN_ITEMS: ProvedTable = ProvedTable {
    key: &["bulletin_id", "manuscript_id"],
    columns: &[
        proved("bulletin_id", Uuid),
        proved("manuscript_id", Uuid),
        proved("position", Integer),
        proved("text_id", Uuid),
        proved("credited", Text),
    ],
    ..ProvedTable::new("bulletin_items", Scope::Of("bulletin_id", "bulletins"))
};

/// The addressees of a bulletin.
pub static BULLETIN_RECIPIENTS: ProvedTable = ProvedTable {
    key: &["bulletin_id", "user_id"],
    columns: &[proved("bulletin_id", Uuid), proved("user_id", Uuid), proved("kind", Text)],
    ..ProvedTable::new("bulletin_recipients", Scope::Of("bulletin_id", "bulletins"))
};

/// Leaders to whom a manuscript was forwarded, by a bulletin or directly.
pub static RECIPIENTS: ProvedTable = ProvedTable {
    key: &["id"],
    columns: &[
        proved("id", Uuid),
        proved("channel_id", Uuid),
        proved("manuscript_id", Uuid),
        proved("user_id", Uuid),
        proved("bulletin_id", Uuid),
        proved("entry_id", Uuid),
        proved("created_at", Time),
        proved("ended_at", Time),
    ],
    ..ProvedTable::new("recipients", Scope::Channel)
};

/// Endorsements of leaders on manuscripts.
pub static ENDORSEMENTS: ProvedTable = ProvedTable {
    key: &["id"],
    columns: &[
        proved("id", Uuid),
        proved("channel_id", Uuid),
        proved("manuscript_id", Uuid),
        proved("bulletin_id", Uuid),
        proved("leader_id", Uuid),
        personal("leader_name", Text),
        personal("leader_post", Text),
        proved("kind", Text),
        proved("commendatory", Bool),
        proved("urgent", Bool),
        text("words", Text),
        proved("endorsed_on", Text),
        proved("due_at", Time),
        proved("scan_id", Uuid),
        proved("state", Text),
        proved("version", Integer),
        proved("entered_by", Uuid),
        proved("entered_at", Time),
        proved("decided_by", Uuid),
        proved("decided_at", Time),
        text("reason", Text),
        proved("held_until", Time),
        proved("held_entry", Uuid),
        proved("undone_at", Time),
    ],
    ..ProvedTable::new("endorsements", Scope::Channel)
};
