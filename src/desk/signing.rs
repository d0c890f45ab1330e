//! The signer's desk.

use crate::desk::case;
use crate::desk::edited_text::digest_as;
use crate::desk::step::{self, Done, Step, words};
use crate::desk::{DeskError, Tx};
use crate::domain::characters::is_blank;
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::Actor;
use crate::domain::violation::prose;
use crate::domain::words::Action;
use crate::mail::letters::Facts;

/// Signs a manuscript for use.
///
/// # Errors
/// [`DeskError::Stale`] if it has another version than `seen`; violations; refusals.
pub fn sign(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, opinion: &str) -> Result<Done, DeskError> {
    let mut loaded = case::load(tx, actor, id)?;
    step::judge(tx, actor, &loaded, Action::Sign)?;
    loaded.expect(seen, loaded.sight(actor), tx.now)?;
    let opinion = prose("opinion", opinion, tx.settings.limits.reason_chars)?;
    // The signature is on the words that the signer has read, which are those that go out.
    let digests = digest_as(tx, &loaded, "signed_text")?;
    let step = Step { words: (!is_blank(&opinion)).then_some(opinion), digests, ..Step::default() };
    step::take(tx, actor, &mut loaded, Action::Sign, step, |_| {})
}

/// Gives it back to the reviewers.
///
/// # Errors
/// [`DeskError::Stale`] if it has another version than `seen`; violations; refusals.
pub fn send_back(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, reason: &str) -> Result<Done, DeskError> {
    let mut loaded = case::load(tx, actor, id)?;
    step::judge(tx, actor, &loaded, Action::SendBack)?;
    loaded.expect(seen, loaded.sight(actor), tx.now)?;
    let reason = words(tx, "reason", reason)?;
    let letter = Facts { reason: Some(reason.clone()), ..Facts::default() };
    step::take(tx, actor, &mut loaded, Action::SendBack, Step { words: Some(reason), letter, ..Step::default() }, |_| {})
}
