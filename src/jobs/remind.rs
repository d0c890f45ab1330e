//! Reminds of what is due: some working days before, on the day, and after it to who is above. Each reminder is noted by
//! (deadline, rule) in the transaction that writes its letters, so none comes twice; and it is looked at again when it is sent.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::{Context, Task};
use crate::desk::events::{self, LedgerEvent};
use crate::desk::{DeskError, Tx};
use crate::domain::calendar::Calendar;
use crate::domain::channel::ChannelSettings;
use crate::domain::clock::Moment;
use crate::domain::deadline::{Rule, WorkingTime};
use crate::domain::ids::{ChannelId, EntryId, UserId};
use crate::domain::notice::{Audience, Letter};
use crate::domain::queues;
use crate::mail::Facts;
use crate::store::deadlines::{self, Open};
use crate::store::{AnyConn, StoreError, channels, letters, people};

/// How far ahead to look: the earliest reminder of a channel that is patient enough, with holidays between.
const HORIZON_DAYS: i64 = 45;
/// Deadlines of each sort that are looked at in one go.
const AT_ONCE: i64 = 2_000;

/// Every minute, on one node.
#[must_use]
pub fn task() -> Task {
    Task { name: "remind", every: Duration::from_secs(60), alone: true, run: run_once }
}

/// Writes the reminders that are due now. Says how many.
///
/// # Errors
/// The store's.
pub fn run_once(context: &Context) -> anyhow::Result<usize> {
    let now = context.desk.clock.now();
    let (open, settings) = context.desk.read_now(|tx| load(tx, now))?;
    let mut written = 0;
    for open in open {
        let Some((settings, calendar)) = settings.get(&open.channel) else { continue };
        if let Some(rule) = rule(&open, calendar, settings, now) {
            written += usize::from(context.desk.write_now("remind", move |tx| write(tx, &open, rule))?);
        }
    }
    Ok(written)
}

type Loaded = (Vec<Open>, BTreeMap<ChannelId, (ChannelSettings, Arc<Calendar>)>);

fn load(tx: &mut Tx<'_>, now: Moment) -> Result<Loaded, DeskError> {
    let open = deadlines::open(tx.conn, now + chrono::Duration::days(HORIZON_DAYS), AT_ONCE)?;
    let mut settings = BTreeMap::new();
    for channel in channels::list(tx.conn)? {
        settings.insert(channel.id, (channel.settings()?, tx.calendar(channel.id)?));
    }
    Ok((open, settings))
}

/// The reminder that is due. Where the calendar of a year isn't loaded, Monday to Friday are counted, and the log says so.
fn rule(open: &Open, calendar: &Calendar, settings: &ChannelSettings, now: Moment) -> Option<Rule> {
    let limits = &settings.limits;
    let due = |calendar: &Calendar| WorkingTime { limits, calendar }.reminder_due(open.since, open.due, now);
    due(calendar).unwrap_or_else(|unknown| {
        tracing::warn!(%unknown, "reminders count Monday to Friday until that year is loaded");
        due(&calendar.assuming_plain_weeks()).unwrap_or(None)
    })
}

/// One reminder: its note and its letters, together or not at all. `false`: it was there, or has been settled meanwhile.
fn write(tx: &mut Tx<'_>, open: &Open, rule: Rule) -> Result<bool, DeskError> {
    let (now, entry): (Moment, EntryId) = (tx.now, tx.id());
    let conn = &mut *tx.conn;
    if !deadlines::still_open(conn, open.subject, open.deadline, open.due)? || !deadlines::remember(conn, open, rule, now)? {
        return Ok(false);
    }
    let kind = match rule {
        Rule::Before(_) => Letter::DueSoon,
        Rule::OnTheDay => Letter::DueToday,
        Rule::Escalation => Letter::Overdue,
    };
    let due = Facts { due: Some(open.due), deadline: Some(open.deadline), ..Facts::default() };
    let known = Facts { number: open.number.clone(), title: Some(open.title.clone()), ..due.clone() };
    let unknown = Facts { path: Some("/inbox".to_owned()), ..due };
    let told = recipients(conn, open, rule, now)?;
    for (recipient, sees) in told {
        let facts = if sees { &known } else { &unknown };
        let new = letters::New {
            id: tx.clock.id(),
            channel: open.channel,
            entry,
            recipient,
            kind,
            manuscript: sees.then_some(open.manuscript),
            subject: open.subject,
            args: serde_json::to_string(facts).map_err(|e| StoreError::unreadable("letters.args", &e))?,
            at: now,
            not_before: now,
            by_mail: true,
        };
        letters::write(conn, &new)?;
    }
    let facts = json!({ "subject": open.subject, "deadline": open.deadline, "rule": rule.key(), "due": open.due });
    events::append_event_as(tx, entry, LedgerEvent::by_program(open.channel, "remind", "reminder", entry.0, facts))?;
    Ok(true)
}

/// Who is told, and whether he may know which manuscript it is: whoever watches over a desk that comes before his own
/// learns that something is late there, and nothing more ("Who sees what"). Who stands in for somebody at the desk is told with him.
fn recipients(conn: &mut AnyConn, open: &Open, rule: Rule, now: Moment) -> Result<BTreeMap<UserId, bool>, StoreError> {
    let mut told = BTreeMap::new();
    let Some(queue) = queues::of_deadline(open.deadline) else { return Ok(told) };
    let of = matches!(queue.audience, Audience::Screeners | Audience::Handlers).then_some(open.organization);
    let desk = queue.role;
    if let (Rule::Escalation, Some(above)) = (rule, queue.escalation) {
        told.extend(people::holders(conn, open.channel, above.to, None)?.into_iter().map(|person| (person, above.sees)));
    }
    let at_desk = people::holders(conn, open.channel, desk, of)?;
    let for_them = people::stand_ins_for(conn, open.channel, desk, &at_desk, now)?;
    told.extend(at_desk.into_iter().chain(for_them).map(|person| (person, true)));
    let authors: BTreeSet<UserId> = deadlines::authors(conn, open.manuscript)?.into_iter().collect();
    told.retain(|person, _| !authors.contains(person));
    Ok(told)
}
