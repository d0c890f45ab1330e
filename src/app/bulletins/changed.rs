//! Checks that are repeated when a bulletin proceeds: its manuscripts and recipients were chosen earlier.

use serde_json::json;

use crate::app::bulletins::{BulletinWithItems, called, load_row};
use crate::app::events::{self, LedgerEvent};
use crate::app::manuscript_case::LoadedCase;
use crate::app::notification::{self, About};
use crate::app::{AppError, Tx};
use crate::domain::bulletin::BulletinAction;
use crate::domain::ids::{BulletinId, ManuscriptId, UserId};
use crate::domain::notice::Letter;
use crate::domain::outgoing::EditedTextState;
use crate::domain::permission::{Actor, Permit};
use crate::domain::states::BulletinState;
use crate::domain::violation::{Param, Violation, Violations};
use crate::domain::vocabulary::Role;
use crate::mail::letters::LetterFacts;
use crate::store::ledger::contents;
use crate::store::{bulletins, people};

/// Checks that each recipient is named once, and is a leader of this channel with an active account; names those who no longer are.
pub(super) fn check_recipients(tx: &mut Tx<'_>, actor: &Actor, chosen: &[UserId], wrong: &mut Violations) -> Result<(), AppError> {
    let leaders = people::holders(tx.conn, actor.channel, Role::Leader, None)?;
    for (at, user) in chosen.iter().enumerate() {
        let field = format!("recipients[{at}]");
        if !leaders.contains(user) {
            wrong.add(gone(tx, actor, field, *user)?);
        } else if chosen[..at].contains(user) {
            wrong.add(Violation::new(field, "duplicate"));
        }
    }
    Ok(())
}

/// Returns the reason why a person is no recipient. Only former leaders of this channel are named; nothing is disclosed about others.
fn gone(tx: &mut Tx<'_>, actor: &Actor, field: String, user: UserId) -> Result<Violation, AppError> {
    if !people::ever_held(tx.conn, user, actor.channel, Role::Leader)? {
        return Ok(Violation::new(field, "unknown"));
    }
    let name = people::find(tx.conn, user)?.name;
    Ok(Violation { field, code: "recipient_gone", params: vec![("name", Param::Text(name))] })
}

/// Checks that none of its manuscripts has an edited text that its author's corrections have outdated.
pub(super) fn check_texts(whole: &BulletinWithItems, manuscripts: &[LoadedCase], wrong: &mut Violations) {
    for (at, item) in whole.items.iter().enumerate() {
        let found = manuscripts.iter().find(|loaded| loaded.row.id == item.manuscript_id);
        if found.is_some_and(|loaded| loaded.case.edited == EditedTextState::Outdated) {
            wrong.add(Violation::new(format!("manuscripts[{at}]"), "outdated"));
        }
    }
}

/// Locks the submitted bulletins that contain a manuscript, in the order of their ids.
pub(crate) fn lock_submitted(tx: &mut Tx<'_>, actor: &Actor, manuscript: ManuscriptId) -> Result<Vec<BulletinId>, AppError> {
    let rows = bulletins::of_manuscript(tx.conn, manuscript)?;
    let rows = rows.into_iter().filter(|row| row.channel_id == actor.channel && row.state == BulletinState::Submitted);
    let ids: Vec<BulletinId> = rows.map(|row| row.id).collect();
    for id in &ids {
        bulletins::lock(tx.conn, *id)?;
    }
    Ok(ids)
}

/// Turns a submitted bulletin into a draft again because one of its manuscripts returned to review, and notifies its editor.
pub(crate) fn take_back_to_draft(
    tx: &mut Tx<'_>,
    actor: &Actor,
    permit: Permit,
    id: BulletinId,
    because: ManuscriptId,
) -> Result<(), AppError> {
    let mut whole = load_row(tx, actor.channel, id)?;
    if whole.row.state != BulletinState::Submitted {
        return Ok(());
    }
    let (from, seen) = (whole.row.state, whole.row.version);
    whole.row.state = BulletinState::Draft;
    whole.row.reason = None;
    whole.row.version += 1;
    bulletins::save(tx.conn, &whole.row, seen)?;
    let mut deed = LedgerEvent::new(actor.channel, actor.user, permit, BulletinAction::SendBack.as_str(), "bulletin", id.0);
    deed.version = Some(whole.row.version);
    deed.from = Some(from.as_str());
    deed.to = Some(whole.row.state.as_str());
    deed.facts = json!({ "because_of": because });
    deed.digests.insert("bulletin".to_owned(), contents::bulletin(&whole.row, &whole.items, &whole.to));
    let entry = events::append_event(tx, deed)?;
    let facts = LetterFacts { bulletin: Some(called(&whole.row)), path: Some(format!("/bulletins/{id}")), ..LetterFacts::default() };
    let about =
        About { entry, channel: actor.channel, manuscript: None, subject: id.into(), facts, not_before: tx.now, actor: Some(actor.user) };
    let to = editors(tx, &whole)?;
    notification::tell(tx, &about, Letter::BulletinTextChanged, to)
}

/// Returns who continues a returned bulletin: its editor, or all reviewers if the editor is no longer a reviewer or signer.
pub(super) fn editors(tx: &mut Tx<'_>, whole: &BulletinWithItems) -> Result<Vec<UserId>, AppError> {
    let mut office = people::holders(tx.conn, whole.row.channel_id, Role::Reviewer, None)?;
    let signers = people::holders(tx.conn, whole.row.channel_id, Role::Signer, None)?;
    if office.contains(&whole.row.editor_id) || signers.contains(&whole.row.editor_id) {
        return Ok(vec![whole.row.editor_id]);
    }
    office.sort_unstable();
    office.dedup();
    Ok(office)
}
