//! Archiving of manuscripts without further acts: by hand, and automatically after a time.

use chrono::Duration;

use crate::app::step::{StepDetails, StepResult};
use crate::app::{AppError, Tx, manuscript_case, transition};
use crate::domain::characters::is_blank;
use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, ManuscriptId};
use crate::domain::permission::Actor;
use crate::domain::transition::TRANSITIONS;
use crate::domain::violation::prose;
use crate::domain::vocabulary::{Action, Stage};
use crate::store::{channels, manuscripts};

/// Archives a manuscript; its former stage is stored, and authors continue to read that.
///
/// # Errors
/// [`AppError::Stale`]; violations; refusals.
pub fn archive(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, note: &str) -> Result<StepResult, AppError> {
    let mut loaded = transition::load(tx, actor, id)?;
    transition::ready(tx, actor, &loaded, Action::Archive, seen)?;
    let note = prose("note", note, tx.settings.limits.reason_chars)?;
    let step = StepDetails { words: (!is_blank(&note)).then_some(note), ..StepDetails::default() };
    transition::take(tx, actor, &mut loaded, Action::Archive, step, |_| {})
}

/// A manuscript that is due for archiving by its channel's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rested {
    /// Its channel.
    pub channel: ChannelId,
    /// Its id.
    pub id: ManuscriptId,
    /// It has not changed its stage since this time.
    before: Moment,
}

/// Returns the manuscripts that are due for archiving by their channel's settings, at most `most` of each channel. A channel whose settings
/// cannot be read is skipped and logged.
///
/// # Errors
/// Fails if a database operation fails.
pub fn rested(tx: &mut Tx<'_>, most: i64) -> Result<Vec<Rested>, AppError> {
    let mut rested = Vec::new();
    for channel in channels::list(tx.conn)? {
        let days = match channel.settings() {
            Ok(settings) => settings.archive_after_days,
            Err(error) => {
                tracing::error!(channel = %channel.id, %error, "nothing of this channel is put away");
                continue;
            }
        };
        if days == 0 {
            continue;
        }
        let before = tx.now - Duration::days(i64::from(days));
        let ids = manuscripts::at_rest(tx.conn, channel.id, &at_rest(), before, most)?;
        rested.extend(ids.into_iter().map(|id| Rested { channel: channel.id, id, before }));
    }
    Ok(rested)
}

/// Archives one of them. Returns `false` if another node was faster.
///
/// # Errors
/// Fails if a database operation fails.
pub fn put_away(tx: &mut Tx<'_>, rested: Rested) -> Result<bool, AppError> {
    let row = manuscripts::find_for_update(tx.conn, rested.channel, rested.id)?;
    if !at_rest().contains(&row.stage) || row.stage_since >= rested.before {
        return Ok(false);
    }
    let mut loaded = manuscript_case::of_row(tx, row)?;
    transition::take_alone(tx, &mut loaded, Action::Archive, StepDetails::default())?;
    Ok(true)
}

/// Returns the stages from which a manuscript is archived automatically.
fn at_rest() -> Vec<Stage> {
    TRANSITIONS.iter().filter(|row| row.action == Action::Archive).flat_map(|row| row.from.iter().copied()).collect()
}
