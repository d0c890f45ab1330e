//! Files that belong to a manuscript: the author's, a department's, and scans of endorsements. The right to read a file is checked at each
//! download.

mod names;
mod upload;

use std::collections::BTreeMap;
use std::fs::File;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::events::{self, LedgerEvent};
use crate::app::intake::drafts;
use crate::app::manuscript_case::{self, LoadedCase};
use crate::app::{App, AppError, Tx, transition, windows};
use crate::documents::vault::StoredFile;
use crate::domain::assignment::{self, AssignmentAction};
use crate::domain::clock::Moment;
use crate::domain::endorsement::leader_of;
use crate::domain::ids::{AnyId, AssignmentId, AttachmentId, ManuscriptId, UserId};
use crate::domain::ledger::DETACH;
use crate::domain::permission::{Actor, ManuscriptStanding, Permit, Visibility};
use crate::domain::refusal::{Refusal, ThingState};
use crate::domain::states::AssignmentState;
use crate::domain::violation::Violation;
use crate::domain::vocabulary::{Action, Role};
use crate::store::attachments::{self, Attachment};
use crate::store::{endorsements, manuscripts};

pub use crate::store::types::SubjectKind;
pub use names::file_name;
pub use upload::IncomingFile;

/// The object to which a file belongs, within its manuscript.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Subject {
    /// The manuscript itself.
    Manuscript,
    /// The scan of the endorsement that is entered next.
    Endorsement,
    /// A department's reply or reports.
    Assignment(AssignmentId),
}

/// A file, as shown to people who may read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AttachmentView {
    /// Its id.
    pub id: AttachmentId,
    /// The manuscript to which it belongs.
    pub manuscript_id: ManuscriptId,
    /// The kind of object within the manuscript.
    pub subject: SubjectKind,
    /// The id of the manuscript, assignment or endorsement; a scan that waits for its endorsement has that of the manuscript.
    pub subject_id: AnyId,
    /// Its name, as it was uploaded.
    pub name: String,
    /// The Internet media type of its content.
    pub media_type: String,
    /// Its length in bytes.
    pub bytes: i64,
    /// SHA-256 of its content, in hexadecimal digits; the ledger names the same.
    pub sha256: String,
    /// The time of the upload.
    pub uploaded_at: Moment,
}

/// Checks whether this person may add a file there, before the first byte is accepted.
///
/// # Errors
/// [`AppError::NotFound`] also if they may not see it, and refusals.
pub fn may_attach(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, to: Subject) -> Result<(), AppError> {
    let loaded = manuscript_case::view(tx, actor, id)?;
    permit(tx, actor, &loaded, to)?;
    room(tx, &loaded, to)
}

/// Adds a file from the vault. A file that an author adds to a draft is named in the ledger at submission; any other file at once.
///
/// # Errors
/// As [`may_attach`].
pub fn attach(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ManuscriptId,
    to: Subject,
    name: &str,
    kept: &StoredFile,
) -> Result<AttachmentView, AppError> {
    let mut loaded = transition::load(tx, actor, id)?;
    let permit = permit(tx, actor, &loaded, to)?;
    room(tx, &loaded, to)?;
    let (subject_kind, subject_id) = named(&loaded, to);
    let row = Attachment {
        id: tx.id(),
        channel_id: actor.channel,
        manuscript_id: id,
        subject_kind,
        subject_id,
        sha256: kept.sha256.to_vec(),
        name: file_name(name)?,
        media_type: kept.media_type.to_owned(),
        bytes: i64::try_from(kept.bytes).unwrap_or(i64::MAX),
        uploaded_by: actor.user,
        created_at: tx.now,
        removed_at: None,
        handed_in_at: None,
    };
    attachments::insert(tx.conn, &row)?;
    if to == Subject::Manuscript {
        changed_by_author(tx, actor, &mut loaded)?;
    } else {
        build_on(tx, &mut loaded, subject_kind)?;
        let mut deed = LedgerEvent::new(actor.channel, actor.user, permit, Action::Attach.as_str(), "attachment", row.id.0);
        deed.chain = id.0;
        deed.digests = digests([&row]);
        events::append_event(tx, deed)?;
    }
    Ok(view(&row))
}

