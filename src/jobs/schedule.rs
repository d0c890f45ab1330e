//! Writes the missing rows of periodic and daily work, corrects rows that a wrong clock has postponed, and renews the leases of running
//! jobs.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use crate::app::{AppError, calendars};
use crate::domain::calendar::YearFile;
use crate::domain::clock::Moment;
use crate::domain::deadline::ChannelLimits;
use crate::domain::ids::JobId;
use crate::domain::job::{BackupPayload, JobKind, last_time_of_day};
use crate::jobs::kinds::{JobKindRow, Schedule};
use crate::jobs::runner::Runner;
use crate::store::StoreError;
use crate::store::jobs::queue;
use crate::store::jobs::{self, NewJob};

/// The largest difference of two clocks.
const APART_SECONDS: i64 = 60;

/// The id of the job of a kind for a time of day: a UUIDv7 of that time whose other bits follow from both.
fn daily_id(kind: &str, due: Moment) -> Uuid {
    let digest = Sha256::digest(format!("{kind} {due}"));
    let mut bits = [0; 10];
    bits.copy_from_slice(&digest[..10]);
    Builder::from_unix_timestamp_millis(u64::try_from(due.micros() / 1000).unwrap_or(0), &bits).into_uuid()
}

impl Runner {
    /// Writes the missing rows of periodic work: at the first start, for a new channel, and where a row was given up because it could not
    /// be read. Makes jobs due that a clock that was ahead has postponed.
    ///
    /// # Errors
    /// The store's.
    pub fn schedule(&self) -> Result<(), AppError> {
        let words: Vec<&str> = self.kinds.iter().filter(|kind| kind.kind.is_periodic()).map(|kind| kind.kind.as_str()).collect();
        let settings = &self.context.app.settings;
        let (missing, late) = self.context.app.read_now(|tx| {
            let open = queue::open_keys(tx.conn, &words)?;
            let there: BTreeSet<(&str, &str)> = open.iter().filter_map(|(kind, key)| Some((kind.as_str(), key.as_deref()?))).collect();
            let mut missing = Vec::new();
            for kind in self.kinds.iter().filter(|kind| kind.kind.is_periodic()) {
                let wanted = match kind.schedule {
                    Schedule::OnDemand | Schedule::Daily { .. } => Vec::new(),
                    Schedule::Every(_) => vec![(String::new(), "{}".to_owned())],
                    Schedule::WhenNeeded { rows, .. } => rows(settings, tx.conn)?,
                };
                let absent = |(key, _): &(String, String)| !there.contains(&(kind.kind.as_str(), key.as_str()));
                missing.extend(wanted.into_iter().filter(absent).map(|(key, payload)| (kind.kind, key, payload)));
            }
            let mut late = false;
            for kind in self.kinds {
                late |= queue::is_put_off(tx.conn, kind.kind, tx.now, self.longest_wait(kind))?;
            }
            Ok((missing, late))
        })?;
        if !missing.is_empty() {
            self.write_missing(missing)?;
        }
        if late {
            self.recover()?;
        }
        self.schedule_daily()?;
        self.take_up_calendars()
    }

