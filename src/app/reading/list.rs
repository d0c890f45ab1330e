//! Lists of the manuscripts that a person may see, newest first or by due date.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::channel_time::ChannelTime;
use crate::app::pending_decision::{as_announced, own_unannounced, target_as_read};
use crate::app::reading::views::ManuscriptLine;
use crate::app::{AppError, Tx, four_eyes, manuscript_case};
use crate::domain::clock::Moment;
use crate::domain::ids::{ManuscriptId, OrganizationId, UserId};
use crate::domain::permission::{Actor, Grant};
use crate::domain::vocabulary::{Role, Stage};
use crate::store::listing::{self, ListKey, ListedManuscript, ManuscriptFilter, Stream};
use crate::store::rows::ManuscriptRow;
use crate::store::{manuscripts, texts};

/// The query of a list.
#[derive(Debug, Clone, Default)]
pub struct ManuscriptListQuery {
    /// Only in this stage, as the reader reads it.
    pub stage: Option<Stage>,
    /// Only of this category.
    pub category: Option<String>,
    /// Only of authors of this organisation.
    pub organization: Option<OrganizationId>,
    /// Only by this author.
    pub author: Option<UserId>,
    /// Only submitted at or after this time.
    pub from: Option<Moment>,
    /// Only submitted before this time.
    pub to: Option<Moment>,
    /// Text in the title, or at the beginning of the number.
    pub q: Option<String>,
    /// Only manuscripts that wait in the reader's work queues.
    pub mine: bool,
    /// Only manuscripts that the reader wrote, signed, was invited to sign, or entered for others.
    pub own: bool,
    /// By due date, earliest first; manuscripts without one are omitted.
    pub by_due: bool,
    /// The last line of the previous page. In the order of due dates, the page continues after that line's current date, or starts again if
    /// it has left the list.
    pub after: Option<ManuscriptId>,
    /// The largest number of lines.
    pub limit: i64,
}