/// Removes a file that was added by mistake: from a manuscript that is still, or again, with its author; from an assignment on which the
/// department is working; a scan by its uploader, until its endorsement is entered.
///
/// # Errors
/// [`AppError::NotFound`] also if they may not see it, and refusals.
pub fn remove(tx: &mut Tx<'_>, actor: &Actor, id: AttachmentId) -> Result<(), AppError> {
    let row = attachments::find(tx.conn, actor.channel, id)?;
    let mut loaded = transition::load(tx, actor, row.manuscript_id)?;
    if !shown(tx, actor, &loaded)?.iter().any(|one| one.id == id) {
        return Err(AppError::NotFound);
    }
    let permit = match row.subject_kind {
        SubjectKind::Manuscript => permit(tx, actor, &loaded, Subject::Manuscript)?,
        SubjectKind::Assignment => permit_taking_out(tx, actor, &loaded, row.subject_id)?,
        SubjectKind::Endorsement if row.uploaded_by == actor.user && row.subject_id == loaded.row.id.into() => {
            permit(tx, actor, &loaded, Subject::Endorsement)?
        }
        SubjectKind::Endorsement => return Err(Refusal::NotYours.into()),
    };
    attachments::remove(tx.conn, id, tx.now)?;
    if row.subject_kind == SubjectKind::Manuscript {
        changed_by_author(tx, actor, &mut loaded)?;
    } else {
        build_on(tx, &mut loaded, row.subject_kind)?;
        let mut deed = LedgerEvent::new(actor.channel, actor.user, permit, DETACH, "attachment", id.0);
        deed.chain = loaded.row.id.0;
        events::append_event(tx, deed)?;
    }
    Ok(())
}

/// Closes undo windows if the act is based on their decisions: a department's files belong to its answer, but a scan is no act on the
/// manuscript.
fn build_on(tx: &mut Tx<'_>, loaded: &mut LoadedCase, subject: SubjectKind) -> Result<(), AppError> {
    if subject == SubjectKind::Assignment { windows::close_early(tx, loaded) } else { Ok(()) }
}

/// Handles a change by an author: the files are part of the text that joint authors sign, and of the work on a returned manuscript.
fn changed_by_author(tx: &mut Tx<'_>, actor: &Actor, loaded: &mut LoadedCase) -> Result<(), AppError> {
    drafts::void_signatures(tx, actor, loaded)?;
    drafts::record_work(tx, actor, loaded)?;
    let seen = loaded.row.version;
    if loaded.authors.len() > 1 {
        // A signing author states which version they have read, files included.
        loaded.row.version += 1;
    }
    Ok(manuscripts::save_form(tx.conn, &loaded.row, seen)?)
}

/// Checks that the department may remove files: not from an approved or waiting answer, but before an answer, and after a rejected one.
fn permit_taking_out(tx: &mut Tx<'_>, actor: &Actor, loaded: &LoadedCase, id: AnyId) -> Result<Permit, AppError> {
    let assignment = loaded.assignments.iter().find(|one| AnyId::from(one.id) == id).ok_or(AppError::NotFound)?;
    let permit = permit(tx, actor, loaded, Subject::Assignment(assignment.id))?;
    match assignment.state {
        AssignmentState::Received => Ok(permit),
        state => Err(Refusal::WrongState { state: ThingState::Assignment(state) }.into()),
    }
}

/// Returns the files of a manuscript that this person may read.
///
/// # Errors
/// [`AppError::NotFound`] also for a manuscript that they may not see.
pub fn list(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<Vec<AttachmentView>, AppError> {
    let loaded = manuscript_case::view(tx, actor, id)?;
    attachments_of(tx, actor, &loaded)
}

/// Returns the files of a loaded manuscript that this person may read.
pub(crate) fn attachments_of(tx: &mut Tx<'_>, actor: &Actor, loaded: &LoadedCase) -> Result<Vec<AttachmentView>, AppError> {
    Ok(shown(tx, actor, loaded)?.iter().map(view).collect())
}

/// Returns one file, if this person may read it at present.
///
/// # Errors
/// [`AppError::NotFound`] also if they may not see it.
pub fn find(tx: &mut Tx<'_>, actor: &Actor, id: AttachmentId) -> Result<AttachmentView, AppError> {
    let row = attachments::find(tx.conn, actor.channel, id)?;
    let loaded = manuscript_case::view(tx, actor, row.manuscript_id)?;
    let found = shown(tx, actor, &loaded)?.into_iter().find(|one| one.id == id);
    found.as_ref().map(view).ok_or(AppError::NotFound)
}

/// Returns a file's content, after verifying its hash.
///
/// # Errors
/// As [`find`]; errors of the database if the file is missing or damaged.
pub async fn download(app: &App, actor: Actor, id: AttachmentId) -> Result<(AttachmentView, File), AppError> {
    let found = app.read(move |tx| find(tx, &actor, id)).await?;
    let file = upload::open(app, &found.sha256).await?;
    Ok((found, file))
}

/// Returns the digests of the files that an author submits, as the ledger names them.
pub(crate) fn digests_of(tx: &mut Tx<'_>, manuscript: ManuscriptId) -> Result<BTreeMap<String, String>, AppError> {
    let rows = attachments::of_manuscript(tx.conn, manuscript)?;
    Ok(digests(rows.iter().filter(|row| row.subject_kind == SubjectKind::Manuscript)))
}

pub(crate) fn digests<'a>(rows: impl IntoIterator<Item = &'a Attachment>) -> BTreeMap<String, String> {
    rows.into_iter().map(|row| (format!("attachment:{}", row.id), hex::encode(&row.sha256))).collect()
}

