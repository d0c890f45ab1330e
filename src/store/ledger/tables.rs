//! The rows of the business tables that `ledger verify` holds against the entries, in pages by id.

use diesel::prelude::*;

use crate::domain::ids::{AnyId, AttachmentId, ChannelId, ManuscriptId, TextId};
use crate::domain::vocabulary::Stage;
use crate::store::connection::AnyConn;
use crate::store::endorsements::Endorsement;
use crate::store::error::StoreError;
use crate::store::rows::{DecisionRow, ManuscriptRow};
use crate::store::schema::{
    adoptions, assignments, attachments, bulletins, decisions, endorsements, implementation_reports, ledger_entries, manuscripts, ratings,
    recipients, replies, texts,
};
use crate::store::types::SubjectKind;

/// Rows read at a time.
const PAGE: i64 = 1_000;

/// Before every id.
pub const START: AnyId = AnyId(uuid::Uuid::nil());

/// A thing with a state and a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionedThing {
    /// Its id.
    pub id: AnyId,
    /// Its stage or state.
    pub state: String,
    /// Its version.
    pub version: i64,
}

macro_rules! things {
    ($($(#[$doc:meta])* $name:ident: $table:ident.$state:ident),* $(,)?) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// When the database fails.
        pub fn $name(conn: &mut AnyConn, channel: ChannelId, after: AnyId) -> Result<Vec<VersionedThing>, StoreError> {
            let rows: Vec<(AnyId, String, i64)> = $table::table
                .filter($table::channel_id.eq(channel))
                .filter($table::id.gt(after))
                .order($table::id)
                .limit(PAGE)
                .select(($table::id, $table::$state, $table::version))
                .load(conn)?;
            Ok(rows.into_iter().map(|(id, state, version)| VersionedThing { id, state, version }).collect())
        }
    )*};
}
things!(
    /// Manuscripts after an id.
    manuscripts_after: manuscripts.stage,
    /// Bulletins after an id.
    bulletins_after: bulletins.state,
    /// Assignments after an id.
    assignments_after: assignments.state,
    /// Endorsements after an id.
    endorsements_after: endorsements.state,
);

/// A sealed text.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct SealedText {
    /// Its id.
    pub id: TextId,
    /// Its manuscript.
    pub manuscript: ManuscriptId,
    /// 案由
    pub title: String,
    /// 情况问题
    pub situation: String,
    /// 原因分析
    pub causes: String,
    /// 建议条目, a JSON list.
    pub suggestions: String,
    /// The digest in its row.
    pub digest: Option<Vec<u8>>,
}

/// Sealed texts of a channel after an id.
///
/// # Errors
/// When the database fails.
pub fn texts_after(conn: &mut AnyConn, channel: ChannelId, after: AnyId) -> Result<Vec<SealedText>, StoreError> {
    Ok(texts::table
        .inner_join(manuscripts::table.on(manuscripts::id.eq(texts::manuscript_id)))
        .filter(manuscripts::channel_id.eq(channel))
        .filter(texts::id.gt(after))
        .filter(texts::sealed_at.is_not_null())
        .order(texts::id)
        .limit(PAGE)
        .select((texts::id, texts::manuscript_id, texts::title, texts::situation, texts::causes, texts::suggestions, texts::digest))
        .load(conn)?)
}

/// An attachment that is not removed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Attached {
    /// Its id.
    pub id: AttachmentId,
    /// To which manuscript it belongs.
    pub manuscript: ManuscriptId,
    /// The hash of its contents.
    pub sha256: Vec<u8>,
    /// Added to the manuscript itself, not to a reply or an endorsement.
    pub of_manuscript: bool,
    /// Its author has not handed it in, and the ledger does not name it yet.
    pub unsent: bool,
}

