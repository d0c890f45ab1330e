//! Background jobs: their kinds, their payloads and the pure part of their rules. The implementation of each kind is in `jobs::kinds`.

use chrono::{Days, Duration, NaiveTime, TimeZone};
use chrono_tz::Tz;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::domain::calendar::YearFile;
use crate::domain::clock::Moment;
use crate::domain::ids::{AnyId, ChannelId, EntryId, WebhookId};
use crate::domain::notice::Letter;
use crate::domain::vocabulary::words;

words! {
    /// The kind of a job. It is stored, so a word never changes its meaning; a word that a program does not know is left for a newer
    /// version.
    enum JobKind {
        /// Gives the entries of one ledger their positions and signs checkpoints.
        Seal = "seal",
        /// Sends the waiting letters.
        DeliverMail = "deliver_mail",
        /// Writes the reminders that are due.
        Remind = "remind",
        /// Detects queues that nobody can work.
        Staffing = "staffing",
        /// Checks a ledger on request of an auditor.
        CheckLedger = "check_ledger",
        /// Recomputes the due dates that depend on a changed year of the calendar.
        RecomputeDueDates = "recompute_due_dates",
        /// Writes the letters that carry the newest checkpoint to auditors.
        Anchor = "anchor",
        /// Archives manuscripts that have been inactive long enough.
        Archive = "archive",
        /// Ends undo windows that have passed.
        CloseWindows = "close_windows",
        /// Carries out the effects of endorsements that can no longer be undone.
        Endorsements = "endorsements",
        /// Updates the counters of statistics.
        CountStatistics = "count_statistics",
        /// Removes data that is no longer needed.
        Housekeeping = "housekeeping",
        /// Writes a backup.
        Backup = "backup",
        /// Sends a message to the group chat of a role.
        CallWebhook = "call_webhook",
    }

    /// The state of a job.
    enum JobState {
        /// It runs at its time, and again after a failure.
        Waiting = "waiting",
        /// A node has taken it, until its lease expires.
        Running = "running",
        /// It has succeeded.
        Done = "done",
        /// It has failed finally: a person retries or discards it.
        Dead = "dead",
        /// A person discarded it.
        Discarded = "discarded",
    }

    /// The reason for a failure, as a code that can be translated; the details are stored separately.
    enum JobFault {
        /// It returned an error.
        Failed = "failed",
        /// It panicked.
        Panicked = "panicked",
        /// Its payload cannot be read.
        Unreadable = "unreadable",
        /// It took longer than its kind allows.
        TimedOut = "timed_out",
        /// Its node died, or lost its lease.
        Abandoned = "abandoned",
    }
}

impl JobKind {
    /// Returns whether it is periodic; then it is never given up automatically and cannot be discarded while it is open.
    #[must_use]
    pub const fn is_periodic(self) -> bool {
        !matches!(self, Self::CheckLedger | Self::RecomputeDueDates | Self::Backup | Self::CallWebhook)
    }
}

/// The parameters of a job, stored as JSON.
pub trait JobPayload: Serialize + DeserializeOwned {
    /// The kind that reads it.
    const KIND: JobKind;

    /// Returns a key that at most one open job of the kind has; `None` if any number may be open.
    fn unique_key(&self) -> Option<String>;
}

/// Payload of [`JobKind::CheckLedger`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckLedger {
    /// The row of `ledger_checks` that receives the result.
    pub check: AnyId,
    /// The ledger.
    pub channel: ChannelId,
}

impl JobPayload for CheckLedger {
    const KIND: JobKind = JobKind::CheckLedger;

    fn unique_key(&self) -> Option<String> {
        Some(self.channel.0.simple().to_string())
    }
}

/// Payload of [`JobKind::RecomputeDueDates`]: a year's previous and current arrangement in a channel's calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecomputeDueDates {
    /// The channel.
    pub channel: ChannelId,
    /// The previous arrangement; `None` if the year was not loaded.
    pub before: Option<YearFile>,
    /// The current arrangement.
    pub after: YearFile,
}

impl JobPayload for RecomputeDueDates {
    const KIND: JobKind = JobKind::RecomputeDueDates;

    fn unique_key(&self) -> Option<String> {
        None
    }
}

/// Payload of [`JobKind::Backup`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupPayload {
    /// The time of day at which it was due; `None` for one that an administrator requested.
    pub due: Option<Moment>,
}

impl JobPayload for BackupPayload {
    const KIND: JobKind = JobKind::Backup;

    fn unique_key(&self) -> Option<String> {
        Some(self.due.map_or_else(|| "asked".to_owned(), |due| due.to_string()))
    }
}

/// Payload of [`JobKind::CallWebhook`]: the act whose letters announce work to a role, and the webhook of that role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallWebhook {
    /// The channel.
    pub channel: ChannelId,
    /// The webhook.
    pub webhook: WebhookId,
    /// The act.
    pub entry: EntryId,
    /// The letter.
    pub letter: Letter,
    /// The subject of the letters: a manuscript or an assignment.
    pub subject: AnyId,
}

