//! Reminds of deadlines: some working days before, on the day, and after it the superiors as well. Each reminder is recorded by (deadline,
//! rule) in the transaction that writes its letters, so none comes twice; it is checked again when it is sent.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use super::{JobContext, each};
use crate::app::events::{self, LedgerEvent};
use crate::app::notification::{self, About, Hints};
use crate::app::{AppError, Tx, manuscript_case};
use crate::domain::calendar::Calendar;
use crate::domain::channel::ChannelSettings;
use crate::domain::clock::Moment;
use crate::domain::deadline::{ReminderRule, WorkingTime};
use crate::domain::ids::{ChannelId, EntryId};
use crate::domain::notice::Letter;
use crate::domain::queues;
use crate::mail::LetterFacts;
use crate::store::deadlines::{self, OpenDeadline};
use crate::store::{channels, manuscripts};

/// The horizon: the earliest possible reminder of a channel, with holidays in between.
const HORIZON_DAYS: i64 = 45;
/// Deadlines of each kind that are read at a time.
const AT_ONCE: i64 = 2_000;

/// Writes the reminders that are due now. Returns their number.
///
/// # Errors
/// The store's.
pub fn run_once(context: &JobContext) -> anyhow::Result<usize> {
    let now = context.app.clock.now();
    let (open, settings) = context.app.read_now(|tx| load(tx, now))?;
    let due = open.into_iter().filter_map(|open| {
        let (settings, calendar) = settings.get(&open.channel)?;
        let rule = rule(&open, calendar, settings, now)?;
        Some((open, rule))
    });
    let remind = |(open, rule)| Ok(usize::from(context.app.write_now("remind", move |tx| write(tx, &open, rule))?));
    each("remind", due.collect(), |(open, _)| open.manuscript.to_string(), remind)
}

type LoadedDeadline = (Vec<OpenDeadline>, BTreeMap<ChannelId, (ChannelSettings, Arc<Calendar>)>);

fn load(tx: &mut Tx<'_>, now: Moment) -> Result<LoadedDeadline, AppError> {
    let open = deadlines::open(tx.conn, now + chrono::Duration::days(HORIZON_DAYS), AT_ONCE)?;
    let mut settings = BTreeMap::new();
    for channel in channels::list(tx.conn)? {
        match channel.settings() {
            Ok(found) => drop(settings.insert(channel.id, (found, tx.calendar(channel.id)?))),
            Err(error) => tracing::error!(channel = %channel.id, %error, "nobody of this channel is reminded"),
        }
    }
    Ok((open, settings))
}

/// The reminder that is due. Where the calendar of a year isn't loaded, Monday to Friday are counted, and the log says so.
fn rule(open: &OpenDeadline, calendar: &Calendar, settings: &ChannelSettings, now: Moment) -> Option<ReminderRule> {
    let limits = &settings.limits;
    let due = |calendar: &Calendar| WorkingTime { limits, calendar }.reminder_due(open.since, open.due, now);
    due(calendar).unwrap_or_else(|unknown| {
        tracing::warn!(%unknown, "reminders count Monday to Friday until that year is loaded");
        due(&calendar.assuming_plain_weeks()).unwrap_or(None)
    })
}

/// One reminder: its note and its letters, together or not at all. `false`: it was there, or has been settled meanwhile.
fn write(tx: &mut Tx<'_>, open: &OpenDeadline, rule: ReminderRule) -> Result<bool, AppError> {
    let Some(queue) = queues::of_deadline(open.deadline) else { return Ok(false) };
    if !deadlines::still_open(tx.conn, open.subject, open.deadline, open.due)? || !deadlines::remember(tx.conn, open, rule, tx.now)? {
        return Ok(false);
    }
    let letter = match rule {
        ReminderRule::Before(_) => Letter::DueSoon,
        ReminderRule::OnTheDay => Letter::DueToday,
        ReminderRule::Escalation => Letter::Overdue,
    };
    let row = manuscripts::find(tx.conn, open.channel, open.manuscript)?;
    let loaded = manuscript_case::of_row(tx, row)?;
    let entry: EntryId = tx.id();
    let about = About {
        entry,
        channel: open.channel,
        manuscript: Some(&loaded.row),
        subject: open.subject,
        facts: LetterFacts { due: Some(open.due), deadline: Some(open.deadline), ..LetterFacts::default() },
        not_before: tx.now,
        actor: None,
    };
    let hints = Hints { charged: &[open.organization], prepared_by: &loaded.case.standing.prepared_by, ..Hints::default() };
    let resolved = notification::resolve_reminding(tx, &about, queue, letter, rule == ReminderRule::Escalation, hints)?;
    notification::write(tx, &about, &resolved)?;
    let facts = json!({ "subject": open.subject, "deadline": open.deadline, "rule": rule.key(), "due": open.due });
    events::append_event_as(tx, entry, LedgerEvent::by_program(open.channel, "remind", "reminder", entry.0, facts))?;
    Ok(true)
}
