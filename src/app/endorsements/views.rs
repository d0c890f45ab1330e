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

/// A leader's endorsement. Authors, screeners and departments read only those that have an effect, and of these the first part.
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
    /// What it means.
    pub kind: EndorsementKind,
    /// Whether it commends.
    pub commendatory: bool,
    /// Whether an instruction has the shorter time.
    pub urgent: bool,
    /// The words; may be empty for `noted`.
    pub words: String,
    /// The day on which the leader wrote it.
    pub date: Day,
    /// How sure it is that they did.
    pub state: EndorsementState,
    /// Its version.
    pub version: i64,
    /// When an instruction is due; for the office, the leader and the departments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Moment>,
    /// Whether the due date may still change: it was counted into a year whose working days are not known yet.
    pub due_is_provisional: bool,
    /// The rest, for the office, the leader and their secretaries.
    #[serde(flatten)]
    pub inside: Option<Inside>,
    /// What the reader can do to it now.
    pub allowed_actions: Vec<EndorsementAction>,
}

/// What only the office, the leader and their secretaries read of an endorsement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Inside {
    /// The leader.
    pub leader_id: UserId,
    /// The bulletin through which they had it; none if it was put before them directly.
    pub bulletin_id: Option<BulletinId>,
    /// The scan, an attachment.
    pub scan_id: Option<AttachmentId>,
    /// Who entered it.
    pub entered_by: String,
    /// When.
    pub entered_at: Moment,
    /// Who confirmed, countersigned or rejected it.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Moment>,
    /// Why it was rejected.
    pub reason: Option<String>,
    /// Until when it can be taken back; until then it has no effect and nobody else reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo_until: Option<Moment>,
    /// When its leader took it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undone_at: Option<Moment>,
}

/// What a list asks for.
#[derive(Debug, Clone, Default)]
pub struct EndorsementListQuery {
    /// Only in this state.
    pub state: Option<EndorsementState>,
    /// The last one of the page before.
    pub after: Option<EndorsementId>,
    /// At most so many.
    pub limit: i64,
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct EndorsementSlice {
    /// Its endorsements, newest first.
    pub items: Vec<EndorsementView>,
    /// The key to go on from; none at the end.
    pub next: Option<EndorsementId>,
}

/// One endorsement.
///
/// # Errors
/// [`AppError::NotFound`] also for what this person may not see.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: EndorsementId) -> Result<EndorsementView, AppError> {
    let row = endorsements::find(tx.conn, actor.channel, id)?;
    let loaded = manuscript_case::view(tx, actor, row.manuscript_id)?;
    if shows(tx, actor, &loaded, &row) { view(tx, actor, &loaded, &row) } else { Err(AppError::NotFound) }
}

/// The endorsements of the reader's leaders; for reviewers and dispatchers those of the whole channel.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, wish: &EndorsementListQuery) -> Result<EndorsementSlice, AppError> {
    let within = within(actor);
    let mut rows = endorsements::list(tx.conn, actor.channel, &within, wish.state, wish.after, wish.limit + 1)?;
    let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > wish.limit;
    rows.truncate(usize::try_from(wish.limit).unwrap_or(usize::MAX));
    let next = rows.last().map(|row| row.id).filter(|_| more);
    Ok(EndorsementSlice { items: views(tx, actor, &rows)?, next })
}

/// Those of these endorsements that this person may read.
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

/// The endorsements of a manuscript that this person may read.
///
/// # Errors
/// The store's.
pub(crate) fn endorsements_of(tx: &mut Tx<'_>, actor: &Actor, loaded: &LoadedCase) -> Result<Vec<EndorsementView>, AppError> {
    if !loaded.case.was_forwarded {
        return Ok(Vec::new());
    }
    let mut rows = endorsements::of_manuscript(tx.conn, loaded.row.id)?;
    rows.retain(|row| shows(tx, actor, loaded, row));
    rows.iter().map(|row| view(tx, actor, loaded, row)).collect()
}

/// The endorsements of `target` as its authors read them, for authors of `own`, which was merged into it. They bear the id, number and
/// title of `own`, which are all that these authors know.
///
/// # Errors
/// The store's.
pub(crate) fn public_of(tx: &mut Tx<'_>, own: &LoadedCase, target: &LoadedCase) -> Result<Vec<EndorsementView>, AppError> {
    let mut rows = endorsements::of_manuscript(tx.conn, target.row.id)?;
    rows.retain(|row| row.is_in_effect(tx.now));
    rows.iter().map(|row| public(own, row)).collect()
}

/// Whether this person may read it, if they see the manuscript.
pub(super) fn shows(tx: &Tx<'_>, actor: &Actor, loaded: &LoadedCase, row: &Endorsement) -> bool {
    loaded.sight(actor).reads() && (row.is_in_effect(tx.now) || is_inside(actor, loaded, row))
}

fn is_inside(actor: &Actor, loaded: &LoadedCase, row: &Endorsement) -> bool {
    let sight = loaded.sight(actor);
    sight.internal() || sight.leader && serves(actor, row.leader_id)
}

/// One endorsement as this person may read it.
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

/// What everybody reads of it who reads the manuscript `under` which it stands.
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
