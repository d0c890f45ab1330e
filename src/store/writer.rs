//! The SQLite writer: one thread, one connection, group commit. Each act runs in a SAVEPOINT of its own inside one
//! `BEGIN IMMEDIATE … COMMIT`, and is answered only after the commit is on the disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use diesel::connection::SimpleConnection;
use diesel::query_dsl::RunQueryDsl;

use crate::store::connection::{AnyConn, Opener, PreparedSql};
use crate::store::error::{Condition, StoreError, condition};
use crate::store::{migrate, wal};
use crate::telemetry::outage;

/// Tells the caller how it ended, once that is certain: with its own result, or with the error of the whole batch.
pub(crate) type CompletionSender = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
/// An act: runs, says whether its changes shall stand, and leaves its answer. Without a transaction to run in it answers why at once.
pub(crate) type WriteJob = Box<dyn FnOnce(Result<&mut AnyConn, StoreError>) -> (bool, CompletionSender) + Send>;

/// The door to the writer thread; the thread ends, having done what waits, when the last door is dropped.
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

/// Runs what waits, at most `most` acts, in one transaction, and answers all of them.
fn run_batch(conn: &mut AnyConn, first: WriteJob, receiver: &Receiver<WriteJob>, most: usize) -> Result<(), StoreError> {
    if let Err(error) = begin(conn) {
        outage::refused("writing", &error);
        // What waits would wait as long again, one act after the other. What comes once the first has its answer may find the lock free.
        let waiting: Vec<WriteJob> = std::iter::once(first).chain(receiver.try_iter().take(most)).collect();
        for act in waiting {
            drop(act(Err(error.again())));
        }
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
        Some(found) => Err(StoreError::NewerSchema { found }),
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
    let mut act = Some(first);
    while let Some(one) = act {
        if let Err(error) = say(conn, "SAVEPOINT act") {
            drop(one(Err(error.again())));
            return Err(error);
        }
        let (stands, answer) = one(Ok(conn));
        // Kept before the savepoint ends: if that fails, its caller hears of it with the others.
        answers.push(answer);
        if !stands {
            say(conn, "ROLLBACK TO act")?;
        }
        say(conn, "RELEASE act")?;
        act = if answers.len() < most { receiver.try_recv().ok() } else { None };
    }
    say(conn, "COMMIT")
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

/// What the disk holds is not known after a failed fsync; SQLite recovers at the next start, and only then.
pub(crate) fn end_if_the_disk_failed(error: &diesel::result::Error) {
    if condition(error) == Some(Condition::DiskFailed) {
        tracing::error!(%error, "ending: the disk failed");
        std::process::exit(70);
    }
}
