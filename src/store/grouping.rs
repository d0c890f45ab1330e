//! Acts that are run together: in one transaction, with their rows in one [`WriteBuffer`], and answered once it is on the disk.
//!
//! An act of a group is run by a function that can be called again. If anything but a refusal goes wrong, the group is rolled back, and
//! each of its acts is run once more in a transaction of its own, so that a fault affects only the act that has it. An act that is refused
//! after it has written something is such a fault: there are no savepoints, which cost SQLite a quarter of a commit.
//!
//! Two acts that name the same key (a manuscript, an `Idempotency-Key`) are never in one group, for the later one has to read what the
//! earlier one wrote.

use std::collections::{BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use diesel::connection::SimpleConnection;
use diesel::{Connection, connection::TransactionManager};

use crate::store::connection::AnyConn;
use crate::store::connection_threads::{ConnectionThreads, Task};
use crate::store::error::StoreError;
use crate::store::interleave::Interleave;
use crate::store::tasks::{self, ActResult, GroupedAct, Writing};
use crate::store::write_buffer::WriteBuffer;
use crate::store::{channels, decisions, ledger, letters, manuscripts, texts};

type Transactions = <AnyConn as Connection>::TransactionManager;

/// The outcome of a group within its transaction.
pub(crate) enum GroupResult {
    /// All of it is written; commit, then answer.
    Written(Vec<ActResult>),
    /// Something went wrong: roll back and run each act alone.
    RunAlone {
        /// The act with its own result, where there was only one.
        failed: Option<ActResult>,
        /// The acts that have to be run alone.
        acts: Vec<GroupedAct>,
    },
}

/// Runs acts within the open transaction. `reads_committed` says that nothing was written in it before.
pub(crate) fn run_group(conn: &mut AnyConn, mut acts: Vec<GroupedAct>, reads_committed: bool) -> GroupResult {
    let buffer = WriteBuffer::open(reads_committed);
    let mut results = Vec::with_capacity(acts.len());
    let mut failed = None;
    for act in &mut acts {
        let before = buffer.writes();
        let result = catch_unwind(AssertUnwindSafe(|| (act.run)(conn)));
        let is_whole = result.as_ref().is_ok_and(|done| done.is_ok || (buffer.writes() == before && is_usable(conn)));
        match result {
            Ok(result) if is_whole => results.push(result),
            result => {
                failed = Some(result.map_err(|_| StoreError::Panicked));
                break;
            }
        }
    }
    if let Some(result) = failed {
        // An error that ended the transaction of several acts, such as a deadlock, may not be the fault of this one. For a single act it
        // is.
        let only = if acts.len() == 1 { acts.pop() } else { None };
        return GroupResult::RunAlone { failed: only.map(|act| (act.give, result)), acts };
    }
    // A caller that got "the database does not answer" meanwhile must not find the act done.
    if !acts.iter().all(|act| act.give.is_wanted()) {
        return GroupResult::RunAlone { failed: None, acts };
    }
    match flush(buffer, conn) {
        Ok(()) => GroupResult::Written(acts.into_iter().map(|act| act.give).zip(results.into_iter().map(Ok)).collect()),
        Err(error) => {
            tracing::debug!(%error, acts = acts.len(), "a group of acts is run one by one");
            GroupResult::RunAlone { failed: None, acts }
        }
    }
}

/// Writes all rows of a buffer, in the order of their foreign keys.
fn flush(buffer: WriteBuffer, conn: &mut AnyConn) -> Result<(), StoreError> {
    let Some(buffer) = buffer.take() else { return Ok(()) };
    ledger::insert_many(conn, &buffer.entries)?;
    manuscripts::insert_many(conn, &buffer.manuscripts)?;
    manuscripts::save_many(conn, &buffer.changed)?;
    texts::insert_many(conn, &buffer.texts)?;
    texts::insert_authors(conn, &buffer.authors)?;
    letters::insert_many(conn, &buffer.letters)?;
    decisions::insert_many(conn, &buffer.decisions)?;
    ledger::set_heads(conn, &buffer.heads)?;
    for (channel, name, number) in buffer.drawn() {
        channels::set_counter(conn, channel, name, number)?;
    }
    Ok(())
}

/// Whether a transaction goes on after a refusal. PostgreSQL ends it with the first statement that fails.
fn is_usable(conn: &mut AnyConn) -> bool {
    match conn {
        AnyConn::Pg(conn) => conn.batch_execute("SELECT 1").is_ok(),
        AnyConn::Sqlite(_) => true,
    }
}

/// Takes acts for one group from the queue, in their order, at most `most`. Acts whose caller has gone are dropped; an act that shares a
/// key with one before it stays in the queue.
pub(crate) fn take_group(waiting: &mut VecDeque<GroupedAct>, most: usize) -> Vec<GroupedAct> {
    let (mut group, mut left, mut keys) = (Vec::new(), VecDeque::new(), BTreeSet::new());
    while let Some(act) = waiting.pop_front() {
        let fits = act.keys.iter().all(|key| !keys.contains(key));
        keys.extend(act.keys.iter().copied());
        if !act.give.is_wanted() {
            continue;
        }
        if fits && group.len() < most {
            group.push(act);
        } else {
            left.push_back(act);
        }
        if group.len() >= most {
            break;
        }
    }
    left.append(waiting);
    *waiting = left;
    // Groups that run at the same moment lock in one order, the counters of new manuscripts first.
    group.sort_by(|one, other| one.keys.cmp(&other.keys));
    group
}

/// Acts on PostgreSQL that wait for a writing thread. Acts that come while a group is running form the next group.
#[derive(Clone)]
pub(crate) struct GroupQueue {
    waiting: Arc<Mutex<GroupState>>,
    threads: Arc<ConnectionThreads>,
    most: usize,
    /// Acts that may wait.
    queue: usize,
    interleave: Interleave,
}

#[derive(Default)]
struct GroupState {
    acts: VecDeque<GroupedAct>,
    /// Tasks that have been sent to the threads and have not ended.
    at_work: usize,
}

/// Groups that may run at the same moment. The second one reads while the first one waits for its commit.
const AT_ONCE: usize = 2;

impl GroupQueue {
    pub(crate) fn new(threads: Arc<ConnectionThreads>, most: usize, queue: usize, interleave: Interleave) -> Self {
        Self { waiting: Arc::default(), threads, most: most.max(1), queue: queue.max(1), interleave }
    }

    fn lock(&self) -> MutexGuard<'_, GroupState> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an act into the queue.
    ///
    /// # Errors
    /// As [`ConnectionThreads::send`].
    pub(crate) fn send(&self, act: GroupedAct) -> Result<(), StoreError> {
        // The lock is held until the threads have the task, so that the act that is taken back is this one.
        let mut state = self.lock();
        if state.acts.len() >= self.queue {
            return Err(StoreError::Busy);
        }
        state.acts.push_back(act);
        if state.at_work < AT_ONCE {
            match self.work() {
                Ok(()) => state.at_work += 1,
                Err(error) if state.at_work == 0 => {
                    state.acts.pop_back();
                    return Err(error);
                }
                // The task that is at work sees to it.
                Err(_) => {}
            }
        }
        Ok(())
    }

    fn work(&self) -> Result<(), StoreError> {
        self.threads.send(Box::new(GroupTask { queue: self.clone() }))
    }

    /// Runs an act in a transaction of its own, in parallel with others.
    fn run_alone(&self, act: GroupedAct) {
        let GroupedAct { mut run, give, .. } = act;
        let task = Writing { write: Box::new(move |conn| run(conn)), give };
        if let Err((task, error)) = self.threads.send_back(Box::new(task)) {
            task.run(Err(error));
        }
    }

    /// Called after a task: sends another one for the acts that have come meanwhile. If the threads accept none, the waiting callers get
    /// the error.
    fn go_on(&self) {
        let mut state = self.lock();
        if state.acts.is_empty() {
            state.at_work -= 1;
            return;
        }
        drop(state);
        if let Err(error) = self.work() {
            let mut state = self.lock();
            state.at_work -= 1;
            let left = if state.at_work == 0 { std::mem::take(&mut state.acts) } else { VecDeque::new() };
            drop(state);
            left.into_iter().for_each(|act| act.give.send(Err(error.again())));
        }
    }
}

/// Runs the waiting acts as one group, on a writing thread.
struct GroupTask {
    queue: GroupQueue,
}

impl Task for GroupTask {
    fn is_wanted(&self) -> bool {
        true
    }

    fn run(self: Box<Self>, conn: Result<&mut AnyConn, StoreError>) {
        let _at_work = AtWork(&self.queue);
        let acts = take_group(&mut self.queue.lock().acts, self.queue.most);
        match conn {
            Ok(conn) => {
                let is_watched = self.queue.interleave.watch(conn);
                let alone = commit_group(conn, acts);
                if is_watched {
                    Interleave::leave(conn);
                }
                alone.into_iter().for_each(|act| self.queue.run_alone(act));
            }
            Err(error) => acts.into_iter().for_each(|act| act.give.send(Err(error.again()))),
        }
    }
}

/// Continues with the acts that have come meanwhile when a task ends, also by a panic.
struct AtWork<'q>(&'q GroupQueue);

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.0.go_on();
    }
}

/// Runs a group in the open transaction, and ends it. Returns the acts that have to be run alone.
fn commit_group(conn: &mut AnyConn, acts: Vec<GroupedAct>) -> Vec<GroupedAct> {
    match run_group(conn, acts, true) {
        GroupResult::Written(results) => {
            let committed = Transactions::commit_transaction(conn).map_err(StoreError::from);
            tasks::answer_all(results, &committed);
            Vec::new()
        }
        GroupResult::RunAlone { failed, acts } => {
            if let Err(error) = Transactions::rollback_transaction(conn) {
                tracing::debug!(%error, "a group could not be rolled back; its connection is closed");
            }
            tasks::answer_all(failed.into_iter().collect(), &Ok(()));
            acts
        }
    }
}
