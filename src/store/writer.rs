//! The SQLite writer: one thread, one connection, group commit. Each act runs in a SAVEPOINT of its own inside one
//! `BEGIN IMMEDIATE … COMMIT`, acts that can be grouped share one, and all are answered only after the commit is on the disk.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use diesel::connection::SimpleConnection;
use diesel::query_dsl::RunQueryDsl;
use uuid::Uuid;

use crate::store::connection::{AnyConn, PreparedSql};
use crate::store::error::StoreError;
use crate::store::grouping::{self, GroupResult};
use crate::store::migrate;
use crate::store::opener::Opener;
use crate::store::tasks::{self, CompletionSender, GroupedAct, SingleAct};
use crate::store::wal::{self, end_if_the_disk_failed};
use crate::telemetry::outage;

/// A job of the writer.
pub(crate) enum WriteJob {
    /// Runs in a savepoint of its own.
    Single(SingleAct),
    /// Shares its savepoint with the acts of its kind that wait behind it.
    Grouped(GroupedAct),
}

impl WriteJob {
    /// Answers why it was not run.
    fn refuse(self, error: &StoreError) {
        match self {
            Self::Single(act) => drop(act(Err(error.again()))),
            Self::Grouped(act) => act.give.send(Err(error.again())),
        }
    }
}

/// The sending end of the writer's queue. The thread finishes the queue and ends when the last sender is dropped.
#[derive(Clone)]
pub(crate) struct Writer {
    queue: SyncSender<WriteJob>,
}

impl Writer {
    /// Starts the thread and its companion for checkpoints.
    ///
    /// # Errors
    /// When the database can't be opened.
    pub(crate) fn start(opener: Opener, batch: usize, queue: usize) -> Result<Self, StoreError> {
        let mut conn = connect(&opener)?;
        let (sender, receiver) = sync_channel::<WriteJob>(queue.max(1));
        let (stop, stopped) = sync_channel::<()>(0);
        let (checkpoints, long) = (opener.clone(), Arc::new(AtomicBool::new(false)));
        let is_long = Arc::clone(&long);
        spawn("checkpoints", move || wal::keep_short(&checkpoints, &is_long, &stopped))?;
        spawn("writer", move || {
            let _stop_with_me = stop;
            while let Ok(first) = receiver.recv() {
                if long.swap(false, Ordering::AcqRel) {
                    wal::begin_anew(&mut conn);
                }
                if run_batch(&mut conn, first, &receiver, batch.max(1)).is_err() {
                    reconnect(&mut conn, &opener);
                }
            }
        })?;
        Ok(Self { queue: sender })
    }

    /// Puts an act into the queue.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when the queue is full or the writer has ended.
    pub(crate) fn send(&self, act: WriteJob) -> Result<(), StoreError> {
        self.queue.try_send(act).map_err(|error| match error {
            TrySendError::Full(_) | TrySendError::Disconnected(_) => StoreError::Busy,
        })
    }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(body);
    thread.map(drop).map_err(|error| StoreError::Database(error.to_string()))
}

fn connect(opener: &Opener) -> Result<AnyConn, StoreError> {
    let mut conn = opener.open().map_err(|error| StoreError::Away(error.to_string()))?;
    // Checkpoints have a thread of their own, so that no commit waits for one.
    conn.batch_execute("PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-32000;")?;
    Ok(conn)
}

fn reconnect(conn: &mut AnyConn, opener: &Opener) {
    match connect(opener) {
        Ok(fresh) => *conn = fresh,
        Err(error) => outage::refused("writing", &format_args!("the database can't be opened: {error}")),
    }
}

/// Runs the waiting acts, at most `most`, in one transaction, and answers all of them.
fn run_batch(conn: &mut AnyConn, first: WriteJob, receiver: &Receiver<WriteJob>, most: usize) -> Result<(), StoreError> {
    if let Err(error) = begin(conn) {
        outage::refused("writing", &error);
        // Each waiting act would wait as long again, one after the other, so they are refused too. Acts that come later may find the lock
        // free.
        let waiting: Vec<WriteJob> = std::iter::once(first).chain(receiver.try_iter().take(most)).collect();
        waiting.into_iter().for_each(|act| act.refuse(&error));
        return Err(error);
    }
    let mut answers = Vec::new();
    let result = commit_together(conn, first, receiver, most, &mut answers);
    if let Err(error) = &result {
        outage::refused("writing", &format_args!("{} acts were rolled back: {error}", answers.len()));
    }
    for answer in answers {
        answer(result.as_ref().map(drop).map_err(StoreError::again));
    }
    result
}

/// Begins a transaction, unless a newer program has changed the schema meanwhile.
fn begin(conn: &mut AnyConn) -> Result<(), StoreError> {
    say(conn, "BEGIN IMMEDIATE")?;
    match migrate::newer_version(conn)? {
        Some(found) => Err(StoreError::NewerSchema { found, known: migrate::newest() }),
        None => Ok(()),
    }
}

