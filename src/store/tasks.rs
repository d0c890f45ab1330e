//! Readings and writings as tasks of the connection threads, and the channels through which their callers get the results.
//!
//! There are hundreds of kinds of results. They are boxed here, so that all that follows is compiled once, not once for each kind.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use diesel::Connection;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::store::connection::AnyConn;
use crate::store::connection_threads::Task;
use crate::store::error::StoreError;
use crate::store::migrate;

type Transactions = <AnyConn as Connection>::TransactionManager;

/// The work on a connection.
pub(crate) type DatabaseTask = Box<dyn FnOnce(&mut AnyConn) -> TaskResult + Send>;

/// The result of the work.
pub(crate) struct TaskResult {
    pub(crate) is_ok: bool,
    /// The `Result<T, E>` of the closure.
    pub(crate) result: Box<dyn Any + Send>,
}

/// The reply to the caller: the closure's boxed result, or the error for which there is none.
pub(crate) type TaskReply = Result<Box<dyn Any + Send>, StoreError>;

/// Sends the caller the result of its act after the commit, or the error of the whole batch.
pub(crate) type CompletionSender = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// An act: runs, and returns whether its changes are to be committed, with the sender of its result. Without a transaction it answers with
/// the error at once.
pub(crate) type SingleAct = Box<dyn FnOnce(Result<&mut AnyConn, StoreError>) -> (bool, CompletionSender) + Send>;

/// Runs an act; may be called once more after its changes were rolled back.
pub(crate) type RepeatableTask = Box<dyn FnMut(&mut AnyConn) -> TaskResult + Send>;

/// An act that may be run together with others.
pub(crate) struct GroupedAct {
    pub(crate) run: RepeatableTask,
    pub(crate) give: Give,
    /// The ids of what it reads and changes.
    pub(crate) keys: Vec<Uuid>,
}

/// The result of an act, to be sent once the transaction has ended.
pub(crate) type ActResult = (Give, Result<TaskResult, StoreError>);

