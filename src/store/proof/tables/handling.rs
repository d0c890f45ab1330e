//! Handling: assignments, replies, reports, urgings, adoptions, ratings.

use crate::store::proof::table::ColumnKind::{Bool, Integer, Text, Time, Uuid};
use crate::store::proof::table::{ProvedTable, Scope, personal, proved, text};

/// Departments charged with a manuscript.
pub static ASSIGNMENTS: ProvedTable = ProvedTable {
    key: &["id"],
    columns: &[
        proved("id", Uuid),
        proved("channel_id", Uuid),
        proved("manuscript_id", Uuid),
        proved("entry_id", Uuid),
        proved("organization_id", Uuid),
        proved("form", Text),
        proved("part", Text),
        proved("lead_id", Uuid),
        proved("state", Text),
        proved("version", Integer),
        proved("endorsement_id", Uuid),
        text("note", Text),
        proved("assigned_by", Uuid),
        proved("assigned_at", Time),
        proved("due_at", Time),
        proved("receive_by", Time),
        proved("received_at", Time),
        proved("replied_at", Time),
        proved("settled_at", Time),
        text("reason", Text),
        proved("proposed_organization", Text),
        text("extension", Text),
        proved("extension_asked_at", Time),
        proved("implemented_at", Time),
        proved("suggestions", Text),
    ],
    ..ProvedTable::new("assignments", Scope::Channel)
};

/// Decisions on the suggestions of merged manuscripts.
pub static MERGED_SUGGESTIONS: ProvedTable = ProvedTable {
    key: &["entry_id", "merged_id", "place"],
    columns: &[
        proved("entry_id", Uuid),
        proved("merged_id", Uuid),
        proved("place", Integer),
        proved("manuscript_id", Uuid),
        proved("text_id", Uuid),
        proved("number", Integer),
        text("reason", Text),
        proved("decided_by", Uuid),
        proved("decided_at", Time),
        proved("ended_at", Time),
    ],
    ..ProvedTable::new("merged_suggestions", Scope::Of("manuscript_id", "manuscripts"))
};

/// Replies of departments; the contribution of an assisting department is one too.
pub static REPLIES: ProvedTable = ProvedTable {
    key: &["id"],
    columns: &[
        proved("id", Uuid),
        proved("assignment_id", Uuid),
        proved("manuscript_id", Uuid),
        proved("entry_id", Uuid),
        proved("round", Integer),
        text("words", Text),
        proved("result_code", Text),
        proved("result_definition", Text),
        proved("consultation", Text),
        personal("officer", Text),
        personal("officer_phone", Text),
        proved("created_by", Uuid),
        proved("created_at", Time),
        proved("decided_by", Uuid),
        proved("decided_at", Time),
        proved("approved", Bool),
        text("reason", Text),
    ],
    ..ProvedTable::new("replies", Scope::Of("manuscript_id", "manuscripts"))
};

/// The answer to each numbered suggestion.
pub static REPLY_ITEMS: ProvedTable = ProvedTable {
    key: &["reply_id", "number"],
    columns: &[
        proved("reply_id", Uuid),
        proved("number", Integer),
        proved("answer", Text),
        text("words", Text),
        proved("promised_on", Text),
    ],
    ..ProvedTable::new("reply_items", Scope::Of("reply_id", "replies"))
};

/// Reports on how an answer is carried out.
pub static IMPLEMENTATION_REPORTS: ProvedTable = ProvedTable {
    key: &["id"],
    columns: &[
        proved("id", Uuid),
        proved("assignment_id", Uuid),
        proved("manuscript_id", Uuid),
        proved("entry_id", Uuid),
        proved("number", Integer),
        text("words", Text),
        proved("implemented", Bool),
        proved("created_by", Uuid),
        proved("created_at", Time),
    ],
    ..ProvedTable::new("implementation_reports", Scope::Of("manuscript_id", "manuscripts"))
};

/// Reminders that dispatchers send.
pub static URGINGS: ProvedTable = ProvedTable {
    key: &["id"],
    columns: &[
        proved("id", Uuid),
        proved("assignment_id", Uuid),
        proved("entry_id", Uuid),
        text("words", Text),
        proved("created_by", Uuid),
        proved("created_at", Time),
    ],
    ..ProvedTable::new("urgings", Scope::Of("assignment_id", "assignments"))
};

/// That some level took a manuscript up.
pub static ADOPTIONS: ProvedTable = ProvedTable {
    key: &["id"],
    columns: &[
        proved("id", Uuid),
        proved("channel_id", Uuid),
        proved("manuscript_id", Uuid),
        proved("entry_id", Uuid),
        proved("level", Text),
        proved("body", Text),
        proved("form", Text),
        proved("adopted_on", Text),
        text("evidence", Text),
        proved("created_by", Uuid),
        proved("created_at", Time),
    ],
    ..ProvedTable::new("adoptions", Scope::Channel)
};

/// Each author's rating of attitude and result, once for each conclusion.
pub static RATINGS: ProvedTable = ProvedTable {
    key: &["id"],
    columns: &[
        proved("id", Uuid),
        proved("channel_id", Uuid),
        proved("manuscript_id", Uuid),
        proved("concluded_id", Uuid),
        proved("user_id", Uuid),
        proved("entry_id", Uuid),
        proved("attitude", Text),
        proved("result", Text),
        text("words", Text),
        proved("concluded_at", Time),
        proved("created_at", Time),
    ],
    ..ProvedTable::new("ratings", Scope::Channel)
};
