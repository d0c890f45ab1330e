//! Mails the newest checkpoint of each channel, and of the installation, to its auditors, so that what the ledger was is known outside the database, too.

use std::time::Duration;

use serde_json::json;

use super::{Context, Task};
use crate::desk::events::{self, LedgerEvent};
use crate::desk::{DeskError, Tx};
use crate::domain::clock::Moment;
use crate::domain::ids::{AnyId, ChannelId, EntryId, UserId};
use crate::domain::notice::Letter;
use crate::domain::words::Role;
use crate::mail::Facts;
use crate::store::channels::Channel;
use crate::store::ledger::reading;
use crate::store::{AnyConn, StoreError, channels, letters, people};

/// Looked at every minute, on one node.
#[must_use]
pub fn task() -> Task {
    Task { name: "anchor", every: Duration::from_secs(60), alone: true, run: run_once }
}

/// Writes the letters that are due. Says how many.
///
/// # Errors
/// The store's.
pub fn run_once(context: &Context) -> anyhow::Result<usize> {
    let (days, now) = (context.desk.settings.ledger.mail_days, context.desk.clock.now());
    if days == 0 {
        return Ok(0);
    }
    let before = now - chrono::Duration::days(days);
    let due = context.desk.db.read_now(move |conn| due(conn, before))?;
    let mut written = 0;
    for (channel, to) in due {
        written += context.desk.write_now("anchor", move |tx| write(tx, &channel, &to))?;
    }
    Ok(written)
}

/// The auditors of each channel who have had no checkpoint since `before`.
fn due(conn: &mut AnyConn, before: Moment) -> Result<Vec<(Channel, Vec<UserId>)>, StoreError> {
    let mut due = Vec::new();
    for channel in channels::list(conn)? {
        let mut to = Vec::new();
        for auditor in people::holders(conn, channel.id, Role::Auditor, None)? {
            if letters::last_of_kind(conn, auditor, Letter::Checkpoint)?.is_none_or(|at| at <= before) {
                to.push(auditor);
            }
        }
        if !to.is_empty() {
            due.push((channel, to));
        }
    }
    Ok(due)
}

fn write(tx: &mut Tx<'_>, channel: &Channel, to: &[UserId]) -> Result<usize, DeskError> {
    let (now, act): (Moment, EntryId) = (tx.now, tx.id());
    let Some(newest) = reading::newest_checkpoint(tx.conn, channel.id)? else { return Ok(0) };
    let size = newest.size;
    let installation = reading::newest_checkpoint(tx.conn, ChannelId::INSTALLATION)?.map(|signed| format!("\n{}", signed.note));
    let note = newest.note + &installation.unwrap_or_default();
    let facts = Facts { checkpoint: Some(note), path: Some("/ledger".to_owned()), ..Facts::default() };
    let args = serde_json::to_string(&facts).map_err(|error| StoreError::unreadable("letters.args", &error))?;
    let mut written = 0;
    for recipient in to {
        let new = letters::New {
            id: tx.id(),
            channel: channel.id,
            entry: act,
            recipient: *recipient,
            kind: Letter::Checkpoint,
            manuscript: None,
            subject: AnyId(channel.id.0),
            args: args.clone(),
            at: now,
            not_before: now,
            by_mail: true,
        };
        written += usize::from(letters::write(tx.conn, &new)?);
    }
    let facts = json!({ "size": size, "auditors": to.len() });
    events::append_event_as(tx, act, LedgerEvent::by_program(channel.id, "mail_checkpoint", "checkpoint", act.0, facts))?;
    Ok(written)
}