impl CallWebhook {
    /// Returns the id of the message, which is the same for each attempt, and different for any other message.
    #[must_use]
    pub fn message_id(&self) -> String {
        format!("{}_{}_{}_{}", self.entry.0.simple(), self.letter, self.subject.0.simple(), self.webhook.0.simple())
    }
}

impl JobPayload for CallWebhook {
    const KIND: JobKind = JobKind::CallWebhook;

    fn unique_key(&self) -> Option<String> {
        Some(self.message_id())
    }
}

/// Returns the last moment, not after `now`, at which clocks in `zone` showed this time of day.
#[must_use]
pub fn last_time_of_day(time: NaiveTime, zone: Tz, now: Moment) -> Moment {
    let today = now.utc().with_timezone(&zone).date_naive();
    // A day on which the clock skipped that time has no such moment.
    let moments = (0..3).filter_map(|days| {
        let day = today.checked_sub_days(Days::new(days))?;
        Some(Moment::from(zone.from_local_datetime(&day.and_time(time)).earliest()?.to_utc()))
    });
    moments.into_iter().find(|at| *at <= now).unwrap_or(now)
}

/// Payload of [`JobKind::Seal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealLedger {
    /// The ledger.
    pub ledger: ChannelId,
}

impl JobPayload for SealLedger {
    const KIND: JobKind = JobKind::Seal;

    fn unique_key(&self) -> Option<String> {
        Some(self.ledger.0.simple().to_string())
    }
}

/// The delays between attempts, and their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The delay after the first failure; each further one doubles it.
    pub first: Duration,
    /// The longest delay.
    pub most: Duration,
    /// The number of attempts after which it is dead; `None` for no limit.
    pub attempts: Option<i64>,
}

impl RetryPolicy {
    /// Returns the delay after the `attempts`-th attempt failed: between half of it and all of it, by `noise`, so that jobs that failed
    /// together are not repeated together. Returns `None` if the job is given up.
    #[must_use]
    pub fn wait(&self, attempts: i64, noise: u64) -> Option<Duration> {
        if self.attempts.is_some_and(|most| attempts >= most) {
            return None;
        }
        let doublings = u32::try_from(attempts.max(1) - 1).unwrap_or(u32::MAX).min(32);
        let millis = self.first.num_milliseconds().max(1).saturating_mul(1_i64 << doublings).min(self.most.num_milliseconds().max(1));
        let half = millis / 2;
        let part = i64::try_from(noise % u64::try_from(millis - half + 1).unwrap_or(1)).unwrap_or(0);
        Some(Duration::milliseconds(half + part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_scatter_below_it() {
        let policy = RetryPolicy { first: Duration::seconds(10), most: Duration::minutes(5), attempts: Some(8) };
        let noises = |n: i64| (0..=u64::try_from(policy.wait(n, 0).unwrap().num_milliseconds()).unwrap()).step_by(5);
        let longest_of = |n: i64| noises(n).map(|noise| policy.wait(n, noise).unwrap().num_seconds()).max().unwrap();
        let longest: Vec<i64> = (1..8).map(longest_of).collect();
        assert_eq!(longest, [10, 20, 40, 80, 160, 300, 300]);
        let shortest: Vec<i64> = (1..8).map(|n| policy.wait(n, 0).unwrap().num_seconds()).collect();
        assert_eq!(shortest, [5, 10, 20, 40, 80, 150, 150]);
        assert_eq!(policy.wait(8, 0), None);
        assert_eq!(RetryPolicy { attempts: None, ..policy }.wait(1_000_000, 0), Some(Duration::seconds(150)));
    }

    #[test]
    fn only_what_is_asked_for_is_not_periodic() {
        let once: Vec<&str> = JobKind::ALL.iter().filter(|kind| !kind.is_periodic()).map(|kind| kind.as_str()).collect();
        assert_eq!(once, ["check_ledger", "recompute_due_dates", "backup", "call_webhook"]);
    }

    #[test]
    fn the_last_time_of_day_is_today_or_yesterday_by_the_clock_of_the_zone() {
        let half_past_two = NaiveTime::from_hms_opt(2, 30, 0).unwrap();
        let last = |zone, now: &str| {
            let now: chrono::DateTime<chrono::Utc> = now.parse().unwrap();
            last_time_of_day(half_past_two, zone, now.into()).to_string()
        };
        let zone = chrono_tz::Asia::Shanghai;
        // 02:30 in Shanghai is 18:30 UTC of the day before.
        assert_eq!(last(zone, "2026-11-20T18:29:59Z"), "2026-11-19T18:30:00.000000Z");
        assert_eq!(last(zone, "2026-11-20T18:30:00Z"), "2026-11-20T18:30:00.000000Z");
        assert_eq!(last(zone, "2026-11-21T18:29:59Z"), "2026-11-20T18:30:00.000000Z");
        // On 8 March 2026 clocks in New York went from 02:00 to 03:00.
        assert_eq!(last(chrono_tz::America::New_York, "2026-03-08T20:00:00Z"), "2026-03-07T07:30:00.000000Z");
    }
}
