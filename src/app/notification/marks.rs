//! Facts that every letter about a manuscript contains besides those of its act: the calendar of its dates, and the manuscript's marks.

use super::{About, Resolved};
use crate::app::channel_time::ChannelTime;
use crate::app::due_dates::provisional;
use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::domain::outcome::EndorsementKind;
use crate::domain::recipients::bears_marks;
use crate::mail::letters::LetterFacts;
use crate::store::endorsements;

/// Returns both, as facts that contain nothing else.
pub(super) fn dates_and_marks(tx: &mut Tx<'_>, about: &About<'_>, resolved: &Resolved) -> Result<LetterFacts, AppError> {
    let marks = marks(tx, about, resolved)?;
    let About { facts, .. } = about;
    Ok(LetterFacts {
        provisional: is_provisional(tx, about, facts.due)?,
        receive_by_is_provisional: is_provisional(tx, about, facts.receive_by)?,
        return_until_is_provisional: match facts.return_until {
            // The date is computed, unless the date of the answer cuts it off.
            Some(until) if facts.due == Some(until) => is_provisional(tx, about, facts.due)?,
            Some(until) => ChannelTime::of(tx, about.channel)?.working().is_in_unknown_year(until),
            None => false,
        },
        days_left: days_left(tx, about)?,
        ..marks
    })
}

/// Copies the calendar facts of the dates.
pub(super) const fn take_dates(facts: &mut LetterFacts, of: &LetterFacts) {
    facts.provisional = of.provisional;
    facts.receive_by_is_provisional = of.receive_by_is_provisional;
    facts.return_until_is_provisional = of.return_until_is_provisional;
    facts.days_left = of.days_left;
}

fn is_provisional(tx: &mut Tx<'_>, about: &About<'_>, at: Option<Moment>) -> Result<bool, AppError> {
    match about.manuscript.zip(at) {
        Some((manuscript, at)) => provisional::of_letter(tx, manuscript, at),
        None => Ok(false),
    }
}

/// Returns the number of working days until the date; `None` without a date, and on the day itself and after it.
fn days_left(tx: &mut Tx<'_>, about: &About<'_>) -> Result<Option<u32>, AppError> {
    let Some(due) = about.facts.due else { return Ok(None) };
    let time = ChannelTime::of(tx, about.channel)?;
    let left = time.working().working_days_left(due, tx.now).ok().and_then(|days| u32::try_from(days).ok());
    Ok(left.filter(|days| *days > 0))
}

/// Returns the marks of the manuscript, if a letter carries them: the words of leaders count from the end of their undo window.
fn marks(tx: &mut Tx<'_>, about: &About<'_>, resolved: &Resolved) -> Result<LetterFacts, AppError> {
    let marked = resolved.recipients.iter().any(|one| bears_marks(one.letter));
    let Some(row) = about.manuscript.filter(|_| marked) else { return Ok(LetterFacts::default()) };
    let written = if row.forwarded_at.is_some() { endorsements::of_manuscript(tx.conn, row.id)? } else { Vec::new() };
    let endorsed = written.iter().any(|one| one.kind != EndorsementKind::Noted && one.is_in_effect(tx.now));
    Ok(LetterFacts { urgent: row.urgent, endorsed, ..LetterFacts::default() })
}
