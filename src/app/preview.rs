//! Previews of an act on a manuscript: its target stage, the recipients of each letter, the due date of the next queue, and the undo
//! window. Computed from the same table and the same groups as the act itself.

use std::collections::BTreeSet;

use crate::app::{AppError, Tx, announcement, four_eyes, manuscript_case, merging, restoring, transition};
use crate::domain::clock::Moment;
use crate::domain::ids::{ManuscriptId, UserId};
use crate::domain::notice::Letter;
use crate::domain::permission::Actor;
use crate::domain::queues;
use crate::domain::recipients::LetterRecipient;
use crate::domain::transition::decide_alone;
use crate::domain::vocabulary::{Action, Stage};
use crate::store::people;

/// The consequences of an act.
#[derive(Debug, Clone)]
pub struct Prospect {
    /// The act.
    pub action: Action,
    /// The stage in which the manuscript would be.
    pub to: Stage,
    /// The recipients, letter by letter.
    pub told: Vec<RecipientPreview>,
    /// Whether nobody could sign it then except those who prepared it.
    pub no_other_signer: bool,
    /// The due date in the queue in which it would arrive.
    pub due_at: Option<Moment>,
    /// For how many minutes it could be undone; 0 if not at all.
    pub undo_minutes: i64,
}

/// The recipients of one letter.
#[derive(Debug, Clone)]
pub struct RecipientPreview {
    /// The letter.
    pub letter: Letter,
    /// The names of the recipients.
    pub names: Vec<String>,
}

/// Returns the consequences if this person performed this act now.
///
/// # Errors
/// The refusal, if they may not; [`AppError::NotFound`] for what they may not see.
pub fn prospect(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, action: Action) -> Result<Prospect, AppError> {
    let mut loaded = manuscript_case::view(tx, actor, id)?;
    if action == Action::Merge {
        // The target is chosen later; any suitable target stands for it.
        loaded.case.target = Some(Stage::Review);
    }
    let decision = transition::judge(tx, actor, &loaded, action)?;
    let settings = tx.channel_settings(actor.channel)?;
    let mut row = loaded.row.clone();
    transition::move_to(&mut row, decision.to, tx.now);
    let mut recipients = announcement::preview(tx, actor, &loaded, &decision)?;
    if action == Action::Decline {
        // The manuscripts merged into it leave it by steps of their own.
        for merged in merging::to_release(tx, id)? {
            if restoring::is_untold(tx, &merged, id, Some(actor.user))? {
                continue;
            }
            let released = manuscript_case::of_row(tx, merged)?;
            let decision = decide_alone(&released.case, Action::Unmerge)?;
            recipients.extend(announcement::preview_alone(tx, &released, &decision)?);
        }
    }
    let arrival = (action == Action::Recommend).then(|| queues::of_stage(decision.to)).flatten().and_then(|queue| queue.arrival);
    let no_other_signer = arrival.is_some_and(|letter| recipients.iter().all(|one| one.letter != letter));
    let no_other_signer = no_other_signer && four_eyes::is_in_force(tx, actor.channel)?;
    let told = by_letter(tx, &recipients)?;
    let undo_minutes = decision.undo_until.map_or(0, |until| (until.utc() - tx.now.utc()).num_minutes());
    let due_at = if decision.to == decision.from { loaded.row.due_at } else { transition::due(tx, &settings, &row)? };
    Ok(Prospect { action, to: decision.to, told, no_other_signer, due_at, undo_minutes })
}

/// Groups the recipients by letter, in the order of each letter's first occurrence.
pub(crate) fn by_letter(tx: &mut Tx<'_>, recipients: &[LetterRecipient]) -> Result<Vec<RecipientPreview>, AppError> {
    let mut letters: Vec<(Letter, Vec<UserId>)> = Vec::new();
    for LetterRecipient { user, letter, .. } in recipients {
        match letters.iter_mut().find(|(there, _)| there == letter) {
            Some((_, users)) => users.push(*user),
            None => letters.push((*letter, vec![*user])),
        }
    }
    letters.into_iter().map(|(letter, users)| Ok(RecipientPreview { letter, names: names(tx, users)? })).collect()
}

/// Returns their names, each once, in the order of the groups.
pub(crate) fn names(tx: &mut Tx<'_>, users: Vec<UserId>) -> Result<Vec<String>, AppError> {
    let mut once = BTreeSet::new();
    let users: Vec<UserId> = users.into_iter().filter(|user| once.insert(*user)).collect();
    let people = people::find_many(tx.conn, &users)?;
    Ok(users.iter().filter_map(|user| people.iter().find(|one| one.id == *user)).map(|one| one.name.clone()).collect())
}