    /// Takes over the calendar years of a new version of the program, once after the start of a node.
    fn take_up_calendars(&self) -> Result<(), AppError> {
        if self.has_calendars.load(Ordering::Relaxed) {
            return Ok(());
        }
        let (app, program) = (&self.context.app, env!("CARGO_PKG_VERSION"));
        let years = YearFile::shipped().map_err(|error| StoreError::unreadable("calendar", &error))?;
        if app.read_now(|tx| calendars::is_shipped_unknown(tx, &years, program))? {
            let taken = app.write_now("calendar", move |tx| calendars::take_up_shipped(tx, &years, program))?;
            tracing::info!(years = taken, "the program knows more of the calendar than before; due dates are counted again");
        }
        self.has_calendars.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Writes the row of each daily job whose time has come, unless there is one, whichever node wrote it and whatever its state. After an
    /// outage only the last missed time is made up for.
    fn schedule_daily(&self) -> Result<(), AppError> {
        let app = &self.context.app;
        let zone = ChannelLimits::default().time_zone;
        for kind in self.kinds {
            let Schedule::Daily { at, can } = kind.schedule else { continue };
            let Some(time) = at(&app.settings).filter(|_| can(&app.settings)) else { continue };
            let due = last_time_of_day(time, zone, app.clock.now());
            let (word, job, now) = (kind.kind.as_str(), BackupPayload { due: Some(due) }, app.clock.now());
            // The id is the same on all nodes, so that of two nodes that do this at the same time only one writes the row.
            let id = JobId(daily_id(word, due));
            if app.db.read_now(move |conn| queue::is_there(conn, id))? {
                continue;
            }
            if app.db.write_now(move |conn| jobs::enqueue(conn, &NewJob::new(id, &job, None, now)?))? {
                tracing::info!(job = word, %due, "enqueued");
            }
        }
        Ok(())
    }

    fn write_missing(&self, missing: Vec<(JobKind, String, String)>) -> Result<(), AppError> {
        let clock = self.context.app.clock.clone();
        self.context.app.db.write_now(move |conn| {
            for (kind, key, payload) in missing {
                jobs::enqueue(conn, &NewJob::periodic(clock.id(), kind.as_str(), key, payload, clock.now()))?;
            }
            Ok::<_, StoreError>(())
        })?;
        Ok(())
    }

    fn recover(&self) -> Result<(), AppError> {
        let now = self.context.app.clock.now();
        let waits: Vec<_> = self.kinds.iter().map(|kind| (kind.kind, self.longest_wait(kind))).collect();
        let recovered = self.context.app.db.write_now(move |conn| {
            let mut recovered = 0;
            for (kind, longest) in waits {
                recovered += queue::recover(conn, kind, now, longest)?;
            }
            Ok::<_, StoreError>(recovered)
        })?;
        tracing::warn!(recovered, "jobs had been put off by a clock that ran ahead; they run now");
        Ok(())
    }

    /// The longest that periodic work, or a job that failed, ever waits.
    fn longest_wait(&self, kind: &JobKindRow) -> chrono::Duration {
        let settings = &self.context.app.settings;
        let seconds = match kind.schedule {
            Schedule::Every(seconds) => i64::try_from(seconds(settings)).unwrap_or(i64::MAX / 1_000_000),
            Schedule::OnDemand | Schedule::Daily { .. } | Schedule::WhenNeeded { .. } => 0,
        };
        chrono::Duration::seconds(seconds.min(i64::MAX / 1_000_000)).max((kind.retry)(settings).most)
            + chrono::Duration::seconds(APART_SECONDS)
    }

    /// Renews the leases of the jobs that run here and still may. A job that another node has claimed is marked as lost.
    pub fn renew(&self) {
        let held: Vec<_> = self.held().iter().map(|(id, held)| (*id, std::sync::Arc::clone(held))).collect();
        for (id, held) in held {
            let now = self.context.app.clock.now();
            // Less than a third of the lease has passed: a job that ends soon needs no renewal.
            let is_fresh = now.micros() + (held.lease * 2 / 3).num_microseconds().unwrap_or(0) < held.until.load(Ordering::Relaxed);
            if is_fresh || now > held.deadline || held.is_lost.load(Ordering::Relaxed) {
                continue;
            }
            let (holder, until) = (held.holder.clone(), now + held.lease);
            match self.context.app.db.write_now(move |conn| queue::renew(conn, id, &holder, until)) {
                Ok(true) => held.until.store(until.micros(), Ordering::Relaxed),
                // The job may have ended at this moment; then the mark has no effect.
                Ok(false) => held.is_lost.store(true, Ordering::Relaxed),
                Err(error) => tracing::warn!(job = %id, %error, "the lease of a job could not be renewed"),
            }
        }
    }
}
