//! Lists of manuscripts, keyset-paged. A person's list is the union of streams, one for each capacity in which they see manuscripts; each
//! stream follows an index, so that none reads more rows than it returns.

use diesel::connection::DefaultLoadingMode;
use diesel::dsl::{exists, not, sql};
use diesel::prelude::*;
use diesel::query_dsl::LoadQuery;
use diesel::sql_types::Bool;

use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, ManuscriptId, OrganizationId, UserId};
use crate::domain::outcome::EndorsementState;
use crate::domain::queues;
use crate::domain::vocabulary::{Role, Stage};
use crate::store::connection::{AnyConn, MultiBackend, PreparedSql};
use crate::store::error::StoreError;
use crate::store::matching::{begins, contains};
use crate::store::schema::{assignments, authors, endorsements, manuscripts, recipients};
use crate::store::types::DbUuid;

mod line;
mod unannounced;

use line::COLUMNS;
pub(crate) use line::{ListKey, ListedManuscript};
pub(crate) use unannounced::unannounced;

/// The capacity in which the person sees a stream's manuscripts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stream {
    /// As an author, invited ones included.
    Author(UserId),
    /// As the person who entered it for its author. A stream of its own, because joined to that of authors by OR it would scan the whole
    /// channel.
    Entered(UserId),
    /// As the office of these organisations.
    Screener(Vec<OrganizationId>),
    /// As a reviewer.
    Reviewer,
    /// As a signer.
    Signer,
    /// As a dispatcher.
    Dispatcher,
    /// As these leaders, or their secretary.
    Leader(Vec<UserId>),
    /// As an officer of these departments.
    Handler(Vec<OrganizationId>),
}

impl Stream {
    /// The role whose queue contains the waiting manuscripts.
    fn role(&self) -> Role {
        match self {
            Self::Author(_) | Self::Entered(_) => Role::Submitter,
            Self::Screener(_) => Role::Screener,
            Self::Reviewer => Role::Reviewer,
            Self::Signer => Role::Signer,
            Self::Dispatcher => Role::Dispatcher,
            Self::Leader(_) => Role::Leader,
            Self::Handler(_) => Role::Handler,
        }
    }
}

/// The filter of a list.
#[derive(Debug, Clone, Default)]
pub(crate) struct ManuscriptFilter {
    pub stages: Option<Vec<Stage>>,
    pub category: Option<String>,
    pub organization: Option<OrganizationId>,
    pub author: Option<UserId>,
    pub from: Option<Moment>,
    pub to: Option<Moment>,
    pub q: Option<String>,
    /// Only manuscripts that wait for an act in this capacity.
    pub waiting: bool,
    /// Excludes manuscripts that wait for a signature and that these persons last recommended, or whose edited text they wrote (four eyes).
    pub not_prepared_by: Vec<UserId>,
    /// Excludes these manuscripts from an office's stream: one of the person's own is merged into them, so that they would read the
    /// target's course there.
    pub not_of: Vec<ManuscriptId>,
    pub by_due: bool,
    /// Excludes manuscripts that these persons wrote.
    pub not_by: Vec<UserId>,
    /// The last one of the page before.
    pub after: Option<ListKey>,
    pub limit: i64,
}

type Query<'a> = manuscripts::BoxedQuery<'a, MultiBackend>;

/// The next rows of an office's stream; if it has several stages, the next of each.
pub(crate) fn stream(
    conn: &mut AnyConn,
    channel: ChannelId,
    of: &Stream,
    filter: &ManuscriptFilter,
) -> Result<Vec<ListedManuscript>, StoreError> {
    let all = || details(seen(manuscripts::table.filter(manuscripts::channel_id.eq(channel)).into_boxed(), of, filter), filter);
    match stages(of, filter) {
        Some(stages) => by_stage(conn, &stages, all, filter),
        None => load(conn, all(), filter),
    }
}

/// The next rows of an author's stream without unannounced decisions. Merged manuscripts are returned in any stage, because their authors
/// read that of the target; the caller filters again by the stage that they read.
pub(crate) fn announced(
    conn: &mut AnyConn,
    channel: ChannelId,
    of: &Stream,
    filter: &ManuscriptFilter,
    now: Moment,
) -> Result<Vec<ListedManuscript>, StoreError> {
    let all = || {
        let rows = manuscripts::table.filter(manuscripts::channel_id.eq(channel));
        let rows = rows.filter(manuscripts::pending_until.is_null().or(manuscripts::pending_until.assume_not_null().le(now)));
        let rows = details(rows.into_boxed(), filter);
        match stages(of, filter) {
            Some(stages) => rows.filter(manuscripts::stage.eq_any(stages).or(manuscripts::merged_into.is_not_null())),
            None => rows,
        }
    };
    match of {
        Stream::Author(user) if !filter.by_due => author(conn, *user, filter, |ids| all().filter(manuscripts::id.eq_any(ids))),
        _ => load(conn, seen(all(), of, filter), filter),
    }
}