fn permit(tx: &mut Tx<'_>, actor: &Actor, loaded: &LoadedCase, to: Subject) -> Result<Permit, AppError> {
    Ok(match to {
        Subject::Manuscript => transition::judge(tx, actor, loaded, Action::Attach)?.permit,
        Subject::Endorsement => transition::judge(tx, actor, loaded, Action::Endorse)?.permit,
        Subject::Assignment(id) => {
            let assignment = loaded.assignments.iter().find(|one| one.id == id);
            let assignment = assignment.ok_or_else(|| Violation::new("assignment_id", "unknown"))?;
            let standing = ManuscriptStanding { charged: vec![assignment.organization_id], ..loaded.case.standing.clone() };
            assignment::decide(&standing, assignment.state, assignment.part, actor, AssignmentAction::Attach)?.permit
        }
    })
}

fn named(loaded: &LoadedCase, to: Subject) -> (SubjectKind, AnyId) {
    match to {
        Subject::Manuscript => (SubjectKind::Manuscript, loaded.row.id.into()),
        Subject::Endorsement => (SubjectKind::Endorsement, loaded.row.id.into()),
        Subject::Assignment(id) => (SubjectKind::Assignment, id.into()),
    }
}

fn room(tx: &mut Tx<'_>, loaded: &LoadedCase, to: Subject) -> Result<(), AppError> {
    let (kind, id) = named(loaded, to);
    let rows = attachments::of_manuscript(tx.conn, loaded.row.id)?;
    let there = rows.iter().filter(|row| row.subject_kind == kind && row.subject_id == id).count();
    let max = tx.settings.limits.attachments;
    if there >= max { Err(Violation::beyond("file", "too_many", there + 1, max).into()) } else { Ok(()) }
}

/// Decides who may read which file; no other code does.
fn shown(tx: &mut Tx<'_>, actor: &Actor, loaded: &LoadedCase) -> Result<Vec<Attachment>, AppError> {
    let sight = loaded.sight(actor);
    let mut rows = attachments::of_manuscript(tx.conn, loaded.row.id)?;
    let leaders: BTreeMap<AnyId, UserId> = if rows.iter().any(|row| row.subject_kind == SubjectKind::Endorsement) {
        let rows = endorsements::of_manuscript(tx.conn, loaded.row.id)?;
        rows.into_iter().map(|row| (row.id.into(), row.leader_id)).collect()
    } else {
        BTreeMap::new()
    };
    rows.retain(|row| match row.subject_kind {
        SubjectKind::Manuscript => sight.reads() && (sight.author || row.handed_in_at.is_some()),
        // Scans show handwriting: only the office, the leader and their secretaries may read them, and the uploader until the endorsement
        // is entered.
        SubjectKind::Endorsement => {
            let leader = leaders.get(&row.subject_id);
            sight.internal() || sight.leader && leader.map_or(row.uploaded_by == actor.user, |leader| serves(actor, *leader))
        }
        SubjectKind::Assignment => of_assignment(actor, loaded, sight, row),
    });
    Ok(rows)
}

/// Returns whether this person is the leader or one of their secretaries.
pub(crate) fn serves(actor: &Actor, leader: UserId) -> bool {
    actor.grants.iter().any(|grant| leader_of(grant, actor.user) == Some(leader))
}

/// Returns whether a department's file may be read: by the office and the department, by the lead for its assisting ones; by others once
/// the reply is approved.
fn of_assignment(actor: &Actor, loaded: &LoadedCase, sight: Visibility, row: &Attachment) -> bool {
    let Some(assignment) = loaded.assignments.iter().find(|one| AnyId::from(one.id) == row.subject_id) else { return false };
    let mine = |organization| actor.grants.iter().any(|grant| grant.role == Role::Handler && grant.organization == organization);
    let lead = assignment.lead_id.and_then(|lead| loaded.assignments.iter().find(|one| one.id == lead));
    sight.internal()
        || sight.handler && (mine(assignment.organization_id) || lead.is_some_and(|lead| mine(lead.organization_id)))
        || sight.reads() && assignment.state == AssignmentState::Approved
}

fn view(row: &Attachment) -> AttachmentView {
    AttachmentView {
        id: row.id,
        manuscript_id: row.manuscript_id,
        subject: row.subject_kind,
        subject_id: row.subject_id,
        name: row.name.clone(),
        media_type: row.media_type.clone(),
        bytes: row.bytes,
        sha256: hex::encode(&row.sha256),
        uploaded_at: row.created_at,
    }
}
