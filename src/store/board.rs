//! The dispatchers' board and the work queue of a department: assignments in piles, each in the order of its next date, up to a limit.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use crate::domain::assignment::AssignmentPart;
use crate::domain::clock::Moment;
use crate::domain::ids::{AssignmentId, ChannelId, ManuscriptId, OrganizationId, UserId};
use crate::domain::outcome::{EndorsementKind, EndorsementState};
use crate::domain::states::AssignmentState;
use crate::domain::vocabulary::{Role, Stage, words};
use crate::store::assignments::{AssignmentListRow, awaited};
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::schema::{assignments, authors, endorsements, grants, manuscripts, merged_suggestions, replies, urgings, users};

words! {
    /// A pile of assignments that wait for the same thing.
    enum Pile {
        /// To be received by the department.
        Receive = "receive",
        /// To be answered by the department.
        Work = "work",
        /// Answered: to be checked by the dispatcher.
        Check = "check",
        /// The department has asked to be released, or has answered, and waits.
        Wait = "wait",
        /// Answered and approved: to be reported on until it is carried out.
        Report = "report",
    }
}

/// The reader of the board.
#[derive(Debug, Clone)]
pub(crate) struct Whose {
    /// The channel.
    pub channel: ChannelId,
    /// The work queue of these departments; `None` stands for the dispatchers' board, on which assisting departments appear only with an
    /// open request.
    pub departments: Option<Vec<OrganizationId>>,
    /// Excludes manuscripts by these persons.
    pub not_by: Vec<UserId>,
    /// Excludes these manuscripts, into which manuscripts by those persons are merged.
    pub not_of: Vec<ManuscriptId>,
}

/// The place of a line in its pile: its next date and its id.
pub(crate) type PileKey = (Moment, AssignmentId);

/// The assignments of this board, joined with their manuscripts.
macro_rules! lines {
    ($whose:expr) => {{
        let author = authors::table
            .filter(authors::manuscript_id.eq(assignments::manuscript_id))
            .filter(authors::user_id.eq_any($whose.not_by.clone()))
            .filter(authors::withdrawn_at.is_null());
        let rows = assignments::table
            .inner_join(manuscripts::table.on(manuscripts::id.eq(assignments::manuscript_id)))
            .filter(assignments::channel_id.eq($whose.channel))
            .filter(not(exists(author)))
            .filter(assignments::manuscript_id.ne_all($whose.not_of.clone()))
            .select((assignments::all_columns, (manuscripts::number, manuscripts::title)))
            .into_boxed();
        match &$whose.departments {
            Some(departments) => rows.filter(assignments::organization_id.eq_any(departments.clone())),
            None => rows,
        }
    }};
}

/// A pile, the most urgent first, after `after`.
pub(crate) fn pile(
    conn: &mut AnyConn,
    whose: &Whose,
    pile: Pile,
    after: Option<PileKey>,
    limit: i64,
) -> Result<Vec<AssignmentListRow>, StoreError> {
    use AssignmentState as S;
    let state = assignments::state;
    let asked_early = || state.eq(S::ReturnRequested).and(assignments::received_at.is_null());
    let asked_late = || state.eq(S::ReturnRequested).and(assignments::received_at.is_not_null());
    let office = whose.departments.is_none();
    let mut rows = lines!(whose).limit(limit);
    if office {
        let asks = state.eq(S::ReturnRequested).or(assignments::extension_asked_at.is_not_null());
        rows = rows.filter(assignments::part.eq(AssignmentPart::Lead).or(asks));
    }
    rows = match (pile, office) {
        (Pile::Receive, true) => {
            rows.filter(state.eq_any([S::Dispatched, S::ReturnRequested])).filter(state.eq(S::Dispatched).or(asked_early()))
        }
        (Pile::Receive, false) => rows.filter(state.eq(S::Dispatched)),
        (Pile::Work, true) => rows.filter(state.eq_any([S::Received, S::ReturnRequested])).filter(state.eq(S::Received).or(asked_late())),
        (Pile::Work, false) => rows.filter(state.eq(S::Received)),
        (Pile::Check, _) => rows.filter(state.eq(S::Replied)),
        (Pile::Wait, _) => rows.filter(state.eq_any([S::ReturnRequested, S::Replied])),
        (Pile::Report, _) => rows
            .filter(state.eq(S::Approved))
            .filter(assignments::implemented_at.is_null())
            .filter(assignments::part.eq(AssignmentPart::Lead)),
    };
    rows = match (pile, after) {
        (Pile::Receive, Some((at, id))) => {
            let later = assignments::receive_by.gt(at);
            rows.filter(later.or(assignments::receive_by.eq(at).and(assignments::id.gt(id))))
        }
        (_, Some((at, id))) => rows.filter(assignments::due_at.gt(at).or(assignments::due_at.eq(at).and(assignments::id.gt(id)))),
        (_, None) => rows,
    };
    rows = match pile {
        Pile::Receive => rows.order((assignments::receive_by, assignments::id)),
        _ => rows.order((assignments::due_at, assignments::id)),
    };
    Ok(rows.load(conn)?)
}

