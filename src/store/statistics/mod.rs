//! Sums over manuscripts, for a period and a scope. Each is one pass over the manuscripts of the period, with index lookups for the rows of
//! each; drafts are never counted. The figures of a whole channel or its organisations come from [`counters`]; these sums are for one
//! author, for a channel that is not counted yet, and for the tests of the counters.

pub(crate) mod counters;
pub(crate) mod facts;

use std::collections::BTreeMap;

use diesel::dsl::{count_star, exists};
use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, EntryId, ManuscriptId, OrganizationId, UserId};
use crate::domain::outcome::{EndorsementKind, EndorsementState};
use crate::domain::states::AssignmentState;
use crate::domain::vocabulary::Answer;
use crate::store::connection::{AnyConn, MultiBackend};
use crate::store::error::StoreError;
use crate::store::rows::ManuscriptRow;
use crate::store::schema::{assignments, authors, endorsements, manuscripts, replies, reply_items};

/// Which manuscripts are counted.
#[derive(Debug, Clone)]
pub(crate) struct Among {
    pub channel: ChannelId,
    /// Handed in at or after this.
    pub from: Moment,
    /// Handed in before this.
    pub to: Moment,
    /// Only of these organisations.
    pub organizations: Option<Vec<OrganizationId>>,
    /// Only of this author.
    pub author: Option<UserId>,
    /// Rows of the reader's own manuscripts that the reader sees in a former state: they count as given here.
    pub read_as: Vec<ManuscriptRow>,
    /// Entries of decisions that are not announced to the reader yet: their assignments do not count.
    pub concealed: Vec<EntryId>,
}

impl Among {
    /// The rows that count as the reader reads them.
    fn as_read(&self) -> impl Iterator<Item = &ManuscriptRow> {
        let here = |row: &&ManuscriptRow| self.organizations.as_ref().is_none_or(|only| only.contains(&row.organization_id));
        self.read_as.iter().filter(here)
    }

    /// The rows among them that were submitted within the period.
    fn submitted_as_read(&self) -> impl Iterator<Item = &ManuscriptRow> {
        self.as_read().filter(|row| row.submitted_at.is_some_and(|at| (self.from..self.to).contains(&at)))
    }
}

/// The number of manuscripts that have reached each step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct FunnelCounts {
    pub received: i64,
    pub accepted: i64,
    pub forwarded: i64,
}

/// The same for one organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OfOrganization {
    pub received: i64,
    pub accepted: i64,
    pub adopted: i64,
}

/// The times of a manuscript at each step.
pub(crate) type Times = (Option<Moment>, Option<Moment>, Option<Moment>, Option<Moment>);

/// The times when a department was charged, received the assignment and replied.
pub(crate) type DepartmentTimes = (Moment, Option<Moment>, Option<Moment>);

/// The number of an author's newest manuscripts that are read.
const OF_ONE: i64 = 1000;

type Query<'a> = manuscripts::BoxedQuery<'a, MultiBackend>;

/// The conditions of a scope, for any boxed query over manuscripts.
macro_rules! within {
    ($query:expr, $of:expr) => {{
        let of: &Among = $of;
        let mut query = $query.filter(manuscripts::channel_id.eq(of.channel));
        if let Some(organizations) = &of.organizations {
            query = query.filter(manuscripts::organization_id.eq_any(organizations.clone()));
        }
        if let Some(author) = of.author {
            let theirs = authors::table.filter(authors::user_id.eq(author)).filter(authors::withdrawn_at.is_null());
            query = query.filter(manuscripts::id.eq_any(theirs.select(authors::manuscript_id)));
        }
        query
    }};
}

fn among<'a>(of: &Among) -> Query<'a> {
    let query = manuscripts::table.filter(manuscripts::submitted_at.ge(of.from)).filter(manuscripts::submitted_at.lt(of.to));
    within!(query.into_boxed(), of)
}

/// The manuscripts that the reader sees in their present state.
fn as_they_stand<'a>(of: &Among) -> Query<'a> {
    among(of).filter(manuscripts::id.ne_all(others(of)))
}

fn others(of: &Among) -> Vec<ManuscriptId> {
    of.read_as.iter().map(|row| row.id).collect()
}

fn also<'a>(rows: impl Iterator<Item = &'a ManuscriptRow>) -> i64 {
    i64::try_from(rows.count()).unwrap_or(i64::MAX)
}

fn count(conn: &mut AnyConn, query: Query<'_>) -> Result<i64, StoreError> {
    Ok(query.count().get_result(conn)?)
}

/// The number of submissions.
pub(crate) fn received(conn: &mut AnyConn, of: &Among) -> Result<i64, StoreError> {
    count(conn, among(of))
}