/// Attachments of a channel after an id.
///
/// # Errors
/// When the database fails.
pub fn attachments_after(conn: &mut AnyConn, channel: ChannelId, after: AnyId) -> Result<Vec<Attached>, StoreError> {
    Ok(attachments::table
        .filter(attachments::channel_id.eq(channel))
        .filter(attachments::id.gt(after))
        .filter(attachments::removed_at.is_null())
        .order(attachments::id)
        .limit(PAGE)
        .select((
            attachments::id,
            attachments::manuscript_id,
            attachments::sha256,
            attachments::subject_kind.eq(SubjectKind::Manuscript),
            attachments::handed_in_at.is_null(),
        ))
        .load(conn)?)
}

/// Manuscripts that were handed in and are not with their author, after an id.
pub(crate) fn forms_after(conn: &mut AnyConn, channel: ChannelId, after: AnyId) -> Result<Vec<ManuscriptRow>, StoreError> {
    Ok(manuscripts::table
        .filter(manuscripts::channel_id.eq(channel))
        .filter(manuscripts::id.gt(after))
        .filter(manuscripts::stage.ne_all([Stage::Draft, Stage::Returned]))
        .order(manuscripts::id)
        .limit(PAGE)
        .load(conn)?)
}

/// Endorsements of leaders, after an id.
pub(crate) fn endorsement_contents_after(conn: &mut AnyConn, channel: ChannelId, after: AnyId) -> Result<Vec<Endorsement>, StoreError> {
    let rows = endorsements::table.filter(endorsements::channel_id.eq(channel)).filter(endorsements::id.gt(after));
    Ok(rows.order(endorsements::id).limit(PAGE).load(conn)?)
}

/// The texts of acts, after an entry's id.
pub(crate) fn decisions_after(conn: &mut AnyConn, channel: ChannelId, after: AnyId) -> Result<Vec<DecisionRow>, StoreError> {
    Ok(decisions::table
        .inner_join(manuscripts::table.on(manuscripts::id.eq(decisions::manuscript_id)))
        .filter(manuscripts::channel_id.eq(channel))
        .filter(decisions::entry_id.gt(after))
        .order(decisions::entry_id)
        .limit(PAGE)
        .select(decisions::all_columns)
        .load(conn)?)
}

macro_rules! unsaid {
    ($conn:ident, $channel:ident: $($kind:literal => $table:ident.$id:ident),* $(,)?) => {{
        let mut found: Vec<(&'static str, AnyId)> = Vec::new();
        $(
            let ids: Vec<AnyId> = $table::table
                .inner_join(manuscripts::table.on(manuscripts::id.eq($table::manuscript_id)))
                .left_join(
                    ledger_entries::table
                        .on(ledger_entries::id.eq($table::entry_id).and(ledger_entries::chain_id.eq($table::manuscript_id))),
                )
                .filter(manuscripts::channel_id.eq($channel))
                .filter(ledger_entries::at.is_null())
                .order($table::$id)
                .limit(10)
                .select($table::$id)
                .load($conn)?;
            found.extend(ids.into_iter().map(|id| ($kind, id)));
        )*
        found
    }};
}

/// Rows that name an entry that their manuscript's chain does not have, so they were inserted into the database directly. At most ten of
/// each table.
///
/// # Errors
/// When the database fails.
pub fn without_entry(conn: &mut AnyConn, channel: ChannelId) -> Result<Vec<(&'static str, AnyId)>, StoreError> {
    Ok(unsaid!(conn, channel:
        "assignment" => assignments.id,
        "reply" => replies.id,
        "report" => implementation_reports.id,
        "adoption" => adoptions.id,
        "rating" => ratings.id,
        "recipient" => recipients.id,
        "decision" => decisions.entry_id,
    ))
}

/// Visits all rows of a table in the order of their ids.
pub(crate) fn pages<R>(
    conn: &mut AnyConn,
    channel: ChannelId,
    page: fn(&mut AnyConn, ChannelId, AnyId) -> Result<Vec<R>, StoreError>,
    id: impl Fn(&R) -> AnyId,
    mut visit: impl FnMut(&R),
) -> Result<(), StoreError> {
    let mut after = START;
    loop {
        let rows = page(conn, channel, after)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = id(last);
        rows.iter().for_each(&mut visit);
    }
}
