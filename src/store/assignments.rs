//! Departments charged with manuscripts.

use chrono::NaiveDate;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::assignment::{AssignmentForm, AssignmentPart};
use crate::domain::clock::Moment;
use crate::domain::ids::{AssignmentId, ChannelId, EndorsementId, EntryId, ManuscriptId, OrganizationId, UserId};
use crate::domain::outcome::{EndorsementKind, EndorsementState};
use crate::domain::states::AssignmentState;
use crate::store::connection::{AnyConn, PreparedSql};
use crate::store::error::StoreError;
use crate::store::proof::{self, tables};
use crate::store::schema::{assignments, authors, endorsements, manuscripts};

/// A row of `assignments`.
#[derive(Debug, Clone, Queryable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = assignments, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(crate) struct Assignment {
    pub id: AssignmentId,
    pub channel_id: ChannelId,
    pub manuscript_id: ManuscriptId,
    pub entry_id: EntryId,
    pub organization_id: OrganizationId,
    pub form: AssignmentForm,
    pub part: AssignmentPart,
    pub lead_id: Option<AssignmentId>,
    pub state: AssignmentState,
    pub version: i64,
    pub endorsement_id: Option<EndorsementId>,
    pub note: String,
    pub assigned_by: UserId,
    pub assigned_at: Moment,
    pub due_at: Moment,
    pub receive_by: Moment,
    pub received_at: Option<Moment>,
    pub replied_at: Option<Moment>,
    pub settled_at: Option<Moment>,
    pub reason: Option<String>,
    pub proposed_organization: Option<String>,
    pub extension: Option<String>,
    pub extension_asked_at: Option<Moment>,
    pub implemented_at: Option<Moment>,
    pub suggestions: Option<String>,
}

diesel::alias!(pub(in crate::store) const LEADS: Alias<Leads> = assignments as leads);

/// Whether an assignment is open; that of an assisting department only until its lead has finished.
macro_rules! awaited {
    () => {{
        use crate::store::assignments::{LEADS, SETTLED};
        use crate::store::schema::assignments;
        let through = LEADS.filter(LEADS.field(assignments::id).nullable().eq(assignments::lead_id));
        diesel::dsl::not(diesel::dsl::exists(through.filter(LEADS.field(assignments::state).eq_any(SETTLED))))
    }};
}
pub(in crate::store) use awaited;

/// The states in which nothing more is expected of a department.
pub(in crate::store) const SETTLED: [AssignmentState; 4] =
    [AssignmentState::Returned, AssignmentState::Cancelled, AssignmentState::Approved, AssignmentState::Contributed];

/// A department's request for more time, and the decision on it; the column `extension` stores all of them, of which the last may be
/// undecided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Extension {
    pub requested_by: UserId,
    pub requested_at: Moment,
    pub reason: String,
    pub progress: String,
    pub until: NaiveDate,
    pub decision: Option<ExtensionDecisionRow>,
}

/// The dispatcher's decision on such a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExtensionDecisionRow {
    pub by: UserId,
    pub at: Moment,
    pub granted: bool,
    pub due: Option<Moment>,
    pub reason: String,
}

impl Assignment {
    /// Every request for more time, oldest first.
    pub(crate) fn extensions(&self) -> Result<Vec<Extension>, StoreError> {
        let read = self.extension.as_deref().map(serde_json::from_str).transpose();
        Ok(read.map_err(|error| StoreError::unreadable("assignments.extension", &error))?.unwrap_or_default())
    }

    /// Stores them, with the time since when one waits for a decision.
    pub(crate) fn set_extensions(&mut self, extensions: &[Extension]) -> Result<(), StoreError> {
        let json = serde_json::to_string(extensions).map_err(|error| StoreError::unreadable("assignments.extension", &error))?;
        self.extension = Some(json);
        self.extension_asked_at = extensions.last().filter(|last| last.decision.is_none()).map(|last| last.requested_at);
        Ok(())
    }

    /// The numbers of the suggestions that this department answers; `None` stands for all of them.
    pub(crate) fn numbers(&self) -> Result<Option<Vec<u32>>, StoreError> {
        let read = self.suggestions.as_deref().map(serde_json::from_str).transpose();
        read.map_err(|error| StoreError::unreadable("assignments.suggestions", &error))
    }
}

