//! Lists of manuscripts, keyset-paged. A person's list is the union of streams, one for each capacity in which he sees manuscripts; each
//! stream follows an index, so that none looks at more rows than it gives.

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, ManuscriptId, OrganizationId, UserId};
use crate::domain::outcome::EndorsementState;
use crate::domain::words::Stage;
use crate::store::connection::{AnyConn, MultiBackend};
use crate::store::error::StoreError;
use crate::store::manuscripts::Manuscript;
use crate::store::schema::{assignments, authors, endorsements, manuscripts, recipients};

/// In which capacity a stream's manuscripts are seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stream {
    /// As an author, invited ones included.
    Author(UserId),
    /// As the one who entered it for its author. A stream of its own: joined to the authors' by OR it would walk the whole channel.
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

/// What a list asks for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub stages: Option<Vec<Stage>>,
    pub category: Option<String>,
    pub organization: Option<OrganizationId>,
    pub author: Option<UserId>,
    pub from: Option<Moment>,
    pub to: Option<Moment>,
    pub q: Option<String>,
    /// Only what waits for the capacity's own act.
    pub waiting: bool,
    pub by_due: bool,
    /// The last one of the page before.
    pub after: Option<(Option<Moment>, ManuscriptId)>,
    pub limit: i64,
}

type Query<'a> = manuscripts::BoxedQuery<'a, MultiBackend>;

/// The next rows of a stream.
pub(crate) fn stream(
    conn: &mut AnyConn,
    channel: ChannelId,
    of: &Stream,
    filter: &Filter,
    now: Moment,
) -> Result<Vec<Manuscript>, StoreError> {
    let query = manuscripts::table.filter(manuscripts::channel_id.eq(channel)).into_boxed();
    let query = stages(seen(query, of, filter.waiting), of, filter, now);
    let query = details(query, filter);
    let query = page(query, filter);
    Ok(query.limit(filter.limit).load(conn)?)
}

/// The manuscripts that wait for a capacity's own act, with their versions; at most so many.
pub(crate) fn waiting(
    conn: &mut AnyConn,
    channel: ChannelId,
    of: &Stream,
    limit: usize,
    now: Moment,
) -> Result<Vec<(ManuscriptId, i64)>, StoreError> {
    let filter = Filter { waiting: true, ..Filter::default() };
    let query = manuscripts::table.filter(manuscripts::channel_id.eq(channel)).into_boxed();
    let query = page(stages(seen(query, of, true), of, &filter, now), &filter);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(query.select((manuscripts::id, manuscripts::version)).limit(limit).load(conn)?)
}

fn seen<'a>(query: Query<'a>, of: &Stream, waiting: bool) -> Query<'a> {
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
        Stream::Signer => query.filter(manuscripts::signing_at.is_not_null()),
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
            use crate::domain::assignment::AssignmentState;
            let states: Vec<AssignmentState> = AssignmentState::ALL
                .iter()
                .copied()
                .filter(|state| if waiting { !state.is_settled() && *state != AssignmentState::Replied } else { state.is_charged() })
                .collect();
            let mine = assignments::table.filter(assignments::organization_id.eq_any(of.clone())).filter(assignments::state.eq_any(states));
            query.filter(manuscripts::id.eq_any(mine.select(assignments::manuscript_id)))
        }
    }
}

fn stages<'a>(query: Query<'a>, of: &Stream, filter: &Filter, now: Moment) -> Query<'a> {
    let desk: Option<&[Stage]> = match of {
        _ if !filter.waiting => None,
        Stream::Author(_) | Stream::Entered(_) => Some(&[Stage::Draft, Stage::Returned]),
        Stream::Screener(_) => Some(&[Stage::Screening]),
        Stream::Reviewer => Some(&[Stage::Review]),
        Stream::Signer => Some(&[Stage::Signing]),
        Stream::Dispatcher => Some(&[Stage::Forwarded, Stage::Handling]),
        Stream::Leader(_) | Stream::Handler(_) => None,
    };
    let wanted: Vec<Vec<Stage>> = desk.map(<[Stage]>::to_vec).into_iter().chain(filter.stages.clone()).collect();
    wanted.into_iter().fold(query, |query, stages| match of {
        // Authors may read another stage than the row has; the desk looks again at what they read.
        Stream::Author(_) | Stream::Entered(_) => query.filter(
            manuscripts::stage
                .eq_any(stages)
                .or(manuscripts::pending_until.assume_not_null().gt(now))
                .or(manuscripts::merged_into.is_not_null()),
        ),
        _ => query.filter(manuscripts::stage.eq_any(stages)),
    })
}

fn details<'a>(mut query: Query<'a>, filter: &Filter) -> Query<'a> {
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
    if let Some(q) = &filter.q {
        let escaped = q.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let title = manuscripts::title.like(format!("%{escaped}%")).escape('\\');
        query = query.filter(title.or(manuscripts::number.assume_not_null().like(format!("{escaped}%")).escape('\\')));
    }
    query
}

fn page<'a>(mut query: Query<'a>, filter: &Filter) -> Query<'a> {
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
