//! The circulation list (传阅单) of a manuscript: its leaders, and which of them have endorsed it.

use std::collections::BTreeMap;

use crate::app::attachments::serves;
use crate::app::manuscript_case;
use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::domain::ids::{ManuscriptId, UserId};
use crate::domain::outcome::EndorsementKind;
use crate::domain::permission::Actor;
use crate::store::{endorsements, people, recipients};

/// A leader to whom a manuscript was forwarded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circulated {
    /// The leader.
    pub user_id: UserId,
    /// Their name.
    pub name: String,
    /// Their post.
    pub post: String,
    /// The time since when it is before them.
    pub since: Moment,
    /// Their endorsement; words take precedence over a circle, and only final endorsements count.
    pub marked: Option<CirculationMark>,
}

/// The endorsement of a leader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CirculationMark {
    /// A circle, or an endorsement in words.
    pub kind: EndorsementKind,
    /// The time at which it was entered.
    pub at: Moment,
}

/// Returns the leaders of a manuscript, in the order in which it was forwarded to them; for the office and for these leaders.
///
/// # Errors
/// [`AppError::NotFound`] also if this person may not see it.
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
        // An endorsement that can still be undone is shown only to the leader's own side.
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