/// Open assignments that are overdue: not answered or not received in time. At most `limit` of each kind, the latest first.
pub(crate) fn late(conn: &mut AnyConn, whose: &Whose, now: Moment, limit: i64) -> Result<Vec<AssignmentListRow>, StoreError> {
    use AssignmentState as S;
    let owed = [S::Dispatched, S::Received, S::ReturnRequested];
    let late = lines!(whose).filter(assignments::state.eq_any(owed)).filter(assignments::due_at.lt(now)).filter(awaited!());
    let mut found: Vec<AssignmentListRow> = late.order((assignments::due_at, assignments::id)).limit(limit).load(conn)?;
    let unread = lines!(whose).filter(assignments::state.eq(S::Dispatched)).filter(awaited!());
    let unread = unread.filter(assignments::receive_by.lt(now)).filter(assignments::due_at.ge(now));
    found.extend(unread.order((assignments::receive_by, assignments::id)).limit(limit).load::<AssignmentListRow>(conn)?);
    Ok(found)
}

/// A manuscript that waits for the dispatcher: id, number, title, since when.
pub(crate) type WaitingRow = (ManuscriptId, Option<String>, String, Moment);

/// Which manuscripts wait for the dispatcher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wants {
    /// With the leaders, one of whom has given an instruction.
    Instructed,
    /// With the leaders, none of whom has given an instruction.
    Forwarded,
    /// In handling, where no leading department owes anything any more.
    Settled,
}

/// The place of a waiting manuscript in its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingKey {
    /// Whether a leader has given an instruction.
    pub instructed: bool,
    /// Since when it waits.
    pub since: Moment,
    /// Which.
    pub id: ManuscriptId,
}

/// The manuscripts that wait, the longest waiting first, from behind `after`.
pub(crate) fn waiting(
    conn: &mut AnyConn,
    whose: &Whose,
    wants: Wants,
    after: Option<WaitingKey>,
    limit: i64,
) -> Result<Vec<WaitingRow>, StoreError> {
    let author = authors::table
        .filter(authors::manuscript_id.eq(manuscripts::id))
        .filter(authors::user_id.eq_any(whose.not_by.clone()))
        .filter(authors::withdrawn_at.is_null());
    let instruction = || {
        let sure = endorsements::state.eq_any([EndorsementState::Confirmed, EndorsementState::Countersigned]);
        let of_it = endorsements::table.filter(endorsements::manuscript_id.eq(manuscripts::id)).filter(sure);
        // Its effects wait for the end of its undo window.
        exists(of_it.filter(endorsements::kind.eq(EndorsementKind::Instruction)).filter(endorsements::held_until.is_null()))
    };
    let settled: Vec<AssignmentState> = AssignmentState::ALL.iter().copied().filter(|state| state.is_settled()).collect();
    let open = assignments::table
        .filter(assignments::manuscript_id.eq(manuscripts::id))
        .filter(assignments::part.eq(AssignmentPart::Lead))
        .filter(assignments::state.ne_all(settled));
    let rows = manuscripts::table.filter(manuscripts::channel_id.eq(whose.channel)).filter(not(exists(author))).into_boxed();
    let rows = rows.filter(manuscripts::id.ne_all(whose.not_of.clone()));
    let rows = match wants {
        Wants::Instructed => rows.filter(manuscripts::stage.eq(Stage::Forwarded)).filter(instruction()),
        Wants::Forwarded => rows.filter(manuscripts::stage.eq(Stage::Forwarded)).filter(not(instruction())),
        Wants::Settled => rows.filter(manuscripts::stage.eq(Stage::Handling)).filter(not(exists(open))),
    };
    let rows = match after {
        Some(WaitingKey { since, id, .. }) => {
            let later = manuscripts::stage_since.gt(since);
            rows.filter(later.or(manuscripts::stage_since.eq(since).and(manuscripts::id.gt(id))))
        }
        None => rows,
    };
    let rows = rows.order((manuscripts::stage_since, manuscripts::id)).limit(limit);
    Ok(rows.select((manuscripts::id, manuscripts::number, manuscripts::title, manuscripts::stage_since)).load(conn)?)
}