pub(crate) fn insert(conn: &mut AnyConn, row: &Assignment) -> Result<(), StoreError> {
    diesel::insert_into(assignments::table).values(row).execute(conn)?;
    proof::wrote(&tables::ASSIGNMENTS, &[&row.id])
}

pub(crate) fn find(conn: &mut AnyConn, channel: ChannelId, id: AssignmentId) -> Result<Assignment, StoreError> {
    Ok(assignments::table.filter(assignments::id.eq(id)).filter(assignments::channel_id.eq(channel)).get_result(conn)?)
}

/// Saves the row if it still has version `seen`; `row.version` is the new one.
pub(crate) fn save(conn: &mut AnyConn, row: &Assignment, seen: i64) -> Result<(), StoreError> {
    let target = assignments::table.filter(assignments::id.eq(row.id)).filter(assignments::version.eq(seen));
    if PreparedSql(diesel::update(target).set(row)).execute(conn)? == 1 {
        return proof::wrote(&tables::ASSIGNMENTS, &[&row.id]);
    }
    let current = assignments::table.filter(assignments::id.eq(row.id)).select(assignments::version).get_result(conn)?;
    Err(StoreError::Stale { current })
}

/// In the order in which they were made.
pub(crate) fn of_manuscript(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<Vec<Assignment>, StoreError> {
    Ok(assignments::table.filter(assignments::manuscript_id.eq(manuscript)).order(assignments::id).load(conn)?)
}

/// The same for several manuscripts.
pub(crate) fn of_many(conn: &mut AnyConn, manuscripts: &[ManuscriptId]) -> Result<Vec<Assignment>, StoreError> {
    Ok(assignments::table.filter(assignments::manuscript_id.eq_any(manuscripts)).order(assignments::id).load(conn)?)
}

/// Cancels all assignments of an act that was undone.
pub(crate) fn cancel_of_entry(conn: &mut AnyConn, entry: EntryId, at: Moment, reason: &str) -> Result<(), StoreError> {
    let rows = assignments::table.filter(assignments::entry_id.eq(entry));
    let ids: Vec<AssignmentId> = rows.select(assignments::id).load(conn)?;
    let set = (
        assignments::state.eq(AssignmentState::Cancelled),
        assignments::settled_at.eq(at),
        assignments::reason.eq(reason),
        assignments::version.eq(assignments::version + 1),
    );
    diesel::update(rows).set(set).execute(conn)?;
    ids.iter().try_for_each(|id| proof::wrote(&tables::ASSIGNMENTS, &[id]))
}

/// A leader's instruction as far as it sets a limit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Instruction {
    pub urgent: bool,
    pub due_at: Option<Moment>,
}

/// An endorsement of this manuscript that is in effect at this time; the inner value is there if it is an instruction.
pub(crate) fn instruction(
    conn: &mut AnyConn,
    manuscript: ManuscriptId,
    id: EndorsementId,
    now: Moment,
) -> Result<Option<Option<Instruction>>, StoreError> {
    let row = endorsements::table.filter(endorsements::id.eq(id)).filter(endorsements::manuscript_id.eq(manuscript));
    let row = row.filter(endorsements::state.eq_any(in_effect()));
    let row = row.filter(endorsements::held_until.is_null().or(endorsements::held_until.assume_not_null().le(now)));
    let found: Option<(EndorsementKind, bool, Option<Moment>)> =
        row.select((endorsements::kind, endorsements::urgent, endorsements::due_at)).first(conn).optional()?;
    Ok(found.map(|(kind, urgent, due_at)| (kind == EndorsementKind::Instruction).then_some(Instruction { urgent, due_at })))
}

