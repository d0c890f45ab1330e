//! Putting away what is at rest: by hand, and by itself after a time.

use chrono::Duration;

use crate::desk::case;
use crate::desk::step::{self, Done, Step};
use crate::desk::{DeskError, Tx};
use crate::domain::characters::is_blank;
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::Actor;
use crate::domain::transition::TRANSITIONS;
use crate::domain::violation::prose;
use crate::domain::words::{Action, Stage};
use crate::store::{channels, manuscripts};

/// Puts a manuscript away; its former stage is kept, and authors go on reading that.
///
/// # Errors
/// [`DeskError::Stale`]; violations; refusals.
pub fn archive(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, note: &str) -> Result<Done, DeskError> {
    let mut loaded = case::load(tx, actor, id)?;
    step::ready(tx, actor, &loaded, Action::Archive, seen)?;
    let note = prose("note", note, tx.settings.limits.reason_chars)?;
    let step = Step { words: (!is_blank(&note)).then_some(note), ..Step::default() };
    step::take(tx, actor, &mut loaded, Action::Archive, step, |_| {})
}

/// Puts away what has rested as long as its channel says, at most `most` at a time. Says how many.
///
/// # Errors
/// The store's.
pub fn sweep(tx: &mut Tx<'_>, most: i64) -> Result<usize, DeskError> {
    let stages: Vec<Stage> =
        TRANSITIONS.iter().filter(|row| row.action == Action::Archive).flat_map(|row| row.from.iter().copied()).collect();
    let mut archived = 0;
    for channel in channels::list(tx.conn)? {
        let days = channel.settings()?.archive_after_days;
        if days == 0 {
            continue;
        }
        let before = tx.now - Duration::days(i64::from(days));
        for row in manuscripts::at_rest(tx.conn, channel.id, &stages, before, most)? {
            let row = manuscripts::find_for_update(tx.conn, channel.id, row)?;
            // Somebody may have been faster.
            if stages.contains(&row.stage) && row.stage_since < before {
                let mut loaded = case::of_row(tx, row)?;
                step::take_alone(tx, &mut loaded, Action::Archive, Step::default())?;
                archived += 1;
            }
        }
    }
    Ok(archived)
}