/// The manuscripts of a person, in the order of the index of authors, in parts: a person without manuscripts costs one index lookup, one
/// with very many no more than a page, whatever the planner estimates.
fn author<'a>(
    conn: &mut AnyConn,
    user: UserId,
    filter: &ManuscriptFilter,
    query: impl Fn(Vec<ManuscriptId>) -> Query<'a>,
) -> Result<Vec<ListedManuscript>, StoreError> {
    let most = usize::try_from(filter.limit).unwrap_or(usize::MAX);
    let (mut rows, mut after, mut some) = (Vec::new(), filter.after.map(|(_, id)| id), 200);
    loop {
        let mine = authors::table.filter(authors::user_id.eq(user)).filter(authors::withdrawn_at.is_null());
        let mut mine = mine.select(authors::manuscript_id).order(authors::manuscript_id.desc()).into_boxed();
        if let Some(after) = after {
            mine = mine.filter(authors::manuscript_id.lt(after));
        }
        let ids: Vec<ManuscriptId> = match conn {
            AnyConn::Pg(_) => PreparedSql(mine.limit(some)).load(conn)?,
            AnyConn::Sqlite(_) => first(conn, PreparedSql(mine), some)?,
        };
        let all = i64::try_from(ids.len()).is_ok_and(|found| found < some);
        after = ids.last().copied().or(after);
        if !ids.is_empty() {
            rows.extend(page(query(ids), filter).select(COLUMNS).limit(filter.limit).load::<ListedManuscript>(conn)?);
        }
        if all || rows.len() >= most {
            rows.truncate(most);
            return Ok(rows);
        }
        some = (some * 4).min(5_000);
    }
}

fn by_stage<'a>(
    conn: &mut AnyConn,
    stages: &[Stage],
    all: impl Fn() -> Query<'a>,
    filter: &ManuscriptFilter,
) -> Result<Vec<ListedManuscript>, StoreError> {
    // One query for each stage: each follows the index of its stage in order, which one query for several can't.
    let mut rows = Vec::new();
    for stage in stages {
        rows.extend(load(conn, all().filter(manuscripts::stage.eq(*stage)), filter)?);
    }
    Ok(rows)
}

fn load(conn: &mut AnyConn, query: Query<'_>, filter: &ManuscriptFilter) -> Result<Vec<ListedManuscript>, StoreError> {
    let query = page(query, filter).select(COLUMNS);
    match conn {
        AnyConn::Pg(_) => Ok(PreparedSql(query.limit(filter.limit)).load(conn)?),
        AnyConn::Sqlite(_) => first(conn, PreparedSql(query), filter.limit),
    }
}

/// The first rows on SQLite, which returns row by row and stops when no more are read. A bound limit would make it plan the statement again
/// each time.
fn first<'a, T, Q>(conn: &mut AnyConn, query: Q, most: i64) -> Result<Vec<T>, StoreError>
where
    Q: LoadQuery<'a, AnyConn, T> + RunQueryDsl<AnyConn>,
{
    let rows = query.load_iter::<T, DefaultLoadingMode>(conn)?;
    Ok(rows.take(usize::try_from(most).unwrap_or(usize::MAX)).collect::<QueryResult<_>>()?)
}

/// Excludes manuscripts that this person last recommended, entered for the author, or of whose edited text they wrote a round, for themself
/// or as a stand-in.
macro_rules! not_prepared_by {
    ($person:expr) => {
        sql::<Bool>(
            "NOT EXISTS (SELECT 1 FROM decisions d WHERE d.manuscript_id = manuscripts.id AND d.action = 'recommend' \
             AND d.undone_at IS NULL AND NOT EXISTS (SELECT 1 FROM decisions e WHERE e.manuscript_id = d.manuscript_id \
             AND e.action = 'recommend' AND e.undone_at IS NULL AND e.entry_id > d.entry_id) AND (d.actor_id = ",
        )
        .bind::<DbUuid, _>($person)
        .sql(" OR d.on_behalf_of = ")
        .bind::<DbUuid, _>($person)
        .sql(
            ")) AND (manuscripts.edited_text_id IS NULL OR NOT EXISTS (SELECT 1 FROM texts t \
             WHERE t.manuscript_id = manuscripts.id AND t.kind = 'edited' AND (t.created_by = ",
        )
        .bind::<DbUuid, _>($person)
        .sql(" OR t.on_behalf_of = ")
        .bind::<DbUuid, _>($person)
        .sql("))) AND (manuscripts.entered_by IS NULL OR manuscripts.entered_by <> ")
        .bind::<DbUuid, _>($person)
        .sql(")")
    };
}

