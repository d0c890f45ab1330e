//! The circulation list (传阅单) of a manuscript: the leaders before whom it is, and which of them have marked it.

use std::collections::BTreeMap;

use crate::app::attachments::serves;
use crate::app::manuscript_case;
use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::domain::ids::{ManuscriptId, UserId};
use crate::domain::outcome::EndorsementKind;
use crate::domain::permission::Actor;
use crate::store::{endorsements, people, recipients};

/// A leader before whom a manuscript is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circulated {
    /// The leader.
    pub user_id: UserId,
    /// Their name.
    pub name: String,
    /// Their post.
    pub post: String,
    /// Since when it is before them.
    pub since: Moment,
    /// What they did; words count for more than a circle, and only what is sure counts.
    pub marked: Option<CirculationMark>,
}

/// What a leader did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CirculationMark {
    /// A circle, or words of some kind.
    pub kind: EndorsementKind,
    /// When it was entered.
    pub at: Moment,
}

/// The leaders of a manuscript, in the order in which it was put before them; for the office and for these leaders.
///
/// # Errors
/// [`AppError::NotFound`] also for what this person may not see.
pub fn circulation(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<Vec<Circulated>, AppError> {
    let loaded = manuscript_case::view(tx, actor, id)?;
    let sight = loaded.sight(actor);
    if !(sight.internal() || sight.leader) {
        return Ok(Vec::new());
    }
    let mut rows = recipients::of_manuscript(tx.conn, id)?;
    let mut seen = std::collections::BTreeSet::new();
    rows.retain(|row| seen.insert(row.user_id));
    let marks = endorsements::of_manuscript(tx.conn, id)?;
    let ids: Vec<UserId> = rows.iter().map(|row| row.user_id).collect();
    let people: BTreeMap<UserId, people::User> = people::find_many(tx.conn, &ids)?.into_iter().map(|user| (user.id, user)).collect();
    let shown = rows.into_iter().filter_map(|row| {
        let person = people.get(&row.user_id)?;
        let own = serves(actor, row.user_id);
        let sure = marks.iter().filter(|mark| mark.leader_id == row.user_id && mark.state.has_effect());
        // What can be taken back is known to the leader's own side alone.
        let sure = sure.filter(|mark| own || mark.is_in_effect(tx.now));
        let best = sure.max_by_key(|mark| (mark.kind != EndorsementKind::Noted, mark.entered_at));
        Some(Circulated {
            user_id: row.user_id,
            name: person.name.clone(),
            post: person.post.clone(),
            since: row.created_at,
            marked: best.map(|mark| CirculationMark { kind: mark.kind, at: mark.entered_at }),
        })
    });
    Ok(shown.collect())
}