/// The first three steps of the funnel.
pub(crate) fn reached(conn: &mut AnyConn, of: &Among) -> Result<FunnelCounts, StoreError> {
    Ok(FunnelCounts {
        received: count(conn, among(of))?,
        accepted: count(conn, as_they_stand(of).filter(manuscripts::accepted_at.is_not_null()))?
            + also(of.submitted_as_read().filter(|row| row.accepted_at.is_some())),
        forwarded: count(conn, as_they_stand(of).filter(manuscripts::forwarded_at.is_not_null()))?
            + also(of.submitted_as_read().filter(|row| row.forwarded_at.is_some())),
    })
}

/// The number of them that were assigned to a department.
pub(crate) fn assigned(conn: &mut AnyConn, of: &Among) -> Result<i64, StoreError> {
    let charged: Vec<AssignmentState> = AssignmentState::ALL.iter().copied().filter(|state| state.is_charged()).collect();
    let of_it = assignments::table.filter(assignments::manuscript_id.eq(manuscripts::id));
    let known = of_it.filter(assignments::entry_id.ne_all(of.concealed.clone()));
    count(conn, among(of).filter(exists(known.filter(assignments::state.eq_any(charged)))))
}

/// Whether a valid answer takes up at least one suggestion of a manuscript.
macro_rules! is_adopted {
    () => {{
        let items = reply_items::table.filter(reply_items::reply_id.eq(replies::id));
        let taken_up = items.filter(reply_items::answer.eq_any([Answer::Adopted, Answer::PartlyAdopted]));
        let standing = replies::table.filter(replies::manuscript_id.eq(manuscripts::id)).filter(replies::approved.eq(true));
        exists(standing.filter(exists(taken_up)))
    }};
}

/// The number of manuscripts with at least one suggestion that a valid answer takes up.
pub(crate) fn adopted(conn: &mut AnyConn, of: &Among) -> Result<i64, StoreError> {
    count(conn, among(of).filter(is_adopted!()))
}

/// The number of those that have been carried out.
pub(crate) fn implemented(conn: &mut AnyConn, of: &Among) -> Result<i64, StoreError> {
    let of_it = assignments::table.filter(assignments::manuscript_id.eq(manuscripts::id));
    count(conn, among(of).filter(exists(of_it.filter(assignments::implemented_at.is_not_null()))))
}

/// Endorsements that have an effect and are more than a mark: of how many manuscripts, how many, how many of them instructions.
pub(crate) fn endorsed(conn: &mut AnyConn, of: &Among) -> Result<(i64, i64, i64), StoreError> {
    let effective: Vec<EndorsementState> = EndorsementState::ALL.iter().copied().filter(|state| state.has_effect()).collect();
    let words = || {
        let effective =
            endorsements::table.filter(endorsements::state.eq_any(effective.clone())).filter(endorsements::held_until.is_null());
        effective.filter(endorsements::kind.ne(EndorsementKind::Noted))
    };
    let manuscripts = count(conn, among(of).filter(exists(words().filter(endorsements::manuscript_id.eq(manuscripts::id)))))?;
    let joined = |kinds: Vec<EndorsementKind>| {
        let query = words()
            .inner_join(manuscripts::table.on(manuscripts::id.eq(endorsements::manuscript_id)))
            .filter(endorsements::kind.eq_any(kinds))
            .filter(manuscripts::submitted_at.ge(of.from))
            .filter(manuscripts::submitted_at.lt(of.to))
            .into_boxed::<MultiBackend>();
        within!(query, of)
    };
    let all = joined(EndorsementKind::ALL.to_vec()).count().get_result(conn)?;
    let instructions = joined(vec![EndorsementKind::Instruction]).count().get_result(conn)?;
    Ok((manuscripts, all, instructions))
}

/// An author's submissions since `from`: their number, the number of those in use, and the number of suggestions that are taken up. Starts
/// from the author's own rows, newest first, because a year of a whole channel would take too long for a page.
pub(crate) fn of_author(conn: &mut AnyConn, user: UserId, from: Moment, read_as: &[ManuscriptRow]) -> Result<(i64, i64, i64), StoreError> {
    let rows: Vec<(ManuscriptId, Option<Moment>, Option<Moment>)> = authors::table
        .inner_join(manuscripts::table.on(manuscripts::id.eq(authors::manuscript_id)))
        .filter(authors::user_id.eq(user))
        .filter(authors::withdrawn_at.is_null())
        .order(authors::manuscript_id.desc())
        .limit(OF_ONE)
        .select((manuscripts::id, manuscripts::submitted_at, manuscripts::accepted_at))
        .load(conn)?;
    let year: Vec<_> = rows.into_iter().filter(|(_, submitted, _)| submitted.is_some_and(|at| at >= from)).collect();
    let used = |id: &ManuscriptId, accepted: &Option<Moment>| {
        read_as.iter().find(|row| row.id == *id).map_or(accepted.is_some(), |row| row.accepted_at.is_some())
    };
    let accepted = year.iter().filter(|(id, _, accepted)| used(id, accepted)).count();
    let ids: Vec<ManuscriptId> = year.iter().map(|(id, ..)| *id).collect();
    let taken_up = reply_items::table
        .inner_join(replies::table.on(replies::id.eq(reply_items::reply_id)))
        .filter(replies::manuscript_id.eq_any(ids))
        .filter(replies::approved.eq(true))
        .filter(reply_items::answer.eq_any([Answer::Adopted, Answer::PartlyAdopted]));
    let size = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    Ok((size(year.len()), size(accepted), taken_up.count().get_result(conn)?))
}