/// The leaders whose endorsement of this manuscript is in effect, or will be when its undo window closes.
pub(crate) fn endorsers(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<Vec<UserId>, StoreError> {
    let rows = endorsements::table.filter(endorsements::manuscript_id.eq(manuscript)).filter(endorsements::state.eq_any(in_effect()));
    Ok(rows.select(endorsements::leader_id).distinct().load(conn)?)
}

fn in_effect() -> Vec<EndorsementState> {
    EndorsementState::ALL.iter().copied().filter(|state| state.has_effect()).collect()
}

/// The filter of a list of assignments.
#[derive(Debug, Clone)]
pub(crate) struct AssignmentFilter {
    /// The departments of the reader, whose assignments are visible as long as they are assigned to them.
    pub departments: Vec<OrganizationId>,
    /// Whether all of the channel's are seen.
    pub office: bool,
    /// Only assignments that wait for those departments, and, for a dispatcher, those that wait for the dispatchers.
    pub waiting: Option<DeskFilter>,
    /// Only in this state.
    pub state: Option<AssignmentState>,
    /// Excludes assignments of manuscripts by these persons.
    pub not_by: Vec<UserId>,
    /// Excludes assignments of these manuscripts, into which manuscripts by those persons are merged.
    pub not_of: Vec<ManuscriptId>,
    /// By due date, earliest first; otherwise newest first.
    pub by_due: bool,
    /// The key of the last one of the page before.
    pub after: Option<(Moment, AssignmentId)>,
    /// The largest number of rows.
    pub limit: i64,
}

/// The work queues of the list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DeskFilter {
    /// Decisions of a dispatcher as well.
    pub dispatcher: bool,
}

/// An assignment in a list, with its manuscript's number and title.
pub(crate) type AssignmentListRow = (Assignment, (Option<String>, String));

/// A page of a channel's assignments.
pub(crate) fn list(conn: &mut AnyConn, channel: ChannelId, filter: &AssignmentFilter) -> Result<Vec<AssignmentListRow>, StoreError> {
    let own = || assignments::organization_id.eq_any(&filter.departments);
    let author = authors::table
        .filter(authors::manuscript_id.eq(assignments::manuscript_id))
        .filter(authors::user_id.eq_any(&filter.not_by))
        .filter(authors::withdrawn_at.is_null());
    let here = |yes: bool| if yes { vec![channel] } else { Vec::new() };
    let charged: Vec<AssignmentState> = AssignmentState::ALL.iter().copied().filter(|state| state.is_charged()).collect();
    let mut rows = assignments::table
        .inner_join(manuscripts::table.on(manuscripts::id.eq(assignments::manuscript_id)))
        .filter(assignments::channel_id.eq(channel))
        .filter(own().and(assignments::state.eq_any(charged)).or(assignments::channel_id.eq_any(here(filter.office))))
        .filter(not(exists(author)))
        .filter(assignments::manuscript_id.ne_all(filter.not_of.clone()))
        .limit(filter.limit)
        .into_boxed();
    if let Some(waiting) = filter.waiting {
        let [at_work, to_decide] =
            [[AssignmentState::Dispatched, AssignmentState::Received], [AssignmentState::ReturnRequested, AssignmentState::Replied]];
        // Once the department has replied, its request for more time needs no decision any more.
        let asked = assignments::extension_asked_at.is_not_null().and(assignments::state.eq_any(at_work));
        let asked = assignments::state.eq_any(to_decide).or(asked);
        rows = rows
            .filter(own().and(assignments::state.eq_any(at_work)).or(assignments::channel_id.eq_any(here(waiting.dispatcher)).and(asked)));
    }
    if let Some(state) = filter.state {
        rows = rows.filter(assignments::state.eq(state));
    }
    rows = match (filter.by_due, filter.after) {
        (true, Some((due, id))) => rows.filter(assignments::due_at.gt(due).or(assignments::due_at.eq(due).and(assignments::id.gt(id)))),
        (false, Some((_, id))) => rows.filter(assignments::id.lt(id)),
        (_, None) => rows,
    };
    let rows = if filter.by_due { rows.order((assignments::due_at, assignments::id)) } else { rows.order(assignments::id.desc()) };
    Ok(rows.select((assignments::all_columns, (manuscripts::number, manuscripts::title))).load(conn)?)
}

/// Kept in the assignments of an act that was undone.
pub(crate) const UNDONE: &str = "undone";
