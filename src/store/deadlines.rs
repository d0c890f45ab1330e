//! Open deadlines, and the reminders of them that have been written.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::deadline::{Deadline, ReminderRule};
use crate::domain::ids::{AnyId, ChannelId, ManuscriptId, OrganizationId};
use crate::domain::queues::{self, WorkQueue};
use crate::domain::vocabulary::Stage;
use crate::store::assignments::awaited;
use crate::store::connection::{AnyConn, DualBackend, PreparedSql};
use crate::store::error::StoreError;
use crate::store::proof::{self, tables};
use crate::store::schema::{assignments, manuscripts, reminders};

/// Something with a limit of time that is not done.
#[derive(Debug, Clone)]
pub struct OpenDeadline {
    /// Its channel.
    pub channel: ChannelId,
    /// The manuscript or assignment.
    pub subject: AnyId,
    /// The manuscript.
    pub manuscript: ManuscriptId,
    /// Its number.
    pub number: Option<String>,
    /// Its title.
    pub title: String,
    /// Which limit.
    pub deadline: Deadline,
    /// The time when the clock started.
    pub since: Moment,
    /// The due time.
    pub due: Moment,
    /// The organisation that is to do it: the author's for screening, the department for an assignment.
    pub organization: OrganizationId,
}

/// Deadlines before `horizon` that have not been escalated yet, the most urgent first, at most `limit` of each kind.
///
/// # Errors
/// The store's.
pub fn open(conn: &mut AnyConn, horizon: Moment, limit: i64) -> Result<Vec<OpenDeadline>, StoreError> {
    let mut found = manuscripts_due(conn, horizon, limit)?;
    found.extend(receipts(conn, horizon, limit)?);
    found.extend(replies(conn, horizon, limit)?);
    Ok(found)
}

/// Whether no notice has been written yet that this deadline has passed.
macro_rules! not_escalated {
    ($subject:expr, $deadline:expr, $due:expr) => {
        not(exists(
            reminders::table
                .filter(reminders::subject_id.eq($subject))
                .filter(reminders::deadline.eq($deadline))
                .filter(reminders::due_at.eq($due))
                .filter(reminders::rule.eq(ReminderRule::Escalation.key())),
        ))
    };
}

fn manuscripts_due(conn: &mut AnyConn, horizon: Moment, limit: i64) -> Result<Vec<OpenDeadline>, StoreError> {
    type Loaded = (ManuscriptId, ChannelId, Option<String>, String, Stage, Moment, Option<Moment>, OrganizationId);
    // The stage and its deadline are stored as the same word.
    let rows: Vec<Loaded> = manuscripts::table
        .filter(manuscripts::stage.eq_any(queues::timed_stages().map(|(stage, _)| stage)))
        .filter(manuscripts::due_at.lt(horizon))
        .filter(not_escalated!(manuscripts::id, manuscripts::stage, manuscripts::due_at.assume_not_null()))
        .order(manuscripts::due_at)
        .limit(limit)
        .select((
            manuscripts::id,
            manuscripts::channel_id,
            manuscripts::number,
            manuscripts::title,
            manuscripts::stage,
            manuscripts::stage_since,
            manuscripts::due_at,
            manuscripts::organization_id,
        ))
        .load(conn)?;
    let open = rows.into_iter().filter_map(|(manuscript, channel, number, title, stage, since, due, organization)| {
        let (_, deadline) = queues::timed_stages().find(|(timed, _)| *timed == stage)?;
        Some(OpenDeadline { channel, subject: manuscript.into(), manuscript, number, title, deadline, since, due: due?, organization })
    });
    Ok(open.collect())
}

