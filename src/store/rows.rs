//! The rows that acts in a group write ([`crate::store::write_buffer`]). They are apart from the functions of their tables, which put them
//! into the buffer.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::clock::Moment;
use crate::domain::ids::{AnyId, ChannelId, EntryId, LetterId, ManuscriptId, OrganizationId, TextId, UserId};
use crate::domain::ledger::Hash;
use crate::domain::notice::Letter;
use crate::domain::vocabulary::{Kind, Role, Stage, TextKind};
use crate::store::schema::{authors, decisions, manuscripts, texts};

/// Which versions a channel's settings, its calendar, its webhooks and its people have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub(crate) struct Versions {
    pub settings: i64,
    pub calendar: i64,
    pub webhooks: i64,
    pub people: i64,
}

/// A row of `decisions`.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = decisions, treat_none_as_default_value = false)]
pub(crate) struct DecisionRow {
    pub entry_id: EntryId,
    pub manuscript_id: ManuscriptId,
    pub action: String,
    pub actor_id: Option<UserId>,
    pub role: Option<Role>,
    pub on_behalf_of: Option<UserId>,
    pub reason_code: Option<String>,
    pub words: String,
    pub public: bool,
    pub created_at: Moment,
    pub undone_at: Option<Moment>,
    /// The reason for concluding again without a new reply.
    pub reason: Option<String>,
}

/// A row of `manuscripts`.
#[derive(Debug, Clone, PartialEq, Queryable, Insertable, AsChangeset, Identifiable, Serialize, Deserialize)]
#[diesel(table_name = manuscripts, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(crate) struct ManuscriptRow {
    pub id: ManuscriptId,
    pub channel_id: ChannelId,
    pub number: Option<String>,
    pub stage: Stage,
    pub former_stage: Option<Stage>,
    pub version: i64,
    pub title: String,
    pub category: String,
    pub kind: Kind,
    pub urgent: bool,
    pub details: String,
    pub text_id: TextId,
    pub edited_text_id: Option<TextId>,
    pub organization_id: OrganizationId,
    pub first_author_id: UserId,
    pub entered_by: Option<UserId>,
    pub created_at: Moment,
    pub stage_since: Moment,
    pub due_at: Option<Moment>,
    pub submitted_at: Option<Moment>,
    pub screening_at: Option<Moment>,
    pub review_at: Option<Moment>,
    pub signing_at: Option<Moment>,
    pub accepted_at: Option<Moment>,
    pub forwarded_at: Option<Moment>,
    pub handling_at: Option<Moment>,
    pub concluded_at: Option<Moment>,
    pub returned_from: Option<Stage>,
    pub merged_into: Option<ManuscriptId>,
    pub pending: Option<String>,
    pub pending_until: Option<Moment>,
    /// By how much `version` rose through decisions that were taken back before authors learned of them.
    #[serde(default)]
    pub untold_versions: i64,
}

/// A row of `texts`.
#[derive(Debug, Clone, Queryable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = texts, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(crate) struct TextRow {
    pub id: TextId,
    pub manuscript_id: ManuscriptId,
    pub round: i64,
    pub kind: TextKind,
    pub title: String,
    pub situation: String,
    pub causes: String,
    pub suggestions: String,
    pub characters: i64,
    pub digest: Option<Vec<u8>>,
    pub created_by: UserId,
    pub created_at: Moment,
    pub sealed_at: Option<Moment>,
    pub on_behalf_of: Option<UserId>,
    pub based_on: Option<TextId>,
}

/// A row of `authors`.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = authors, treat_none_as_default_value = false)]
pub(crate) struct AuthorRow {
    pub manuscript_id: ManuscriptId,
    pub user_id: UserId,
    pub position: i64,
    pub name: String,
    pub post: String,
    pub organization_name: String,
    pub invited_at: Moment,
    pub signed_at: Option<Moment>,
    pub withdrawn_at: Option<Moment>,
}

/// A row of `ledger_entries`.
#[derive(Debug, Clone)]
pub(crate) struct EntryRow {
    pub(crate) id: EntryId,
    pub(crate) channel: ChannelId,
    pub(crate) chain: Uuid,
    pub(crate) at: Moment,
    pub(crate) leaf: Hash,
    pub(crate) bytes: Vec<u8>,
}

/// A letter to be written; everything else begins empty.
#[derive(Debug, Clone)]
pub struct NewLetter {
    /// Its id.
    pub id: LetterId,
    /// Its channel.
    pub channel: ChannelId,
    /// The entry of the act that it reports.
    pub entry: EntryId,
    /// The recipient.
    pub recipient: UserId,
    /// Which letter.
    pub kind: Letter,
    /// The manuscript that it is about.
    pub manuscript: Option<ManuscriptId>,
    /// The very thing that it is about.
    pub subject: AnyId,
    /// The facts, as JSON (`mail::Facts`).
    pub args: String,
    /// The time of the act.
    pub at: Moment,
    /// The end of the act's undo window; `at` if there is none.
    pub not_before: Moment,
    /// Whether it is sent by mail too, or is only in the inbox.
    pub by_mail: bool,
}
