//! Queues that nobody can work: a screening is skipped; in any other queue the work waits, visibly, and the administrators are notified.

use std::collections::BTreeMap;

use serde_json::json;

use crate::app::events::{self, LedgerEvent};
use crate::app::manuscript_case::{self, LoadedCase};
use crate::app::notification::{self, About, Hints};
use crate::app::staffing::{UNSTAFFED, could_screen, is_staffed};
use crate::app::step::StepDetails;
use crate::app::{AppError, Tx, transition};
use crate::domain::ids::{AnyId, ChannelId, EntryId, ManuscriptId, OrganizationId, UserId};
use crate::domain::notice::{Audience, Letter, tell};
use crate::domain::queues::{QUEUES, WorkQueue, of_stage};
use crate::domain::recipients::RecipientFacts;
use crate::domain::vocabulary::{Action, Stage};
use crate::mail::letters::LetterFacts;
use crate::store::{channels, letters, manuscripts, queues, texts};

/// The interval at which the administrators are notified, while the state persists.
const REPEATED_AFTER_DAYS: i64 = 1;

/// Work that waits for a role without holders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unstaffed {
    /// The queue.
    pub queue: WorkQueue,
    /// For a department's queue, the department.
    pub organization: Option<OrganizationId>,
    /// The number of waiting items.
    pub count: i64,
}

/// Returns whether a manuscript waits in a queue that nobody can work, for this manuscript or at all.
pub(crate) fn waits_for_nobody(tx: &mut Tx<'_>, loaded: &LoadedCase) -> Result<bool, AppError> {
    let Some(queue) = of_stage(loaded.row.stage).filter(|queue| !queue.audience.roles().is_empty()) else { return Ok(false) };
    let standing = &loaded.case.standing;
    let authors = standing.authors.iter().map(|one| one.user).chain(standing.merged_authors.iter().copied()).collect();
    let facts = RecipientFacts { authors, prepared_by: standing.prepared_by.clone(), ..RecipientFacts::default() };
    Ok(!is_staffed(tx, loaded.row.channel_id, queue, loaded.row.organization_id, facts)?)
}

/// Returns the manuscripts that wait for screening in organisations where nobody can do it any more.
///
/// # Errors
/// Fails if a database operation fails.
pub fn unscreened(tx: &mut Tx<'_>) -> Result<Vec<(ChannelId, ManuscriptId)>, AppError> {
    let waiting = queues::in_screening(tx.conn)?;
    let ids: Vec<ManuscriptId> = waiting.iter().map(|(id, ..)| *id).collect();
    let mut authors: BTreeMap<ManuscriptId, Vec<UserId>> = BTreeMap::new();
    for author in texts::authors_of_many(tx.conn, &ids)? {
        authors.entry(author.manuscript_id).or_default().push(author.user_id);
    }
    let mut found = Vec::new();
    for (id, channel, organization) in waiting {
        let authors = authors.get(&id).map(Vec::as_slice).unwrap_or_default();
        if !could_screen(tx, channel, organization, authors)? {
            found.push((channel, id));
        }
    }
    Ok(found)
}

/// Passes a manuscript on to review, if it waits for screening and nobody can do that. Returns whether it did. The authors get no letter,
/// because their office has not decided anything.
///
/// # Errors
/// Fails if a database operation fails.
pub fn pass_on(tx: &mut Tx<'_>, channel: ChannelId, id: ManuscriptId) -> Result<bool, AppError> {
    let row = manuscripts::find_for_update(tx.conn, channel, id)?;
    if row.stage != Stage::Screening {
        return Ok(false);
    }
    let mut loaded = manuscript_case::of_row(tx, row)?;
    let authors: Vec<UserId> = loaded.authors.iter().map(|author| author.user_id).collect();
    if could_screen(tx, channel, loaded.row.organization_id, &authors)? {
        return Ok(false);
    }
    let step = StepDetails { facts: json!({ UNSTAFFED: true }), untold: true, ..StepDetails::default() };
    transition::take_alone(tx, &mut loaded, Action::PassScreening, step)?;
    Ok(true)
}

/// Returns the queues of a channel in which work waits for a role without holders. Screening is not among them, because it is skipped; a
/// receipt waits with the reply.
///
/// # Errors
/// Fails if a database operation fails.
pub fn unstaffed(tx: &mut Tx<'_>, channel: ChannelId) -> Result<Vec<Unstaffed>, AppError> {
    let mut found = Vec::new();
    let skipped = [WorkQueue::Screening, WorkQueue::Receipt];
    for row in QUEUES.iter().filter(|row| !skipped.contains(&row.queue) && !row.audience.roles().is_empty()) {
        let near = row.audience == Audience::Handlers;
        if !near && !tx.holders(channel, row.role, None)?.is_empty() {
            continue;
        }
        let mut count = 0;
        for (organization, waiting) in queues::waiting(tx.conn, channel, row)? {
            if !near {
                count += waiting;
            } else if tx.holders(channel, row.role, Some(organization))?.is_empty() {
                found.push(Unstaffed { queue: row.queue, organization: Some(organization), count: waiting });
            }
        }
        if count > 0 {
            found.push(Unstaffed { queue: row.queue, organization: None, count });
        }
    }
    Ok(found)
}

/// Notifies the administrators of a channel of its unstaffed queues, once a day for each. Returns the number of letters.
///
/// # Errors
/// Fails if a database operation fails.
pub fn report(tx: &mut Tx<'_>, channel: ChannelId) -> Result<usize, AppError> {
    let found = unstaffed(tx, channel)?;
    if found.is_empty() {
        return Ok(0);
    }
    let mut names = Vec::new();
    for organization in found.iter().filter_map(|one| one.organization) {
        names.push(channels::find_organization(tx.conn, channel, organization)?.name);
    }
    let mut queues: Vec<WorkQueue> = found.iter().map(|one| one.queue).collect();
    queues.dedup();
    let entry: EntryId = tx.id();
    let about = About {
        entry,
        channel,
        manuscript: None,
        subject: AnyId(channel.0),
        facts: LetterFacts {
            queues,
            organization: (!names.is_empty()).then(|| names.join("、")),
            count: u32::try_from(found.iter().map(|one| one.count).sum::<i64>()).ok(),
            path: Some("/people".to_owned()),
            ..LetterFacts::default()
        },
        not_before: tx.now,
        actor: None,
    };
    let mut resolved = notification::resolve(tx, &about, &[tell(Audience::Administrators, Letter::QueueUnstaffed)], Hints::default())?;
    let before = tx.now - chrono::Duration::days(REPEATED_AFTER_DAYS);
    let mut waiting = Vec::new();
    for one in resolved.recipients {
        if letters::last_of_kind(tx.conn, one.user, Letter::QueueUnstaffed)?.is_none_or(|at| at <= before) {
            waiting.push(one);
        }
    }
    resolved.recipients = waiting;
    let written = notification::write(tx, &about, &resolved)?;
    if written > 0 {
        let facts = json!({ "queues": about.facts.queues, "waiting": about.facts.count, "administrators": written });
        events::append_event_as(tx, entry, LedgerEvent::by_program(channel, "unstaffed", "queue", entry.0, facts))?;
    }
    Ok(written)
}