/// Loads assignments whose `$due` column comes before the horizon.
macro_rules! assigned {
    ($conn:expr, $states:expr, $due:expr, $deadline:expr, $horizon:expr, $limit:expr) => {{
        type Loaded = (crate::domain::ids::AssignmentId, ChannelId, OrganizationId, Moment, Moment, (ManuscriptId, Option<String>, String));
        let rows: Vec<Loaded> = assignments::table
            .inner_join(manuscripts::table.on(manuscripts::id.eq(assignments::manuscript_id)))
            .filter(assignments::state.eq_any($states))
            .filter(awaited!())
            .filter($due.lt($horizon))
            .filter(not_escalated!(assignments::id, $deadline.as_str(), $due))
            .order($due)
            .limit($limit)
            .select((
                assignments::id,
                assignments::channel_id,
                assignments::organization_id,
                assignments::assigned_at,
                $due,
                (manuscripts::id, manuscripts::number, manuscripts::title),
            ))
            .load($conn)?;
        let open = |(id, channel, organization, since, due, (manuscript, number, title)): Loaded| OpenDeadline {
            channel,
            subject: id.into(),
            manuscript,
            number,
            title,
            deadline: $deadline,
            since,
            due,
            organization,
        };
        Ok(rows.into_iter().map(open).collect())
    }};
}

fn receipts(conn: &mut AnyConn, horizon: Moment, limit: i64) -> Result<Vec<OpenDeadline>, StoreError> {
    assigned!(conn, WorkQueue::Receipt.row().states, assignments::receive_by, Deadline::Receipt, horizon, limit)
}

fn replies(conn: &mut AnyConn, horizon: Moment, limit: i64) -> Result<Vec<OpenDeadline>, StoreError> {
    assigned!(conn, WorkQueue::Reply.row().states, assignments::due_at, Deadline::Reply, horizon, limit)
}

/// Manuscripts of a channel in which something may be due, by id, those after `after`.
///
/// # Errors
/// The store's.
pub fn open_manuscripts(
    conn: &mut AnyConn,
    channel: ChannelId,
    after: Option<ManuscriptId>,
    limit: i64,
) -> Result<Vec<ManuscriptId>, StoreError> {
    let stages = [Stage::Screening, Stage::Review, Stage::Signing, Stage::Forwarded, Stage::Handling];
    let mut rows = manuscripts::table.filter(manuscripts::channel_id.eq(channel)).filter(manuscripts::stage.eq_any(stages)).into_boxed();
    if let Some(after) = after {
        rows = rows.filter(manuscripts::id.gt(after));
    }
    Ok(rows.order(manuscripts::id).limit(limit).select(manuscripts::id).load(conn)?)
}

/// Whether this deadline of a manuscript or assignment is still open. A new due date is another deadline, and so is that of the next stage.
///
/// # Errors
/// The store's.
pub fn still_open(conn: &mut AnyConn, subject: AnyId, deadline: Deadline, due: Moment) -> Result<bool, StoreError> {
    let Some(queue) = queues::of_deadline(deadline) else { return Ok(false) };
    let assigned =
        || assignments::table.filter(assignments::id.eq(subject)).filter(awaited!()).filter(assignments::state.eq_any(queue.states));
    Ok(match queue.queue {
        WorkQueue::Receipt => diesel::select(exists(assigned().filter(assignments::receive_by.eq(due)))).get_result(conn)?,
        WorkQueue::Reply => diesel::select(exists(assigned().filter(assignments::due_at.eq(due)))).get_result(conn)?,
        _ => {
            let there = manuscripts::table.filter(manuscripts::id.eq(subject)).filter(manuscripts::stage.eq_any(queue.stages));
            diesel::select(exists(there.filter(manuscripts::due_at.eq(due)))).get_result(conn)?
        }
    })
}

/// Notes that this reminder of this deadline is being written. `false`: it was written before.
///
/// # Errors
/// The store's.
pub fn remember(conn: &mut AnyConn, open: &OpenDeadline, rule: ReminderRule, now: Moment) -> Result<bool, StoreError> {
    let row = (
        reminders::subject_id.eq(open.subject),
        reminders::deadline.eq(open.deadline.as_str()),
        reminders::due_at.eq(open.due),
        reminders::rule.eq(rule.key()),
        reminders::created_at.eq(now),
    );
    if PreparedSql(DualBackend(diesel::insert_into(reminders::table).values(row).on_conflict_do_nothing())).execute(conn)? != 1 {
        return Ok(false);
    }
    proof::wrote(&tables::REMINDERS, &[&open.subject, &open.deadline.as_str(), &open.due, &rule.key()])?;
    Ok(true)
}