impl ManuscriptListQuery {
    /// Returns whether the query may read far more manuscripts than it returns, because filters without an index are applied one by one,
    /// newest first.
    #[must_use]
    pub fn may_take_long(&self) -> bool {
        let of_a_time = self.from.is_some() || self.to.is_some();
        self.q.is_some() || self.category.is_some() || self.organization.is_some() || self.author.is_some() || of_a_time
    }
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct ManuscriptSlice {
    /// Its lines.
    pub lines: Vec<ManuscriptLine>,
    /// The line from which the next page continues; absent at the end.
    pub next: Option<ManuscriptId>,
}

/// Returns a page of the manuscripts that this person may see. Their own manuscripts appear as authors read them, whatever other roles they
/// hold.
///
/// # Errors
/// Fails if a database operation fails.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, wish: &ManuscriptListQuery) -> Result<ManuscriptSlice, AppError> {
    let filter = ManuscriptFilter {
        stages: wish.stage.map(|stage| vec![stage]),
        category: wish.category.clone(),
        organization: wish.organization,
        author: wish.author,
        from: wish.from,
        to: wish.to,
        q: wish.q.clone(),
        waiting: wish.mine,
        by_due: wish.by_due,
        not_by: Vec::new(),
        after: resume(tx, actor, wish)?,
        limit: wish.limit + 1,
        ..left_out(tx, actor, wish.mine)?
    };
    let streams = if wish.own { own_streams(actor) } else { streams(actor) };
    let mut rows: Vec<(ListedManuscript, bool)> = Vec::new();
    for (stream, not_by) in &streams {
        let entered = matches!(stream, Stream::Entered(_));
        let of = ManuscriptFilter { not_by: not_by.clone(), ..filter.clone() };
        rows.extend(rows_of(tx, actor, stream, &of)?.into_iter().map(|row| (row, entered)));
    }
    order(&mut rows, wish.by_due);
    let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > wish.limit;
    rows.truncate(usize::try_from(wish.limit).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(|(row, _)| row.id);
    let time = ChannelTime::of(tx, actor.channel)?;
    let lines = rows.into_iter().map(|(row, _)| line(row, &time)).collect::<Result<_, _>>()?;
    Ok(ManuscriptSlice { lines, next })
}

/// Builds the exclusions for staff: manuscripts into which their own are merged are not listed, and those that four eyes forbid them to
/// sign do not wait for them.
pub(super) fn left_out(tx: &mut Tx<'_>, actor: &Actor, waiting: bool) -> Result<ManuscriptFilter, AppError> {
    let office = |grant: &Grant| !matches!(grant.role, Role::Submitter);
    if !actor.grants.iter().any(office) {
        return Ok(ManuscriptFilter::default());
    }
    let others = actor.grants.iter().filter_map(|grant| grant.for_user);
    let persons: Vec<UserId> = others.chain([actor.user]).collect();
    let not_prepared_by = if waiting { four_eyes::bound(tx, actor)? } else { Vec::new() };
    // Until its end is announced, a merger is read as before.
    let read = own_unannounced(tx, actor)?.rows.into_iter().filter_map(|row| row.merged_into);
    let not_of = texts::targets_of(tx.conn, &persons, tx.now)?.into_iter().chain(read).collect();
    Ok(ManuscriptFilter { not_prepared_by, not_of, ..ManuscriptFilter::default() })
}

/// Returns the key at which the page after a line begins.
fn resume(tx: &mut Tx<'_>, actor: &Actor, wish: &ManuscriptListQuery) -> Result<Option<ListKey>, AppError> {
    let Some(id) = wish.after else { return Ok(None) };
    if !wish.by_due {
        return Ok(Some((None, id)));
    }
    let row = match manuscript_case::view(tx, actor, id) {
        Ok(loaded) => loaded.row,
        Err(AppError::NotFound) => return Ok(None),
        Err(error) => return Err(error),
    };
    let listed = row.due_at.is_some() && wish.stage.is_none_or(|stage| stage == row.stage);
    Ok(listed.then_some((row.due_at, id)))
}

/// Returns the manuscripts that wait for this person in one role, newest first, with the versions that they read, up to a limit.
pub(super) fn waiting(
    tx: &mut Tx<'_>,
    actor: &Actor,
    role: Role,
    filter: &ManuscriptFilter,
    most: usize,
) -> Result<Vec<(ManuscriptId, i64)>, AppError> {
    let filter = ManuscriptFilter { waiting: true, limit: i64::try_from(most).unwrap_or(i64::MAX), ..filter.clone() };
    let mut rows = Vec::new();
    for (stream, not_by) in streams_of(actor, role) {
        let of = ManuscriptFilter { not_by, ..filter.clone() };
        rows.extend(rows_of(tx, actor, &stream, &of)?.into_iter().map(|row| (row.id, row.version)));
    }
    rows.sort_unstable_by_key(|(id, _)| std::cmp::Reverse(*id));
    rows.dedup();
    rows.truncate(most);
    Ok(rows)
}

/// Returns the next rows of a stream, each as this person reads it.
fn rows_of(tx: &mut Tx<'_>, actor: &Actor, stream: &Stream, filter: &ManuscriptFilter) -> Result<Vec<ListedManuscript>, AppError> {
    if !matches!(stream, Stream::Author(_) | Stream::Entered(_)) {
        return Ok(listing::stream(tx.conn, actor.channel, stream, filter)?);
    }
    let entered = matches!(stream, Stream::Entered(_));
    let mut rows = settled(tx, actor, stream, filter)?;
    for row in listing::unannounced(tx.conn, actor.channel, stream, filter, tx.now)? {
        let more = entered && reads_more(tx, actor, row.id)?;
        let row = if more { row.into() } else { read(tx, actor, as_announced(row, tx.now)?.into())? };
        let behind = filter.after.is_none_or(|after| behind(after, row.key(), filter.by_due));
        rows.extend(Some(row).filter(|row| behind && fits(row, filter)));
    }
    Ok(rows)
}

/// Returns rows without a pending announcement. A page of the store may contain merged ones that are read in another stage than the
/// query's; in that case the next page is read as well.
fn settled(tx: &mut Tx<'_>, actor: &Actor, stream: &Stream, filter: &ManuscriptFilter) -> Result<Vec<ListedManuscript>, AppError> {
    let entered = matches!(stream, Stream::Entered(_));
    let most = usize::try_from(filter.limit).unwrap_or(usize::MAX);
    let (mut found, mut filter) = (Vec::new(), filter.clone());
    loop {
        let rows = listing::announced(tx.conn, actor.channel, stream, &filter, tx.now)?;
        let last = rows.len() < most;
        filter.after = rows.last().map(ListedManuscript::key);
        for row in rows {
            let other = row.merged_into.is_some() || row.untold_versions > 0;
            let row = if other && !(entered && reads_more(tx, actor, row.id)?) { read(tx, actor, row)? } else { row };
            found.extend(Some(row).filter(|row| fits(row, &filter)));
        }
        if last || found.len() >= most {
            found.truncate(most);
            return Ok(found);
        }
    }
}

/// Returns an announced row with the version that authors read, and for a merged one with the stage of its target.
fn read(tx: &mut Tx<'_>, actor: &Actor, row: ListedManuscript) -> Result<ListedManuscript, AppError> {
    let row = ListedManuscript { version: row.version - row.untold_versions, ..row };
    Ok(match target_as_read(tx, actor.channel, row.merged_into, row.former_stage.unwrap_or(row.stage))? {
        Some(ManuscriptRow { stage, former_stage, stage_since, due_at, .. }) => {
            ListedManuscript { stage, former_stage, stage_since, due_at, ..row }
        }
        None => row,
    })
}

/// Returns whether the person who entered it for its author also sees it by another role.
fn reads_more(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<bool, AppError> {
    let row = manuscripts::find(tx.conn, actor.channel, id)?;
    Ok(!manuscript_case::of_row(tx, row)?.sight(actor).author_only())
}

/// Returns whether a row of an author's stream matches the query.
fn fits(row: &ListedManuscript, filter: &ManuscriptFilter) -> bool {
    let asked = filter.stages.as_ref().is_none_or(|stages| stages.contains(&row.stage));
    // For a merged manuscript, the due date is that of the target, and the open tasks are those of the target's author.
    let own = row.merged_into.is_none();
    let waits = !filter.waiting || own && matches!(row.stage, Stage::Draft | Stage::Returned);
    asked && waits && (!filter.by_due || own && row.due_at.is_some())
}

/// Returns whether a row comes behind `after` in the list's order.
fn behind(after: ListKey, row: ListKey, by_due: bool) -> bool {
    if by_due { row > after } else { row.1 < after.1 }
}

/// Sorts the rows, and joins those from several streams; the stream that shows more takes precedence over that of a person who entered it
/// for others.
fn order(rows: &mut Vec<(ListedManuscript, bool)>, by_due: bool) {
    if by_due {
        rows.sort_by_key(|(row, entered)| (row.key(), *entered));
    } else {
        rows.sort_by_key(|(row, entered)| (std::cmp::Reverse(row.id), *entered));
    }
    let mut seen = BTreeSet::new();
    rows.retain(|(row, _)| seen.insert(row.id));
}

/// A stream, and the persons whose manuscripts are excluded from it.
type Excluding = (Stream, Vec<UserId>);

fn own_streams(actor: &Actor) -> Vec<Excluding> {
    vec![(Stream::Author(actor.user), Vec::new()), (Stream::Entered(actor.user), vec![actor.user])]
}

fn streams(actor: &Actor) -> Vec<Excluding> {
    let mut streams = own_streams(actor);
    if !actor.holds(Role::Reviewer) && !actor.holds(Role::Screener) {
        streams.truncate(1);
    }
    streams.extend(Role::ALL.iter().copied().filter(|role| *role != Role::Submitter).flat_map(|role| streams_of(actor, role)));
    streams
}

/// Returns the streams of a role of this person; empty for a role that they do not hold, or that reads no manuscripts. Excludes their own
/// manuscripts from those of staff, and from a grant held for another person that person's manuscripts.
pub(super) fn streams_of(actor: &Actor, role: Role) -> Vec<Excluding> {
    let mut grants: BTreeMap<[Option<UserId>; 2], Vec<&Grant>> = BTreeMap::new();
    for grant in actor.grants.iter().filter(|grant| grant.role == role) {
        grants.entry([grant.for_user, grant.serves]).or_default().push(grant);
    }
    let whole_channel = matches!(role, Role::Submitter | Role::Reviewer | Role::Signer | Role::Dispatcher);
    if whole_channel && grants.contains_key(&[None, None]) {
        grants.retain(|others, _| *others == [None, None]);
    }
    grants.into_iter().filter_map(|(others, held)| Some((stream_of(actor, role, &held)?, not_by(actor, role, others)))).collect()
}

fn not_by(actor: &Actor, role: Role, others: [Option<UserId>; 2]) -> Vec<UserId> {
    if role == Role::Submitter { Vec::new() } else { others.into_iter().flatten().chain([actor.user]).collect() }
}

fn stream_of(actor: &Actor, role: Role, held: &[&Grant]) -> Option<Stream> {
    let organizations = || held.iter().map(|grant| grant.organization).collect();
    Some(match role {
        Role::Submitter => Stream::Author(actor.user),
        Role::Screener => Stream::Screener(organizations()),
        Role::Reviewer => Stream::Reviewer,
        Role::Signer => Stream::Signer,
        Role::Dispatcher => Stream::Dispatcher,
        Role::Leader => Stream::Leader(held.iter().map(|grant| grant.for_user.unwrap_or(actor.user)).collect()),
        Role::Secretary => Stream::Leader(held.iter().filter_map(|grant| grant.serves).collect()),
        Role::Handler => Stream::Handler(organizations()),
        Role::Auditor | Role::SecurityAdmin | Role::SystemAdmin => return None,
    })
}

fn line(row: ListedManuscript, time: &ChannelTime) -> Result<ManuscriptLine, AppError> {
    let details = manuscripts::details(&row.details)?;
    Ok(ManuscriptLine {
        id: row.id,
        number: row.number,
        title: row.title,
        stage: row.stage,
        outcome: row.former_stage,
        merged: row.merged_into.is_some(),
        version: row.version,
        category: row.category,
        kind: row.kind,
        urgent: row.urgent,
        author: details.author_name,
        organization: details.organization_name,
        submitted_at: row.submitted_at,
        since: row.stage_since,
        due_at: row.due_at,
        due_is_provisional: row.due_at.is_some_and(|due| time.working().is_in_unknown_year(due)),
    })
}
