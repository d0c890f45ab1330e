//! Mails the newest checkpoint of each channel, and of the installation, to its auditors, so that what the ledger was is known outside the database, too.

use std::time::Duration;

use super::{Context, Task};
use crate::domain::clock::Moment;
use crate::domain::ids::{AnyId, ChannelId, EntryId, LetterId, UserId};
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
    let (days, now, clock) = (context.desk.settings.ledger.mail_days, context.desk.clock.now(), context.desk.clock.clone());
    if days == 0 {
        return Ok(0);
    }
    let before = now - chrono::Duration::days(days);
    let due = context.desk.db.read_now(move |conn| due(conn, before))?;
    let mut written = 0;
    for (channel, to) in due {
        let clock = clock.clone();
        written += context.desk.db.write_now(move |conn| write(conn, &channel, &to, now, clock.id(), &|| clock.id()))?;
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

fn write(
    conn: &mut AnyConn,
    channel: &Channel,
    to: &[UserId],
    now: Moment,
    act: EntryId,
    id: &dyn Fn() -> LetterId,
) -> Result<usize, StoreError> {
    let Some(newest) = reading::newest_checkpoint(conn, channel.id)? else { return Ok(0) };
    let installation = reading::newest_checkpoint(conn, ChannelId::INSTALLATION)?.map(|signed| format!("\n{}", signed.note));
    let note = newest.note + &installation.unwrap_or_default();
    let facts = Facts { checkpoint: Some(note), path: Some("/ledger".to_owned()), ..Facts::default() };
    let args = serde_json::to_string(&facts).map_err(|error| StoreError::unreadable("letters.args", &error))?;
    let mut written = 0;
    for recipient in to {
        let new = letters::New {
            id: id(),
            channel: channel.id,
            // No act of anybody; the id tells this week's letters from the next one's.
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
        written += usize::from(letters::write(conn, &new)?);
    }
    Ok(written)
}