diesel::alias!(const TARGETS: Alias<Targets> = manuscripts as targets);

/// Merged manuscripts whose suggestions wait for a decision, because the manuscripts that they are merged into are with departments. Those
/// that have waited longest first, after `after`.
pub(crate) fn merged(conn: &mut AnyConn, whose: &Whose, after: Option<WaitingKey>, limit: i64) -> Result<Vec<WaitingRow>, StoreError> {
    let handled = TARGETS
        .filter(TARGETS.field(manuscripts::channel_id).eq(whose.channel))
        .filter(TARGETS.field(manuscripts::stage).eq(Stage::Handling))
        .select(TARGETS.field(manuscripts::id).nullable());
    let decided = merged_suggestions::table
        .filter(merged_suggestions::merged_id.eq(manuscripts::id))
        .filter(merged_suggestions::manuscript_id.nullable().eq(manuscripts::merged_into))
        .filter(merged_suggestions::ended_at.is_null());
    let author = authors::table
        .filter(
            authors::manuscript_id
                .nullable()
                .eq(manuscripts::id.nullable())
                .or(authors::manuscript_id.nullable().eq(manuscripts::merged_into)),
        )
        .filter(authors::user_id.eq_any(whose.not_by.clone()))
        .filter(authors::withdrawn_at.is_null());
    let was_merged = manuscripts::stage.eq(Stage::Merged).or(manuscripts::former_stage.eq(Stage::Merged));
    // Starts from the few manuscripts that are in handling; a manuscript is merged only into one of its own channel.
    let rows = manuscripts::table.filter(manuscripts::merged_into.eq_any(handled));
    // A stage before it was archived may be null, which is not true.
    let rows = rows.filter(was_merged.assume_not_null()).filter(not(exists(decided))).filter(not(exists(author)));
    let rows = rows.filter(manuscripts::merged_into.assume_not_null().ne_all(whose.not_of.clone())).into_boxed();
    let rows = match after {
        Some(WaitingKey { since, id, .. }) => {
            let later = manuscripts::stage_since.gt(since);
            rows.filter(later.or(manuscripts::stage_since.eq(since).and(manuscripts::id.gt(id))))
        }
        None => rows,
    };
    let rows = rows.order((manuscripts::stage_since, manuscripts::id)).limit(limit);
    Ok(rows.select((manuscripts::id, manuscripts::number, manuscripts::title, manuscripts::stage_since)).load(conn)?)
}

/// The number of reminders of each of these; those without one are omitted.
pub(crate) fn urged(conn: &mut AnyConn, of: &[AssignmentId]) -> Result<Vec<AssignmentId>, StoreError> {
    Ok(urgings::table.filter(urgings::assignment_id.eq_any(of)).select(urgings::assignment_id).load(conn)?)
}

/// An entry for every answer of these.
pub(crate) fn answers(conn: &mut AnyConn, of: &[AssignmentId]) -> Result<Vec<AssignmentId>, StoreError> {
    Ok(replies::table.filter(replies::assignment_id.eq_any(of)).select(replies::assignment_id).load(conn)?)
}

/// The leads of assisting assignments among those of these manuscripts, one entry for each.
pub(crate) fn assisted(conn: &mut AnyConn, of: &[ManuscriptId]) -> Result<Vec<AssignmentId>, StoreError> {
    let rows = assignments::table.filter(assignments::manuscript_id.eq_any(of)).filter(assignments::part.eq(AssignmentPart::Assisting));
    let rows = rows.filter(assignments::state.ne_all([AssignmentState::Returned, AssignmentState::Cancelled]));
    Ok(rows.select(assignments::lead_id.assume_not_null()).load(conn)?)
}

/// The organisations that have an officer, and so can be charged.
pub(crate) fn officers(conn: &mut AnyConn, channel: ChannelId) -> Result<Vec<OrganizationId>, StoreError> {
    let rows = grants::table
        .inner_join(users::table.on(users::id.eq(grants::user_id)))
        .filter(grants::channel_id.eq(channel))
        .filter(grants::role.eq(Role::Handler))
        .filter(grants::revoked_at.is_null())
        .filter(users::suspended_at.is_null());
    Ok(rows.select(grants::organization_id).distinct().load(conn)?)
}