fn seen<'a>(query: Query<'a>, of: &Stream, filter: &ManuscriptFilter) -> Query<'a> {
    let waiting = filter.waiting;
    let office = !matches!(of, Stream::Author(_) | Stream::Entered(_));
    let query = if office && !filter.not_of.is_empty() { query.filter(manuscripts::id.ne_all(filter.not_of.clone())) } else { query };
    match of {
        Stream::Author(user) => {
            let mine = authors::table.filter(authors::user_id.eq(*user)).filter(authors::withdrawn_at.is_null());
            query.filter(manuscripts::id.eq_any(mine.select(authors::manuscript_id)))
        }
        Stream::Entered(user) => query.filter(manuscripts::entered_by.eq(*user)),
        Stream::Screener(of) => {
            query.filter(manuscripts::organization_id.eq_any(of.clone())).filter(manuscripts::screening_at.is_not_null())
        }
        Stream::Reviewer => query.filter(manuscripts::review_at.is_not_null()),
        Stream::Signer => {
            let query = query.filter(manuscripts::signing_at.is_not_null());
            let left_out = filter.not_prepared_by.iter().filter(|_| waiting);
            left_out.fold(query, |query, person| query.filter(not_prepared_by!(*person)))
        }
        Stream::Dispatcher => query.filter(manuscripts::accepted_at.is_not_null()),
        Stream::Leader(leaders) => {
            let mine = recipients::table.filter(recipients::user_id.eq_any(leaders.clone())).filter(recipients::ended_at.is_null());
            let query = query.filter(manuscripts::id.eq_any(mine.select(recipients::manuscript_id)));
            if waiting {
                // One that was rejected leaves the manuscript unread.
                let marked = endorsements::table
                    .filter(endorsements::leader_id.eq_any(leaders.clone()))
                    .filter(endorsements::state.ne(EndorsementState::Rejected))
                    .select(endorsements::manuscript_id);
                query.filter(manuscripts::id.ne_all(marked))
            } else {
                query
            }
        }
        Stream::Handler(of) => {
            use crate::domain::states::AssignmentState;
            let charged = || AssignmentState::ALL.iter().copied().filter(|state| state.is_charged()).collect();
            let states: Vec<AssignmentState> = if waiting { queues::states_of(Role::Handler) } else { charged() };
            let mine = assignments::table.filter(assignments::organization_id.eq_any(of.clone())).filter(assignments::state.eq_any(states));
            query.filter(manuscripts::id.eq_any(mine.select(assignments::manuscript_id)))
        }
    }
}

/// The stages of a stream: those of the filter, those of the capacity's own queue, or both; `None` stands for any.
fn stages(of: &Stream, filter: &ManuscriptFilter) -> Option<Vec<Stage>> {
    let waiting = filter.waiting.then(|| queues::stages_of(of.role())).filter(|stages| !stages.is_empty());
    let office = matches!(of, Stream::Screener(_) | Stream::Reviewer | Stream::Signer | Stream::Dispatcher);
    let due = (filter.by_due && office).then(|| queues::timed_stages().map(|(stage, _)| stage).collect());
    let mut asked = [waiting, filter.stages.clone(), due].into_iter().flatten();
    let first = asked.next()?;
    Some(asked.fold(first, |stages, also| stages.into_iter().filter(|stage| also.contains(stage)).collect()))
}

fn details<'a>(mut query: Query<'a>, filter: &ManuscriptFilter) -> Query<'a> {
    if let Some(category) = &filter.category {
        query = query.filter(manuscripts::category.eq(category.clone()));
    }
    if let Some(organization) = filter.organization {
        query = query.filter(manuscripts::organization_id.eq(organization));
    }
    if let Some(author) = filter.author {
        let theirs = authors::table.filter(authors::user_id.eq(author)).filter(authors::withdrawn_at.is_null());
        query = query.filter(manuscripts::id.eq_any(theirs.select(authors::manuscript_id)));
    }
    if let Some(from) = filter.from {
        query = query.filter(manuscripts::submitted_at.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(manuscripts::submitted_at.lt(to));
    }
    if !filter.not_by.is_empty() {
        let theirs =
            authors::table.filter(authors::manuscript_id.eq(manuscripts::id)).filter(authors::user_id.eq_any(filter.not_by.clone()));
        query = query.filter(not(exists(theirs.filter(authors::withdrawn_at.is_null()))));
    }
    if let Some(q) = &filter.q {
        let title = contains!(manuscripts::title, q);
        query = query.filter(title.or(begins!(manuscripts::number.assume_not_null(), q)));
    }
    query
}

fn page<'a>(mut query: Query<'a>, filter: &ManuscriptFilter) -> Query<'a> {
    if filter.by_due {
        if let Some((Some(due), id)) = filter.after {
            let later = manuscripts::due_at.assume_not_null().gt(due);
            let same = manuscripts::due_at.assume_not_null().eq(due).and(manuscripts::id.gt(id));
            query = query.filter(later.or(same));
        }
        return query.filter(manuscripts::due_at.is_not_null()).order((manuscripts::due_at.asc(), manuscripts::id.asc()));
    }
    if let Some((_, id)) = filter.after {
        query = query.filter(manuscripts::id.lt(id));
    }
    query.order(manuscripts::id.desc())
}
