//! The endorsements (批示) of leaders.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{AttachmentId, BulletinId, ChannelId, EndorsementId, EntryId, ManuscriptId, UserId};
use crate::domain::outcome::{EndorsementKind, EndorsementState};
use crate::store::connection::{AnyConn, PreparedSql};
use crate::store::error::StoreError;
use crate::store::proof::{self, tables};
use crate::store::schema::{authors, endorsements};

/// A row of `endorsements`. `endorsed_on` is a day in the form `2026-01-05`.
#[derive(Debug, Clone, Queryable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = endorsements, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(crate) struct Endorsement {
    pub id: EndorsementId,
    pub channel_id: ChannelId,
    pub manuscript_id: ManuscriptId,
    pub bulletin_id: Option<BulletinId>,
    pub leader_id: UserId,
    pub leader_name: String,
    pub leader_post: String,
    pub kind: EndorsementKind,
    pub commendatory: bool,
    pub urgent: bool,
    pub words: String,
    pub endorsed_on: String,
    pub due_at: Option<Moment>,
    pub scan_id: Option<AttachmentId>,
    pub state: EndorsementState,
    pub version: i64,
    pub entered_by: UserId,
    pub entered_at: Moment,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<Moment>,
    pub reason: Option<String>,
    /// The time until which it can be taken back; `None` once its effects were carried out.
    pub held_until: Option<Moment>,
    /// The entry of the decision that can be taken back.
    pub held_entry: Option<EntryId>,
    /// The time when its leader took it back.
    pub undone_at: Option<Moment>,
}

impl Endorsement {
    /// Whether it is in effect at this time and may be announced: confirmed or countersigned, and its undo window is over.
    pub(crate) fn is_in_effect(&self, now: Moment) -> bool {
        self.state.has_effect() && self.held_until.is_none_or(|until| until <= now)
    }
}

/// The endorsements that a list may contain.
#[derive(Debug, Clone)]
pub(crate) enum EndorsementScope {
    /// The office: all, but not on manuscripts by one of these persons.
    Office { but_not_by: Vec<UserId> },
    /// Endorsements of these leaders.
    Of(Vec<UserId>),
}

pub(crate) fn insert(conn: &mut AnyConn, row: &Endorsement) -> Result<(), StoreError> {
    diesel::insert_into(endorsements::table).values(row).execute(conn)?;
    proof::wrote(&tables::ENDORSEMENTS, &[&row.id])
}

pub(crate) fn find(conn: &mut AnyConn, channel: ChannelId, id: EndorsementId) -> Result<Endorsement, StoreError> {
    Ok(endorsements::table.filter(endorsements::id.eq(id)).filter(endorsements::channel_id.eq(channel)).get_result(conn)?)
}

/// One of any channel, for jobs.
pub(crate) fn any(conn: &mut AnyConn, id: EndorsementId) -> Result<Endorsement, StoreError> {
    Ok(endorsements::table.filter(endorsements::id.eq(id)).get_result(conn)?)
}

/// Endorsements of all channels whose undo window had closed at this time, the earliest first.
pub(crate) fn held_before(conn: &mut AnyConn, now: Moment, limit: i64) -> Result<Vec<EndorsementId>, StoreError> {
    let rows = endorsements::table.filter(endorsements::held_until.le(now)).order(endorsements::held_until).limit(limit);
    Ok(rows.select(endorsements::id).load(conn)?)
}

/// Saves the row if it still has version `seen`; `row.version` is the new one.
pub(crate) fn save(conn: &mut AnyConn, row: &Endorsement, seen: i64) -> Result<(), StoreError> {
    let target = endorsements::table.filter(endorsements::id.eq(row.id)).filter(endorsements::version.eq(seen));
    if PreparedSql(diesel::update(target).set(row)).execute(conn)? == 1 {
        return proof::wrote(&tables::ENDORSEMENTS, &[&row.id]);
    }
    let current = endorsements::table.filter(endorsements::id.eq(row.id)).select(endorsements::version).get_result(conn)?;
    Err(StoreError::Stale { current })
}

/// In the order in which they were entered.
pub(crate) fn of_manuscript(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<Vec<Endorsement>, StoreError> {
    Ok(endorsements::table.filter(endorsements::manuscript_id.eq(manuscript)).order(endorsements::id).load(conn)?)
}

/// Newest first, before `cursor`.
pub(crate) fn list(
    conn: &mut AnyConn,
    channel: ChannelId,
    within: &EndorsementScope,
    state: Option<EndorsementState>,
    cursor: Option<EndorsementId>,
    limit: i64,
) -> Result<Vec<Endorsement>, StoreError> {
    let mut rows = endorsements::table.filter(endorsements::channel_id.eq(channel)).into_boxed();
    match within {
        EndorsementScope::Office { but_not_by } => {
            let theirs = authors::table
                .filter(authors::manuscript_id.eq(endorsements::manuscript_id))
                .filter(authors::withdrawn_at.is_null())
                .filter(authors::user_id.eq_any(but_not_by.clone()));
            rows = rows.filter(not(exists(theirs)));
        }
        EndorsementScope::Of(leaders) => rows = rows.filter(endorsements::leader_id.eq_any(leaders.clone())),
    }
    if let Some(state) = state {
        rows = rows.filter(endorsements::state.eq(state));
    }
    if let Some(cursor) = cursor {
        rows = rows.filter(endorsements::id.lt(cursor));
    }
    Ok(rows.order(endorsements::id.desc()).limit(limit).load(conn)?)
}
