//! Writing: manuscripts, texts, authors, change requests, decisions, unfinished forms, attachments.

use crate::store::proof::table::ColumnKind::{Bool, Bytes, Integer, Text, Time, Uuid};
use crate::store::proof::table::{OpenColumns, ProvedTable, Scope, not_proved, open, open_text, personal, proved, text};

/// Manuscripts, their stages and details. A draft is no act yet: no entry names it, its author or organisation until it is submitted; the
/// entry of the submission names the author of that time.
pub static MANUSCRIPTS: ProvedTable = ProvedTable {
    key: &["id"],
    without_entry: Some("stage = 'draft'"),
    open: Some(OpenColumns { part: "form", during: "stage IN ('draft','returned')" }),
    columns: &[
        proved("id", Uuid),
        proved("channel_id", Uuid),
        proved("number", Text),
        proved("stage", Text),
        proved("former_stage", Text),
        open("version", Integer),
        open_text("title", Text),
        open("category", Text),
        open("kind", Text),
        proved("urgent", Bool),
        open_text("details", Text),
        open("text_id", Uuid),
        proved("edited_text_id", Uuid),
        proved("organization_id", Uuid),
        proved("first_author_id", Uuid),
        proved("entered_by", Uuid),
        proved("created_at", Time),
        proved("stage_since", Time),
        proved("due_at", Time),
        proved("submitted_at", Time),
        proved("screening_at", Time),
        proved("review_at", Time),
        proved("signing_at", Time),
        proved("accepted_at", Time),
        proved("forwarded_at", Time),
        proved("handling_at", Time),
        proved("concluded_at", Time),
        proved("returned_from", Text),
        proved("merged_into", Uuid),
        text("pending", Text),
        proved("pending_until", Time),
        proved("untold_versions", Integer),
    ],
    ..ProvedTable::new("manuscripts", Scope::Channel)
};

/// The versions of a text; sealed ones never change.
pub static TEXTS: ProvedTable = ProvedTable {
    key: &["id"],
    without_entry: Some(
        "sealed_at IS NULL AND EXISTS (SELECT 1 FROM manuscripts m WHERE m.id = texts.manuscript_id AND m.text_id = texts.id AND m.stage IN ('draft','returned'))",
    ),
    columns: &[
        proved("id", Uuid),
        proved("manuscript_id", Uuid),
        proved("round", Integer),
        proved("kind", Text),
        text("title", Text),
        text("situation", Text),
        text("causes", Text),
        text("suggestions", Text),
        proved("characters", Integer),
        proved("digest", Bytes),
        proved("created_by", Uuid),
        proved("created_at", Time),
        proved("sealed_at", Time),
        proved("on_behalf_of", Uuid),
        proved("based_on", Uuid),
    ],
    ..ProvedTable::new("texts", Scope::Of("manuscript_id", "manuscripts"))
};

/// Manuscripts that were signed with an outdated edited text, before that was refused.
pub static SIGNED_OUTDATED: ProvedTable = ProvedTable {
    key: &["manuscript_id"],
    columns: &[not_proved("manuscript_id", Uuid, "a hint for the operator, held against the texts each time; nothing is decided by it")],
    ..ProvedTable::new("signed_outdated", Scope::Of("manuscript_id", "manuscripts"))
};

/// Its authors, invited ones included; name, post and organisation as they were at that time.
pub static AUTHORS: ProvedTable = ProvedTable {
    key: &["manuscript_id", "user_id"],
    without_entry: Some("position = 0 AND EXISTS (SELECT 1 FROM manuscripts m WHERE m.id = authors.manuscript_id AND m.stage = 'draft')"),
    columns: &[
        proved("manuscript_id", Uuid),
        proved("user_id", Uuid),
        proved("position", Integer),
        personal("name", Text),
        personal("post", Text),
        personal("organization_name", Text),
        proved("invited_at", Time),
        proved("signed_at", Time),
        proved("withdrawn_at", Time),
    ],
    ..ProvedTable::new("authors", Scope::Of("manuscript_id", "manuscripts"))
};

/// Changes requested of the author, anchored to passages.
pub static CHANGE_REQUESTS: ProvedTable = ProvedTable {
    key: &["id"],
    open: Some(OpenColumns {
        part: "ticks",
        during: "EXISTS (SELECT 1 FROM manuscripts m WHERE m.id = change_requests.manuscript_id AND m.stage = 'returned')",
    }),
    columns: &[
        proved("id", Uuid),
        proved("manuscript_id", Uuid),
        proved("entry_id", Uuid),
        proved("text_id", Uuid),
        proved("part", Text),
        proved("from_char", Integer),
        proved("to_char", Integer),
        text("words", Text),
        proved("created_at", Time),
        open("ticked_at", Time),
        proved("revoked_at", Time),
    ],
    ..ProvedTable::new("change_requests", Scope::Of("manuscript_id", "manuscripts"))
};

/// The texts of an act: opinion, reason, result.
pub static DECISIONS: ProvedTable = ProvedTable {
    key: &["entry_id"],
    columns: &[
        proved("entry_id", Uuid),
        proved("manuscript_id", Uuid),
        proved("action", Text),
        proved("actor_id", Uuid),
        proved("role", Text),
        proved("on_behalf_of", Uuid),
        proved("reason_code", Text),
        text("words", Text),
        proved("public", Bool),
        proved("created_at", Time),
        proved("undone_at", Time),
        text("reason", Text),
    ],
    ..ProvedTable::new("decisions", Scope::Of("manuscript_id", "manuscripts"))
};

const WHY_FORM_DRAFTS: &str = "unfinished words of one person, by which nothing is decided";

/// Unsent input of forms about a manuscript.
pub static FORM_DRAFTS: ProvedTable = ProvedTable {
    key: &["user_id", "manuscript_id", "form"],
    columns: &[
        not_proved("user_id", Uuid, WHY_FORM_DRAFTS),
        not_proved("manuscript_id", Uuid, WHY_FORM_DRAFTS),
        not_proved("form", Text, WHY_FORM_DRAFTS),
        not_proved("stage_since", Time, WHY_FORM_DRAFTS),
        not_proved("fields", Text, WHY_FORM_DRAFTS),
        not_proved("saved_at", Time, WHY_FORM_DRAFTS),
    ],
    ..ProvedTable::new("form_drafts", Scope::Of("manuscript_id", "manuscripts"))
};

/// Files by content.
pub static ATTACHMENTS: ProvedTable = ProvedTable {
    key: &["id"],
    without_entry: Some(
        "subject_kind = 'manuscript' AND EXISTS (SELECT 1 FROM manuscripts m WHERE m.id = attachments.manuscript_id AND m.stage IN ('draft','returned'))",
    ),
    open: Some(OpenColumns {
        part: "removal",
        during: "subject_kind = 'manuscript' AND EXISTS (SELECT 1 FROM manuscripts m WHERE m.id = attachments.manuscript_id AND m.stage IN ('draft','returned'))",
    }),
    columns: &[
        proved("id", Uuid),
        proved("channel_id", Uuid),
        proved("manuscript_id", Uuid),
        proved("subject_kind", Text),
        proved("subject_id", Uuid),
        proved("sha256", Bytes),
        text("name", Text),
        proved("media_type", Text),
        proved("bytes", Integer),
        proved("uploaded_by", Uuid),
        proved("created_at", Time),
        open("removed_at", Time),
        proved("handed_in_at", Time),
    ],
    ..ProvedTable::new("attachments", Scope::Channel)
};
