//! Endorsements as people may read them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::attachments::serves;
use crate::app::due_dates::provisional;
use crate::app::endorsements::rule;
use crate::app::manuscript_case::{self, LoadedCase};
use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::domain::endorsement::{EndorsementAction, allowed, leader_of};
use crate::domain::ids::{AttachmentId, BulletinId, EndorsementId, ManuscriptId, UserId};
use crate::domain::numbers::Day;
use crate::domain::outcome::{EndorsementKind, EndorsementState};
use crate::domain::permission::{Actor, Grant};
use crate::domain::vocabulary::Role;
use crate::store::StoreError;
use crate::store::endorsements::{self, Endorsement, EndorsementScope};

/// A leader's endorsement. Authors, screeners and departments read only endorsements in effect, and only the first part of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EndorsementView {
    /// Its id.
    pub id: EndorsementId,
    /// The manuscript.
    pub manuscript_id: ManuscriptId,
    /// The manuscript's number.
    pub number: Option<String>,
    /// The manuscript's title.
    pub title: String,
    /// The leader's name at that time.
    pub leader: String,
    /// Their post at that time.
    pub leader_post: String,
    /// Its kind.
    pub kind: EndorsementKind,
    /// Whether it commends.
    pub commendatory: bool,
    /// Whether it is an instruction with the shorter time limit.
    pub urgent: bool,
    /// The text; may be empty for `noted`.
    pub words: String,
    /// The day on which the leader wrote it.
    pub date: Day,
    /// Its state of confirmation.
    pub state: EndorsementState,
    /// Its version.
    pub version: i64,
    /// The due date of an instruction; for the office, the leader and the departments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Moment>,
    /// Whether the due date may still change, because it was computed into a year whose working days are not loaded yet.
    pub due_is_provisional: bool,
    /// Further details, for the office, the leader and their secretaries.
    #[serde(flatten)]
    pub inside: Option<Inside>,
    /// The actions that the reader may perform now.
    pub allowed_actions: Vec<EndorsementAction>,
}

/// Details of an endorsement that only the office, the leader and their secretaries read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Inside {
    /// The leader.
    pub leader_id: UserId,
    /// The bulletin through which they received it; absent if it was forwarded to them directly.
    pub bulletin_id: Option<BulletinId>,
    /// The scan, an attachment.
    pub scan_id: Option<AttachmentId>,
    /// The person who entered it.
    pub entered_by: String,
    /// The time of entry.
    pub entered_at: Moment,
    /// The person who confirmed, countersigned or rejected it.
    pub decided_by: Option<String>,
    /// The time of that decision.
    pub decided_at: Option<Moment>,
    /// The reason for a rejection.
    pub reason: Option<String>,
    /// The end of the undo window; until then it has no effect and nobody else reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo_until: Option<Moment>,
    /// The time at which its leader undid it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undone_at: Option<Moment>,
}

/// The query of a list.
#[derive(Debug, Clone, Default)]
pub struct EndorsementListQuery {
    /// Only in this state.
    pub state: Option<EndorsementState>,
    /// The last endorsement of the previous page.
    pub after: Option<EndorsementId>,
    /// The largest number of endorsements.
    pub limit: i64,
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct EndorsementSlice {
    /// Its endorsements, newest first.
    pub items: Vec<EndorsementView>,
    /// The key from which the next page continues; absent at the end.
    pub next: Option<EndorsementId>,
}

/// Returns one endorsement.
///
/// # Errors
/// [`AppError::NotFound`] also if this person may not see it.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: EndorsementId) -> Result<EndorsementView, AppError> {
    let row = endorsements::find(tx.conn, actor.channel, id)?;
    let loaded = manuscript_case::view(tx, actor, row.manuscript_id)?;
    if shows(tx, actor, &loaded, &row) { view(tx, actor, &loaded, &row) } else { Err(AppError::NotFound) }
}

/// Returns the endorsements of the reader's leaders, or, for reviewers and dispatchers, those of the whole channel.
///
/// # Errors
/// Fails if a database operation fails.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, wish: &EndorsementListQuery) -> Result<EndorsementSlice, AppError> {
    let within = within(actor);
    let mut rows = endorsements::list(tx.conn, actor.channel, &within, wish.state, wish.after, wish.limit + 1)?;
    let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > wish.limit;
    rows.truncate(usize::try_from(wish.limit).unwrap_or(usize::MAX));
    let next = rows.last().map(|row| row.id).filter(|_| more);
    Ok(EndorsementSlice { items: views(tx, actor, &rows)?, next })
}

