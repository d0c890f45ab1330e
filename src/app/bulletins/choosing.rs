//! Information for an editor or a signer before an act: possible recipients, the issuing body, and the recipients of letters.

use crate::app::bulletins::changed::editors;
use crate::app::bulletins::{authors, is_bound, prepared_by, whole};
use crate::app::notification::{self, About, Hints};
use crate::app::preview::{RecipientPreview, by_letter};
use crate::app::{AppError, Tx, announcement, manuscript_case, transition};
use crate::domain::bulletin::{self, BulletinAction};
use crate::domain::ids::{BulletinId, UserId};
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::vocabulary::{Action, Role};
use crate::mail::letters::LetterFacts;
use crate::store::{channels, people};

/// A leader who can receive a bulletin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaderChoice {
    /// The leader.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Their post.
    pub post: String,
}

/// Returns the leaders of the channel, for those who compose bulletins.
///
/// # Errors
/// Refusals.
pub fn leaders(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<LeaderChoice>, AppError> {
    bulletin::decide(None, actor, BulletinAction::Compose)?;
    let mut ids = people::holders(tx.conn, actor.channel, Role::Leader, None)?;
    ids.sort_unstable();
    ids.dedup();
    let mut found = people::find_many(tx.conn, &ids)?;
    found.sort_by_key(|user| user.id);
    Ok(found.into_iter().map(|user| LeaderChoice { id: user.id, name: user.name, post: user.post }).collect())
}

/// Returns the issuing body: the editor's organisation.
///
/// # Errors
/// [`AppError::NotFound`] also if this person may not see it.
pub fn issuer(tx: &mut Tx<'_>, actor: &Actor, id: BulletinId) -> Result<String, AppError> {
    let whole = whole(tx, actor, id)?;
    let editor = people::find(tx.conn, whole.row.editor_id)?;
    Ok(channels::find_organization(tx.conn, actor.channel, editor.organization_id)?.name)
}

/// Returns the letters and their recipients if this person performed this act now.
///
/// # Errors
/// The refusal, if they may not; [`AppError::NotFound`] for what they may not see.
pub fn told(tx: &mut Tx<'_>, actor: &Actor, id: BulletinId, action: BulletinAction) -> Result<Vec<RecipientPreview>, AppError> {
    let whole = whole(tx, actor, id)?;
    let decision = bulletin::decide(Some(whole.row.state), actor, action)?;
    if action == BulletinAction::Issue && is_bound(tx, actor, &whole)? {
        return Err(Refusal::FourEyes.into());
    }
    let about = About {
        entry: tx.id(),
        channel: actor.channel,
        manuscript: None,
        subject: id.into(),
        facts: LetterFacts::default(),
        not_before: tx.now,
        actor: Some(actor.user),
    };
    let (authors, prepared_by) = (authors(tx, &whole)?, prepared_by(tx, &whole)?);
    let editor = editors(tx, &whole)?;
    let leaders = whole.leaders();
    let named: &[UserId] = if action == BulletinAction::SendBack { &editor } else { &leaders };
    let hints = Hints { named, authors: Some(&authors), prepared_by: &prepared_by, ..Hints::default() };
    let mut recipients = notification::resolve(tx, &about, decision.row.notices, hints)?.recipients;
    if action == BulletinAction::Issue {
        // Issuing is a step of each of its manuscripts, of which the authors are notified.
        for item in &whole.items {
            let loaded = manuscript_case::view(tx, actor, item.manuscript_id)?;
            let decision = transition::judge(tx, actor, &loaded, Action::Issue)?;
            recipients.extend(announcement::preview(tx, actor, &loaded, &decision)?);
        }
    }
    by_letter(tx, &recipients)
}
