//! What an act on a manuscript would bring, told before it is carried out: where it leads, who gets which letter, when the next desk is
//! due, and how long it can be taken back. Computed from the same table and the same groups as the act itself.

use std::collections::BTreeSet;

use crate::desk::case;
use crate::desk::notification::{self, About};
use crate::desk::step;
use crate::desk::{DeskError, Tx};
use crate::domain::clock::Moment;
use crate::domain::ids::{ManuscriptId, UserId};
use crate::domain::notice::{Audience, Letter};
use crate::domain::permission::Actor;
use crate::domain::words::{Action, Stage};
use crate::mail::letters::Facts;
use crate::store::people;

/// What would follow from an act.
#[derive(Debug, Clone)]
pub struct Prospect {
    /// The act.
    pub action: Action,
    /// Where the manuscript would stand.
    pub to: Stage,
    /// Who would be told, letter by letter.
    pub told: Vec<Told>,
    /// When the desk at which it would arrive is due.
    pub due_at: Option<Moment>,
    /// For how many minutes it could be taken back; 0 if not at all.
    pub undo_minutes: i64,
}

/// The recipients of one letter.
#[derive(Debug, Clone)]
pub struct Told {
    /// The letter.
    pub letter: Letter,
    /// The names of those who would get it.
    pub names: Vec<String>,
}

/// What would follow if this person did this now.
///
/// # Errors
/// The refusal, if he may not; [`DeskError::NotFound`] for what he may not see.
pub fn prospect(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, action: Action) -> Result<Prospect, DeskError> {
    let mut loaded = case::view(tx, actor, id)?;
    if action == Action::Merge {
        // The target is chosen later; any that is fit for it stands for it.
        loaded.case.target = Some(Stage::Review);
    }
    let decision = step::judge(tx, actor, &loaded, action)?;
    let settings = tx.channel_settings(actor.channel)?;
    let mut row = loaded.row.clone();
    step::move_to(&mut row, decision.to, tx.now);
    let about = About {
        entry: tx.id(),
        channel: actor.channel,
        manuscript: Some(&loaded.row),
        subject: id.into(),
        facts: Facts::default(),
        not_before: tx.now,
        actor: Some(actor.user),
    };
    let own: Vec<UserId> = loaded.authors.iter().map(|author| author.user_id).collect();
    let mut told = Vec::new();
    for notice in decision.notices() {
        let users = match notice.audience {
            Audience::Authors if action == Action::Decline => own.clone(),
            audience => notification::those_told(tx, &about, audience, &[], &[])?,
        };
        told.push(Told { letter: notice.letter, names: names(tx, users)? });
    }
    if action == Action::Decline {
        // Those merged into it are parted from it.
        let users = notification::authors_of(tx, id)?.into_iter().filter(|user| !own.contains(user)).collect();
        told.push(Told { letter: Letter::Unmerged, names: names(tx, users)? });
    }
    told.retain(|one| !one.names.is_empty());
    let undo_minutes = decision.undo_until.map_or(0, |until| (until.utc() - tx.now.utc()).num_minutes());
    let due_at = if decision.to == decision.from { loaded.row.due_at } else { step::due(tx, &settings, &row)? };
    Ok(Prospect { action, to: decision.to, told, due_at, undo_minutes })
}

/// Their names, each once, in the order of the groups.
pub(crate) fn names(tx: &mut Tx<'_>, users: Vec<UserId>) -> Result<Vec<String>, DeskError> {
    let mut once = BTreeSet::new();
    let users: Vec<UserId> = users.into_iter().filter(|user| once.insert(*user)).collect();
    let people = people::find_many(tx.conn, &users)?;
    Ok(users.iter().filter_map(|user| people.iter().find(|one| one.id == *user)).map(|one| one.name.clone()).collect())
}