/// Returns the views of those endorsements that this person may read.
pub(crate) fn views(tx: &mut Tx<'_>, actor: &Actor, rows: &[Endorsement]) -> Result<Vec<EndorsementView>, AppError> {
    tx.prefetch(rows.iter().map(|row| row.manuscript_id));
    tx.prefetch_people(rows.iter().flat_map(|row| [Some(row.entered_by), row.decided_by]).flatten())?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        match manuscript_case::view(tx, actor, row.manuscript_id) {
            Ok(loaded) if shows(tx, actor, &loaded, row) => items.push(view(tx, actor, &loaded, row)?),
            Ok(_) | Err(AppError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(items)
}

fn within(actor: &Actor) -> EndorsementScope {
    let office = |grant: &Grant| matches!(grant.role, Role::Reviewer | Role::Signer | Role::Dispatcher);
    if actor.grants.iter().any(office) {
        let others = actor.grants.iter().filter_map(|grant| grant.for_user);
        return EndorsementScope::Office { but_not_by: others.chain([actor.user]).collect() };
    }
    EndorsementScope::Of(actor.grants.iter().filter_map(|grant| leader_of(grant, actor.user)).collect())
}

/// Returns the endorsements of a manuscript that this person may read.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn endorsements_of(tx: &mut Tx<'_>, actor: &Actor, loaded: &LoadedCase) -> Result<Vec<EndorsementView>, AppError> {
    if !loaded.case.was_forwarded {
        return Ok(Vec::new());
    }
    let mut rows = endorsements::of_manuscript(tx.conn, loaded.row.id)?;
    rows.retain(|row| shows(tx, actor, loaded, row));
    rows.iter().map(|row| view(tx, actor, loaded, row)).collect()
}

/// Returns the endorsements of `target` as its authors read them, for authors of `own`, which was merged into it. They carry the id, number
/// and title of `own`, because these authors know only these.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn public_of(tx: &mut Tx<'_>, own: &LoadedCase, target: &LoadedCase) -> Result<Vec<EndorsementView>, AppError> {
    let mut rows = endorsements::of_manuscript(tx.conn, target.row.id)?;
    rows.retain(|row| row.is_in_effect(tx.now));
    rows.iter().map(|row| public(own, row)).collect()
}

/// Returns whether this person may read it, provided that they may see the manuscript.
pub(super) fn shows(tx: &Tx<'_>, actor: &Actor, loaded: &LoadedCase, row: &Endorsement) -> bool {
    loaded.sight(actor).reads() && (row.is_in_effect(tx.now) || is_inside(actor, loaded, row))
}

fn is_inside(actor: &Actor, loaded: &LoadedCase, row: &Endorsement) -> bool {
    let sight = loaded.sight(actor);
    sight.internal() || sight.leader && serves(actor, row.leader_id)
}

/// Returns one endorsement as this person may read it.
pub(super) fn view(tx: &mut Tx<'_>, actor: &Actor, loaded: &LoadedCase, row: &Endorsement) -> Result<EndorsementView, AppError> {
    let sight = loaded.sight(actor);
    let inside = if is_inside(actor, loaded, row) { Some(inside(tx, row)?) } else { None };
    let due_at = provisional::due_of_instruction(tx, row.channel_id, row)?;
    let due_at = due_at.filter(|_| inside.is_some() || sight.handler);
    let due_is_provisional = match due_at {
        Some(due) => provisional::of_instruction(tx, row, due)?,
        None => false,
    };
    Ok(EndorsementView {
        due_is_provisional,
        due_at,
        inside,
        allowed_actions: allowed(&rule(tx, loaded, row), actor),
        ..public(loaded, row)?
    })
}

/// Returns the part that every reader of the manuscript `under` which it appears may read.
fn public(under: &LoadedCase, row: &Endorsement) -> Result<EndorsementView, AppError> {
    let day = Day::parse("endorsed_on", &row.endorsed_on).map_err(|error| StoreError::unreadable("endorsements.endorsed_on", &error))?;
    Ok(EndorsementView {
        id: row.id,
        manuscript_id: under.row.id,
        number: under.row.number.clone(),
        title: under.row.title.clone(),
        leader: row.leader_name.clone(),
        leader_post: row.leader_post.clone(),
        kind: row.kind,
        commendatory: row.commendatory,
        urgent: row.urgent,
        words: row.words.clone(),
        date: day,
        state: row.state,
        version: row.version,
        due_at: None,
        due_is_provisional: false,
        inside: None,
        allowed_actions: Vec::new(),
    })
}

fn inside(tx: &mut Tx<'_>, row: &Endorsement) -> Result<Inside, AppError> {
    tx.prefetch_people([Some(row.entered_by), row.decided_by].into_iter().flatten())?;
    let entered_by = tx.person(row.entered_by)?.name.clone();
    let decided_by = row.decided_by.map(|user| tx.person(user)).transpose()?.map(|user| user.name.clone());
    Ok(Inside {
        leader_id: row.leader_id,
        bulletin_id: row.bulletin_id,
        scan_id: row.scan_id,
        entered_by,
        entered_at: row.entered_at,
        decided_by,
        decided_at: row.decided_at,
        reason: row.reason.clone().filter(|reason| !reason.is_empty()),
        undo_until: row.held_until.filter(|until| *until > tx.now),
        undone_at: row.undone_at,
    })
}
