//! Decisions of signers.

use crate::app::edited_text::digest_as;
use crate::app::step::{StepDetails, StepResult};
use crate::app::transition::{self, words};
use crate::app::{AppError, Tx};
use crate::domain::characters::is_blank;
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::Actor;
use crate::domain::violation::prose;
use crate::domain::vocabulary::Action;
use crate::mail::letters::LetterFacts;

/// Signs a manuscript for use.
///
/// # Errors
/// [`AppError::Stale`] if it has another version than `seen`; violations; refusals.
pub fn sign(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, opinion: &str) -> Result<StepResult, AppError> {
    let mut loaded = transition::load(tx, actor, id)?;
    transition::judge(tx, actor, &loaded, Action::Sign)?;
    loaded.expect(seen, loaded.sight(actor), tx.now)?;
    let opinion = prose("opinion", opinion, tx.settings.limits.reason_chars)?;
    // The signature covers the text that the signer has read, which is the one that goes out.
    let digests = digest_as(tx, &loaded, "signed_text")?;
    let step = StepDetails { words: (!is_blank(&opinion)).then_some(opinion), digests, ..StepDetails::default() };
    transition::take(tx, actor, &mut loaded, Action::Sign, step, |_| {})
}

/// Returns a manuscript to the reviewers.
///
/// # Errors
/// [`AppError::Stale`] if it has another version than `seen`; violations; refusals.
pub fn send_back(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, reason: &str) -> Result<StepResult, AppError> {
    let mut loaded = transition::load(tx, actor, id)?;
    transition::judge(tx, actor, &loaded, Action::SendBack)?;
    loaded.expect(seen, loaded.sight(actor), tx.now)?;
    let reason = words(tx, "reason", reason)?;
    let letter = LetterFacts { reason: Some(reason.clone()), ..LetterFacts::default() };
    transition::take(
        tx,
        actor,
        &mut loaded,
        Action::SendBack,
        StepDetails { words: Some(reason), letter, ..StepDetails::default() },
        |_| {},
    )
}