fn commit_together(
    conn: &mut AnyConn,
    first: WriteJob,
    receiver: &Receiver<WriteJob>,
    most: usize,
    answers: &mut Vec<CompletionSender>,
) -> Result<(), StoreError> {
    let mut jobs = Jobs { ahead: VecDeque::from([first]), receiver, left: most };
    let done = run_jobs(conn, &mut jobs, answers).and_then(|()| say(conn, "COMMIT"));
    done.inspect_err(|error| jobs.ahead.drain(..).for_each(|job| job.refuse(error)))
}

fn run_jobs(conn: &mut AnyConn, jobs: &mut Jobs<'_>, answers: &mut Vec<CompletionSender>) -> Result<(), StoreError> {
    let mut is_clean = true;
    while let Some(job) = jobs.next() {
        match job {
            WriteJob::Single(act) => run_single(conn, act, answers)?,
            WriteJob::Grouped(act) => {
                let group = jobs.group(act);
                run_grouped(conn, group, is_clean, answers)?;
            }
        }
        is_clean = false;
    }
    Ok(())
}

/// The jobs of this transaction.
struct Jobs<'r> {
    /// Taken from the queue, and not run yet.
    ahead: VecDeque<WriteJob>,
    receiver: &'r Receiver<WriteJob>,
    left: usize,
}

impl Jobs<'_> {
    fn next(&mut self) -> Option<WriteJob> {
        let job = match self.ahead.pop_front() {
            Some(job) => Some(job),
            None if self.left == 0 => None,
            None => self.receiver.try_recv().ok(),
        };
        self.left = self.left.saturating_sub(usize::from(job.is_some()));
        job
    }

    /// The acts that can run together with this one: those behind it in the queue, up to the first that can't.
    fn group(&mut self, first: GroupedAct) -> Vec<GroupedAct> {
        let mut keys: BTreeSet<Uuid> = first.keys.iter().copied().collect();
        let mut group = vec![first];
        while let Some(job) = self.next() {
            match job {
                WriteJob::Grouped(act) if act.keys.iter().all(|key| !keys.contains(key)) => {
                    keys.extend(act.keys.iter().copied());
                    group.push(act);
                }
                other => {
                    self.ahead.push_front(other);
                    self.left += 1;
                    break;
                }
            }
        }
        group
    }
}

fn run_single(conn: &mut AnyConn, act: SingleAct, answers: &mut Vec<CompletionSender>) -> Result<(), StoreError> {
    if let Err(error) = say(conn, "SAVEPOINT act") {
        drop(act(Err(error.again())));
        return Err(error);
    }
    let (stands, answer) = act(Ok(conn));
    // Pushed before the savepoint ends: if that fails, its caller gets the error like the others.
    answers.push(answer);
    if !stands {
        say(conn, "ROLLBACK TO act")?;
    }
    say(conn, "RELEASE act")
}

/// Runs acts in one savepoint, and where that fails each in one of its own.
fn run_grouped(conn: &mut AnyConn, acts: Vec<GroupedAct>, is_clean: bool, answers: &mut Vec<CompletionSender>) -> Result<(), StoreError> {
    let acts: Vec<GroupedAct> = acts.into_iter().filter(|act| act.give.is_wanted()).collect();
    if let Err(error) = say(conn, "SAVEPOINT act") {
        acts.into_iter().for_each(|act| act.give.send(Err(error.again())));
        return Err(error);
    }
    match grouping::run_group(conn, acts, is_clean) {
        GroupResult::Written(results) => {
            answers.push(Box::new(move |committed| tasks::answer_all(results, &committed)));
            say(conn, "RELEASE act")
        }
        GroupResult::RunAlone { failed, acts } => {
            tasks::answer_all(failed.into_iter().collect(), &Ok(()));
            let mut alone: VecDeque<SingleAct> = acts.into_iter().map(tasks::alone).collect();
            let rolled_back = say(conn, "ROLLBACK TO act").and_then(|()| say(conn, "RELEASE act"));
            let done = rolled_back.and_then(|()| alone.drain(..).try_for_each(|act| run_single(conn, act, answers)));
            done.inspect_err(|error| alone.drain(..).for_each(|act| drop(act(Err(error.again())))))
        }
    }
}

/// Executes a constant statement through the prepared-statement cache.
fn say(conn: &mut AnyConn, words: &'static str) -> Result<(), StoreError> {
    match PreparedSql(diesel::sql_query(words)).execute(conn) {
        Ok(_) => Ok(()),
        Err(error) => {
            end_if_the_disk_failed(&error);
            Err(error.into())
        }
    }
}
