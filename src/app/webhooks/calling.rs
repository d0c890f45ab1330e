//! Messages to the group chat of a role: enqueued in the transaction of the act whose letters announce the work, and checked again right
//! before the call.

use std::collections::BTreeSet;

use super::target;
use crate::app::channel_time::ChannelTime;
use crate::app::due_dates::provisional;
use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::domain::ids::{AnyId, AssignmentId, ChannelId, EntryId, ManuscriptId, OrganizationId, WebhookId};
use crate::domain::job::CallWebhook;
use crate::domain::notice::{Letter, LetterState};
use crate::domain::queues;
use crate::domain::states::AssignmentState;
use crate::domain::vocabulary::Role;
use crate::domain::webhook::{WebhookFault, is_of_organization};
use crate::mail::render;
use crate::store::jobs::{self, NewJob};
use crate::store::rows::{self, NewLetter};
use crate::store::webhooks::{self as store, WebhookRow};
use crate::store::{StoreError, assignments, channels, letters, manuscripts};
use crate::webhooks::{Message, OutgoingMessage, WebhookFailure};

/// A letter that announces work.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Called {
    /// The channel.
    pub channel: ChannelId,
    /// The act.
    pub entry: EntryId,
    /// The letter.
    pub letter: Letter,
    /// The subject of the letter.
    pub subject: AnyId,
    /// The organisation of the work queue, for screeners and handlers.
    pub organization: Option<OrganizationId>,
    /// The earliest time of sending: the end of the undo window, or now.
    pub not_before: Moment,
}

/// Enqueues one message for each webhook of the role that this letter addresses.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn call(tx: &mut Tx<'_>, called: &Called) -> Result<(), AppError> {
    let Some(role) = queues::called_by(called.letter).map(|queue| queue.role) else { return Ok(()) };
    let of = called.organization.filter(|_| is_of_organization(role));
    for one in tx.webhooks(called.channel)?.iter().filter(|one| one.role == role && one.organization == of) {
        let Called { channel, entry, letter, subject, not_before, .. } = *called;
        let payload = CallWebhook { channel, webhook: one.id, entry, letter, subject };
        let job = NewJob::new(tx.id(), &payload, Some(channel), tx.now)?.at(not_before);
        jobs::enqueue(tx.conn, &job)?;
    }
    Ok(())
}

/// Does the same for the letters of an act, once for each subject regardless of the number of recipients. `organization` is that of the
/// manuscript. Messages for departments are left to the act that assigns the work, because a letter does not name its department.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn call_by_letters(tx: &mut Tx<'_>, written: &[rows::NewLetter], organization: Option<OrganizationId>) -> Result<(), AppError> {
    let calls = |letter: Letter| queues::called_by(letter).is_some_and(|queue| queue.role != Role::Handler);
    let mut seen = BTreeSet::new();
    for one in written.iter().filter(|one| calls(one.kind)) {
        let NewLetter { channel, entry, kind: letter, subject, not_before, .. } = *one;
        if seen.insert((entry, letter, subject)) {
            call(tx, &Called { channel, entry, letter, subject, organization, not_before })?;
        }
    }
    Ok(())
}

/// A message whose reason still exists.
pub struct PlannedMessage {
    /// The version of the webhook.
    pub version: i64,
    /// The message, or the reason why it cannot be sent.
    pub order: Result<Box<OutgoingMessage>, WebhookFailure>,
}

/// Checks a message right before it is sent. Returns `None` if the webhook is off, was changed to another role or removed, if the act was
/// undone, or if the work is done already.
///
/// # Errors
/// Fails if a database operation fails.
pub fn plan(tx: &mut Tx<'_>, of: &CallWebhook) -> Result<Option<PlannedMessage>, AppError> {
    let row = match store::find(tx.conn, of.channel, of.webhook) {
        Ok(row) if row.is_on => row,
        Ok(_) | Err(StoreError::NotFound) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let written = letters::of_act(tx.conn, of.entry, of.letter)?;
    // For an officer of several departments, the letter names the first one.
    let about = |one: &&letters::LetterRow| row.role == Role::Handler || one.subject_id == of.subject;
    let Some(letter) = written.iter().filter(about).find(|one| one.state != LetterState::Revoked) else { return Ok(None) };
    let Some((manuscript, due)) = waits(tx, &row, of, letter)? else { return Ok(None) };
    let order = message(tx, &row, of, manuscript, due)?;
    Ok(Some(PlannedMessage { version: row.version, order }))
}

/// Returns the manuscript, and the due date of its work, if that still waits for the role of this webhook.
fn waits(
    tx: &mut Tx<'_>,
    row: &WebhookRow,
    of: &CallWebhook,
    letter: &letters::LetterRow,
) -> Result<Option<(rows::ManuscriptRow, Option<Moment>)>, AppError> {
    let Some(queue) = queues::called_by(of.letter).filter(|queue| queue.role == row.role) else { return Ok(None) };
    if let Some(id) = row.organization_id
        && channels::find_organization(tx.conn, of.channel, id)?.closed_at.is_some()
    {
        return Ok(None);
    }
    if queue.role == Role::Handler {
        let charged = assignments::find(tx.conn, of.channel, AssignmentId(of.subject.0))?;
        let is_theirs = Some(charged.organization_id) == row.organization_id;
        let is_over = matches!(charged.state, AssignmentState::Returned | AssignmentState::Cancelled);
        let manuscript = manuscripts::find(tx.conn, of.channel, charged.manuscript_id)?;
        return Ok((is_theirs && !is_over).then_some((manuscript, Some(charged.due_at))));
    }
    if !letters::still_calls(tx.conn, letter)? {
        return Ok(None);
    }
    let manuscript = manuscripts::find(tx.conn, of.channel, ManuscriptId(of.subject.0))?;
    let is_theirs = !is_of_organization(row.role) || Some(manuscript.organization_id) == row.organization_id;
    let due = manuscript.due_at;
    Ok(is_theirs.then_some((manuscript, due)))
}

fn message(
    tx: &mut Tx<'_>,
    row: &WebhookRow,
    of: &CallWebhook,
    manuscript: rows::ManuscriptRow,
    due: Option<Moment>,
) -> Result<Result<Box<OutgoingMessage>, WebhookFailure>, AppError> {
    let Ok(target) = target::open(&tx.token_key()?, row) else { return Ok(Err(WebhookFault::Unreadable.into())) };
    let time = ChannelTime::of(tx, of.channel)?;
    let due = match render::limit(of.letter, &crate::mail::LetterFacts::default()).zip(due) {
        Some((limit, due)) => Some((limit, due, provisional::of_letter(tx, &manuscript, due)?)),
        None => None,
    };
    let message = Message {
        letter: Some(of.letter),
        lang: row.language,
        role: row.role,
        number: manuscript.number.unwrap_or_default(),
        due,
        zone: time.zone(),
        link: format!("{}/manuscripts/{}", tx.settings.public_url(), manuscript.id),
    };
    Ok(Ok(Box::new(OutgoingMessage { id: of.message_id(), target, format: row.format, template: row.template.clone(), message })))
}

/// Records the result of a message.
///
/// # Errors
/// Fails if a database operation fails.
pub fn record(tx: &mut Tx<'_>, (id, version): (WebhookId, i64), failure: Option<&WebhookFailure>) -> Result<(), AppError> {
    let failed = failure.map(|failure| (failure.fault, failure.detail.as_str()));
    Ok(store::called(tx.conn, (id, version), tx.now, failed)?)
}
