//! Mails the newest checkpoint of each channel, and of the installation, to its auditors, so that there are anchors of the ledger outside
//! the database too.

use serde_json::json;

use super::{JobContext, each};
use crate::app::events::{self, LedgerEvent};
use crate::app::notification::{self, About, Hints};
use crate::app::{AppError, Tx};
use crate::domain::clock::Moment;
use crate::domain::ids::{AnyId, ChannelId, EntryId, UserId};
use crate::domain::notice::{Audience, Letter, tell};
use crate::domain::vocabulary::Role;
use crate::mail::LetterFacts;
use crate::store::ledger::reading;
use crate::store::{AnyConn, StoreError, channels, letters, people};

/// Writes the letters that are due. Returns their number.
///
/// # Errors
/// The store's.
pub fn run_once(context: &JobContext) -> anyhow::Result<usize> {
    let days = context.app.settings.ledger.mail_days;
    if days == 0 {
        return Ok(0);
    }
    let before = context.app.clock.now() - chrono::Duration::days(days);
    let due = context.app.db.read_now(move |conn| due(conn, before))?;
    let mail = |channel| Ok(context.app.write_now("anchor", move |tx| write(tx, channel, before))?);
    each("anchor", due, ToString::to_string, mail)
}

/// The channels of which some auditor has had no checkpoint since `before`.
fn due(conn: &mut AnyConn, before: Moment) -> Result<Vec<ChannelId>, StoreError> {
    let mut due = Vec::new();
    for channel in channels::list(conn)? {
        for auditor in people::holders(conn, channel.id, Role::Auditor, None)? {
            if waits(conn, auditor, before)? {
                due.push(channel.id);
                break;
            }
        }
    }
    Ok(due)
}

fn waits(conn: &mut AnyConn, auditor: UserId, before: Moment) -> Result<bool, StoreError> {
    Ok(letters::last_of_kind(conn, auditor, Letter::Checkpoint)?.is_none_or(|at| at <= before))
}

fn write(tx: &mut Tx<'_>, channel: ChannelId, before: Moment) -> Result<usize, AppError> {
    let Some(newest) = reading::newest_checkpoint(tx.conn, channel)? else { return Ok(0) };
    let installation = reading::newest_checkpoint(tx.conn, ChannelId::INSTALLATION)?.map(|signed| format!("\n{}", signed.note));
    let size = newest.size;
    let note = newest.note + &installation.unwrap_or_default();
    let act: EntryId = tx.id();
    let about = About {
        entry: act,
        channel,
        manuscript: None,
        subject: AnyId(channel.0),
        facts: LetterFacts { checkpoint: Some(note), path: Some("/ledger".to_owned()), ..LetterFacts::default() },
        not_before: tx.now,
        actor: None,
    };
    let mut resolved = notification::resolve(tx, &about, &[tell(Audience::Auditors, Letter::Checkpoint)], Hints::default())?;
    let mut waiting = Vec::new();
    for one in resolved.recipients {
        if waits(tx.conn, one.user, before)? {
            waiting.push(one);
        }
    }
    resolved.recipients = waiting;
    let written = notification::write(tx, &about, &resolved)?;
    if written > 0 {
        let facts = json!({ "size": size, "auditors": written });
        events::append_event_as(tx, act, LedgerEvent::by_program(channel, "mail_checkpoint", "checkpoint", act.0, facts))?;
    }
    Ok(written)
}
