//! Notification of people about a recomputed date: those who have to meet it, and those who read it.

use super::Moved;
use crate::app::handling::merged::concerned;
use crate::app::manuscript_case::LoadedCase;
use crate::app::notification::{self, About, Hints};
use crate::app::{AppError, Tx, pending_decision};
use crate::domain::ids::{AssignmentId, ManuscriptId, OrganizationId, UserId};
use crate::domain::notice::{Audience, Letter, NoticeRule};
use crate::domain::queues;
use crate::domain::recipients::told_of_new_date;
use crate::mail::letters::{LetterFacts, Wording};
use crate::store::{assignments, channels};

/// Notifies the people whose date has moved, who also get its reminders, and the readers of a department's date.
pub(super) fn tell(tx: &mut Tx<'_>, loaded: &LoadedCase, moved: &Moved) -> Result<(), AppError> {
    let Some(queue) = queues::of_deadline(moved.deadline) else { return Ok(()) };
    let about = about(tx, loaded, moved);
    let charged: Vec<OrganizationId> = moved.charged.iter().map(|(organization, _)| *organization).collect();
    let hints = Hints { charged: &charged, prepared_by: &loaded.case.standing.prepared_by, ..Hints::default() };
    let resolved = notification::resolve_reminding(tx, &about, queue, Letter::DueChanged, false, hints)?;
    notification::write(tx, &about, &resolved)?;
    let Some((organization, by)) = moved.charged else { return Ok(()) };
    let organization = channels::find_organization(tx.conn, about.channel, organization)?.name;
    let about = About { facts: LetterFacts { organization: Some(organization), ..about.facts.clone() }, ..about };
    // Authors do not see an assignment that can still be undone.
    let held = pending_decision::still_open(&loaded.row, tx.now)?;
    let is_announced = held.is_none_or(|held| held.layers().all(|layer| layer.entry != by));
    let row = assignments::find(tx.conn, about.channel, AssignmentId(moved.subject.0))?;
    let only_merged = concerned(tx, &row)?;
    tell_readers(tx, &about, moved, is_announced, only_merged.as_deref())
}

/// Notifies of the date of an instruction that no department has yet.
pub(super) fn tell_of_instruction(tx: &mut Tx<'_>, loaded: &LoadedCase, moved: &Moved) -> Result<(), AppError> {
    let about = about(tx, loaded, moved);
    // It is not the limit of a queue, so no condition is checked when the letter is sent.
    let facts = LetterFacts { deadline: None, wording: Some(Wording::Instruction), ..about.facts.clone() };
    tell_readers(tx, &About { facts, ..about }, moved, false, None)
}

fn tell_readers(
    tx: &mut Tx<'_>,
    about: &About<'_>,
    moved: &Moved,
    to_authors: bool,
    only_merged: Option<&[ManuscriptId]>,
) -> Result<(), AppError> {
    let is_told = |notice: &&NoticeRule| match notice.audience {
        Audience::Authors => to_authors,
        Audience::Endorsers => moved.leader.is_some(),
        _ => true,
    };
    let notices: Vec<NoticeRule> = told_of_new_date(moved.deadline).iter().filter(is_told).copied().collect();
    let leader: Vec<UserId> = moved.leader.into_iter().collect();
    let resolved = notification::resolve(tx, about, &notices, Hints { named: &leader, only_merged, ..Hints::default() })?;
    notification::write(tx, about, &resolved)?;
    Ok(())
}

fn about<'a>(tx: &Tx<'_>, loaded: &'a LoadedCase, moved: &Moved) -> About<'a> {
    let facts =
        LetterFacts { due: Some(moved.after), was_due: Some(moved.before), deadline: Some(moved.deadline), ..LetterFacts::default() };
    About {
        entry: moved.entry,
        channel: loaded.row.channel_id,
        manuscript: Some(&loaded.row),
        subject: moved.subject,
        facts,
        not_before: tx.now,
        actor: None,
    }
}