/// The number of those concluded within a period, whenever they were submitted.
pub(crate) fn concluded(conn: &mut AnyConn, of: &Among) -> Result<i64, StoreError> {
    let query = manuscripts::table.filter(manuscripts::concluded_at.ge(of.from)).filter(manuscripts::concluded_at.lt(of.to));
    let query = within!(query.into_boxed(), of).filter(manuscripts::id.ne_all(others(of)));
    let concluded = |row: &&ManuscriptRow| row.concluded_at.is_some_and(|at| (of.from..of.to).contains(&at));
    Ok(count(conn, query)? + also(of.as_read().filter(concluded)))
}

/// Counts the manuscripts of the scope by organisation, in one pass.
macro_rules! by_organization {
    ($conn:expr, $of:expr $(, $filter:expr)*) => {{
        let of: &Among = $of;
        let query = manuscripts::table
            .group_by(manuscripts::organization_id)
            .select((manuscripts::organization_id, count_star()))
            .filter(manuscripts::submitted_at.ge(of.from))
            .filter(manuscripts::submitted_at.lt(of.to))
            .into_boxed::<MultiBackend>();
        within!(query, of)$(.filter($filter))*.load::<(OrganizationId, i64)>($conn)?.into_iter().collect::<BTreeMap<_, _>>()
    }};
}

/// The counts of each organisation.
pub(crate) fn by_organization(conn: &mut AnyConn, of: &Among) -> Result<Vec<(OrganizationId, OfOrganization)>, StoreError> {
    let received = by_organization!(conn, of);
    let accepted = manuscripts::accepted_at.is_not_null();
    let mut accepted = by_organization!(conn, of, accepted, manuscripts::id.ne_all(others(of)));
    for row in of.submitted_as_read().filter(|row| row.accepted_at.is_some()) {
        *accepted.entry(row.organization_id).or_default() += 1;
    }
    let adopted = by_organization!(conn, of, is_adopted!());
    let count = |counts: &BTreeMap<OrganizationId, i64>, id: &OrganizationId| counts.get(id).copied().unwrap_or_default();
    let row = |(id, received): (OrganizationId, i64)| {
        let (accepted, adopted) = (count(&accepted, &id), count(&adopted, &id));
        (id, OfOrganization { received, accepted, adopted })
    };
    Ok(received.into_iter().map(row).collect())
}

/// The times when the newest of them first reached each step: screening, review, signing, accepted.
pub(crate) fn times(conn: &mut AnyConn, of: &Among, limit: i64) -> Result<Vec<Times>, StoreError> {
    let rows = as_they_stand(of).order(manuscripts::submitted_at.desc()).limit(limit);
    let columns = (manuscripts::screening_at, manuscripts::review_at, manuscripts::signing_at, manuscripts::accepted_at);
    let mut times: Vec<Times> = rows.select(columns).load(conn)?;
    times.extend(of.submitted_as_read().map(|row| (row.screening_at, row.review_at, row.signing_at, row.accepted_at)));
    Ok(times)
}

/// The times when departments were charged with the newest of them, received them and replied. The newest by the day of submission, so that
/// for a year long past the assignments since then are not scanned.
pub(crate) fn department_times(conn: &mut AnyConn, of: &Among, limit: i64) -> Result<Vec<DepartmentTimes>, StoreError> {
    let query = assignments::table
        .inner_join(manuscripts::table.on(manuscripts::id.eq(assignments::manuscript_id)))
        .filter(assignments::lead_id.is_null())
        .filter(assignments::entry_id.ne_all(of.concealed.clone()))
        .filter(manuscripts::submitted_at.ge(of.from))
        .filter(manuscripts::submitted_at.lt(of.to))
        .into_boxed::<MultiBackend>();
    Ok(within!(query, of)
        .order(manuscripts::submitted_at.desc())
        .select((assignments::assigned_at, assignments::received_at, assignments::replied_at))
        .limit(limit)
        .load(conn)?)
}

/// The time of the first submission in the channel.
pub(crate) fn first(conn: &mut AnyConn, channel: ChannelId) -> Result<Option<Moment>, StoreError> {
    let found: Option<(ManuscriptId, Option<Moment>)> = manuscripts::table
        .filter(manuscripts::channel_id.eq(channel))
        .filter(manuscripts::submitted_at.is_not_null())
        .order(manuscripts::submitted_at.asc())
        .select((manuscripts::id, manuscripts::submitted_at))
        .first(conn)
        .optional()?;
    Ok(found.and_then(|(_, at)| at))
}
