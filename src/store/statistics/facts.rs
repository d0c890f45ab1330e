//! The contribution of a manuscript to the counters of statistics, computed from its rows.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;
use chrono_tz::Tz;
use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, EntryId, ManuscriptId, OrganizationId};
use crate::domain::outcome::{EndorsementKind, EndorsementState};
use crate::domain::states::AssignmentState;
use crate::domain::vocabulary::Answer;
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::schema::{assignments, endorsements, manuscripts, replies, reply_items, statistics_facts};

/// Manuscripts in one statement.
const AT_ONCE: usize = 500;

/// A month as a number, such as 202611.
pub(crate) type MonthNumber = i64;

/// The month of a moment.
pub(crate) fn month_of(at: Moment, zone: Tz) -> MonthNumber {
    let day = at.utc().with_timezone(&zone).date_naive();
    i64::from(day.year()) * 100 + i64::from(day.month())
}

/// The contribution of one submitted manuscript.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = statistics_facts, treat_none_as_default_value = false)]
pub(crate) struct ManuscriptFacts {
    pub manuscript_id: ManuscriptId,
    pub channel_id: ChannelId,
    pub organization_id: OrganizationId,
    /// The month in which it was handed in.
    pub submitted: MonthNumber,
    /// The month in which it was concluded.
    pub concluded: Option<MonthNumber>,
    pub accepted: bool,
    pub forwarded: bool,
    pub assigned: bool,
    pub adopted: bool,
    pub implemented: bool,
    pub endorsements: i64,
    pub instructions: i64,
}

type Dates = (ManuscriptId, OrganizationId, Option<Moment>, Option<Moment>, Option<Moment>, Option<Moment>);

/// The present facts of these manuscripts of a channel, without drafts; assignments by the `concealed` entries are omitted.
pub(crate) fn read(
    conn: &mut AnyConn,
    (channel, zone): (ChannelId, Tz),
    ids: &[ManuscriptId],
    concealed: &[EntryId],
) -> Result<Vec<ManuscriptFacts>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(AT_ONCE) {
        let rows: Vec<Dates> = manuscripts::table
            .filter(manuscripts::id.eq_any(ids.to_vec()))
            .filter(manuscripts::channel_id.eq(channel))
            .select((
                manuscripts::id,
                manuscripts::organization_id,
                manuscripts::submitted_at,
                manuscripts::accepted_at,
                manuscripts::forwarded_at,
                manuscripts::concluded_at,
            ))
            .load(conn)?;
        let assigned = assigned(conn, ids, concealed)?;
        let (adopted, implemented) = (adopted(conn, ids)?, implemented(conn, ids)?);
        let endorsed = endorsed(conn, ids)?;
        let month = |at: Option<Moment>| at.map(|at| month_of(at, zone));
        found.extend(rows.into_iter().filter_map(|(id, organization_id, submitted_at, accepted_at, forwarded_at, concluded_at)| {
            let (endorsements, instructions) = endorsed.get(&id).copied().unwrap_or_default();
            Some(ManuscriptFacts {
                manuscript_id: id,
                channel_id: channel,
                organization_id,
                submitted: month(submitted_at)?,
                concluded: month(concluded_at),
                accepted: accepted_at.is_some(),
                forwarded: forwarded_at.is_some(),
                assigned: assigned.contains(&id),
                adopted: adopted.contains(&id),
                implemented: implemented.contains(&id),
                endorsements,
                instructions,
            })
        }));
    }
    Ok(found)
}

fn assigned(conn: &mut AnyConn, ids: &[ManuscriptId], concealed: &[EntryId]) -> Result<BTreeSet<ManuscriptId>, StoreError> {
    let charged: Vec<AssignmentState> = AssignmentState::ALL.iter().copied().filter(|state| state.is_charged()).collect();
    let of_it = assignments::table.filter(assignments::manuscript_id.eq_any(ids.to_vec())).filter(assignments::state.eq_any(charged));
    let known = of_it.filter(assignments::entry_id.ne_all(concealed.to_vec()));
    Ok(known.select(assignments::manuscript_id).load::<ManuscriptId>(conn)?.into_iter().collect())
}

fn implemented(conn: &mut AnyConn, ids: &[ManuscriptId]) -> Result<BTreeSet<ManuscriptId>, StoreError> {
    let done = assignments::table.filter(assignments::manuscript_id.eq_any(ids.to_vec())).filter(assignments::implemented_at.is_not_null());
    Ok(done.select(assignments::manuscript_id).load::<ManuscriptId>(conn)?.into_iter().collect())
}

fn adopted(conn: &mut AnyConn, ids: &[ManuscriptId]) -> Result<BTreeSet<ManuscriptId>, StoreError> {
    let taken_up = reply_items::table
        .inner_join(replies::table.on(replies::id.eq(reply_items::reply_id)))
        .filter(replies::manuscript_id.eq_any(ids.to_vec()))
        .filter(replies::approved.eq(true))
        .filter(reply_items::answer.eq_any([Answer::Adopted, Answer::PartlyAdopted]));
    Ok(taken_up.select(replies::manuscript_id).load::<ManuscriptId>(conn)?.into_iter().collect())
}

/// Endorsements in effect that are more than a mark, and how many of them are instructions.
fn endorsed(conn: &mut AnyConn, ids: &[ManuscriptId]) -> Result<BTreeMap<ManuscriptId, (i64, i64)>, StoreError> {
    let effective: Vec<EndorsementState> = EndorsementState::ALL.iter().copied().filter(|state| state.has_effect()).collect();
    let rows: Vec<(ManuscriptId, EndorsementKind)> = endorsements::table
        .filter(endorsements::manuscript_id.eq_any(ids.to_vec()))
        .filter(endorsements::state.eq_any(effective))
        .filter(endorsements::held_until.is_null())
        .filter(endorsements::kind.ne(EndorsementKind::Noted))
        .select((endorsements::manuscript_id, endorsements::kind))
        .load(conn)?;
    let mut found: BTreeMap<ManuscriptId, (i64, i64)> = BTreeMap::new();
    for (id, kind) in rows {
        let (all, instructions) = found.entry(id).or_default();
        *all += 1;
        *instructions += i64::from(kind == EndorsementKind::Instruction);
    }
    Ok(found)
}