/// Boxes a closure and its result.
pub(crate) fn work<T, E>(f: impl FnOnce(&mut AnyConn) -> Result<T, E> + Send + 'static) -> DatabaseTask
where
    T: Send + 'static,
    E: Send + 'static,
{
    Box::new(move |conn| {
        let result = f(conn);
        TaskResult { is_ok: result.is_ok(), result: Box::new(result) }
    })
}

/// The same for a closure that can be called again.
pub(crate) fn repeatable<T, E>(mut f: impl FnMut(&mut AnyConn) -> Result<T, E> + Send + 'static) -> RepeatableTask
where
    T: Send + 'static,
    E: Send + 'static,
{
    Box::new(move |conn| {
        let result = f(conn);
        TaskResult { is_ok: result.is_ok(), result: Box::new(result) }
    })
}

/// Sends each caller of a transaction the result of its own act, or the error of the commit.
pub(crate) fn answer_all(results: Vec<ActResult>, committed: &Result<(), StoreError>) {
    for (give, result) in results {
        give.send(match committed {
            Err(error) if result.as_ref().is_ok_and(|result| result.is_ok) => Err(error.again()),
            _ => result.map(|result| result.result),
        });
    }
}

/// The result within a reply to the [`work`] of a closure with these types.
pub(crate) fn unboxed<T, E>(reply: TaskReply) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    match reply.map(<Box<dyn Any + Send>>::downcast::<Result<T, E>>) {
        Ok(Ok(result)) => *result,
        Ok(Err(_)) => Err(E::from(StoreError::Panicked)),
        Err(error) => Err(E::from(error)),
    }
}

/// The channel back to the caller: a request, whose client may have gone, or a thread.
pub(crate) enum Give {
    /// A request.
    Request(oneshot::Sender<TaskReply>),
    /// A thread, which waits without limit.
    Thread(std::sync::mpsc::SyncSender<TaskReply>),
}

impl Give {
    pub(crate) fn is_wanted(&self) -> bool {
        match self {
            Self::Request(sender) => !sender.is_closed(),
            Self::Thread(_) => true,
        }
    }

    pub(crate) fn send(self, reply: TaskReply) {
        match self {
            Self::Request(sender) => drop(sender.send(reply)),
            Self::Thread(sender) => drop(sender.send(reply)),
        }
    }
}

/// A reading, within a transaction that changes nothing.
pub(crate) struct ReadTask {
    pub(crate) read: DatabaseTask,
    pub(crate) give: Give,
}

impl Task for ReadTask {
    fn is_wanted(&self) -> bool {
        self.give.is_wanted()
    }

    /// A panic drops the sender, so that the caller gets an error, and the thread drops its connection.
    fn run(self: Box<Self>, conn: Result<&mut AnyConn, StoreError>) {
        match conn {
            Ok(conn) => {
                let done = (self.read)(conn);
                self.give.send(Ok(done.result));
                end_reading(conn);
            }
            Err(error) => self.give.send(Err(error)),
        }
    }
}

/// Ends a reading after its result was sent, so that the caller does not wait for the end. If that fails, the connection stays within the
/// transaction and is dropped as broken.
pub(crate) fn end_reading(conn: &mut AnyConn) {
    if let Err(error) = Transactions::rollback_transaction(conn) {
        tracing::debug!(%error, "a reading could not be ended");
    }
}

/// A writing on PostgreSQL, in a transaction of its own.
pub(crate) struct Writing {
    pub(crate) write: DatabaseTask,
    pub(crate) give: Give,
}

impl Task for Writing {
    fn is_wanted(&self) -> bool {
        self.give.is_wanted()
    }

    fn run(self: Box<Self>, conn: Result<&mut AnyConn, StoreError>) {
        let conn = match conn {
            Ok(conn) => conn,
            Err(error) => return self.give.send(Err(error)),
        };
        let mut done = run(self.write, conn);
        // A caller that got "the database does not answer" meanwhile must not find the act done.
        if done.as_ref().is_ok_and(|done| done.is_ok) && self.give.is_wanted() {
            if let Err(error) = Transactions::commit_transaction(conn) {
                done = Err(StoreError::from(error));
            }
        } else if let Err(error) = Transactions::rollback_transaction(conn) {
            tracing::debug!(%error, "a writing could not be rolled back; its connection is closed");
        }
        self.give.send(done.map(|done| done.result));
    }
}

/// Makes an act of SQLite's writer: a panic becomes an error, the result waits for the commit.
pub(crate) fn act(write: DatabaseTask, give: Give) -> SingleAct {
    Box::new(move |conn| {
        let nothing = || (false, Box::new(drop) as CompletionSender);
        if !give.is_wanted() {
            return nothing();
        }
        let conn = match conn {
            Ok(conn) => conn,
            Err(error) => {
                give.send(Err(error));
                return nothing();
            }
        };
        let done = run(write, conn);
        let is_ok = done.as_ref().is_ok_and(|done| done.is_ok);
        let stands = is_ok && give.is_wanted();
        let answer: CompletionSender = Box::new(move |committed| {
            give.send(match committed {
                Err(error) if is_ok => Err(error),
                _ => done.map(|done| done.result),
            });
        });
        (stands, answer)
    })
}

/// The same of an act that was to be run with others.
pub(crate) fn alone(act: GroupedAct) -> SingleAct {
    let GroupedAct { mut run, give, .. } = act;
    self::act(Box::new(move |conn| run(conn)), give)
}

fn run(work: DatabaseTask, conn: &mut AnyConn) -> Result<TaskResult, StoreError> {
    catch_unwind(AssertUnwindSafe(|| work(conn))).map_err(|_| StoreError::Panicked)
}

/// Begins a transaction that writes, unless a newer program has changed the schema meanwhile.
pub(crate) fn begin_writing(conn: &mut AnyConn) -> Result<(), StoreError> {
    let AnyConn::Pg(pg) = conn else { return Ok(()) };
    let Err(error) = AnsiTransactionManager::begin_transaction_sql(pg, migrate::begin_known_schema()) else { return Ok(()) };
    // diesel counts no transaction, so it does not end this one. Where the line is cut, this fails too.
    if pg.batch_execute("ROLLBACK").is_ok()
        && let Some(found) = migrate::newer_version(conn)?
    {
        return Err(StoreError::NewerSchema { found, known: migrate::newest() });
    }
    Err(error.into())
}
