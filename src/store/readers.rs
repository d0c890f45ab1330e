//! The readers: a few threads, each with a connection of its own and its statements prepared. A reading waits in one queue for the next
//! free one, so that no more of them run at once than there are connections, and none fights for a lock on them.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::r2d2::R2D2Connection;

use crate::store::connection::{AnyConn, Opener};
use crate::store::error::StoreError;

/// After this time without a reading a connection over a line is asked whether it still stands.
const STILL: Duration = Duration::from_millis(500);

/// A reading. It gets a connection, or the reason why there is none.
pub(crate) type Reading = Box<dyn FnOnce(Result<&mut AnyConn, StoreError>) + Send>;

/// The door to the threads; they end when the last door is dropped.
pub(crate) struct Readers {
    queue: Arc<Queue>,
    most: usize,
}

#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    bell: Condvar,
}

#[derive(Default)]
struct Waiting {
    readings: VecDeque<Reading>,
    closed: bool,
}

impl Readers {
    /// Starts the threads; each opens its connection at its first reading.
    ///
    /// # Errors
    /// When the system gives no more threads.
    pub(crate) fn start(opener: &Opener, threads: u32, most: usize) -> Result<Self, StoreError> {
        let readers = Self { queue: Arc::default(), most };
        for number in 0..threads.max(1) {
            let (queue, opener) = (Arc::clone(&readers.queue), opener.clone());
            let thread = std::thread::Builder::new().name(format!("reader-{number}"));
            thread.spawn(move || read(&queue, &opener)).map_err(|error| StoreError::Database(error.to_string()))?;
        }
        Ok(readers)
    }

    /// Puts a reading into the queue.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when too many wait.
    pub(crate) fn send(&self, reading: Reading) -> Result<(), StoreError> {
        let mut waiting = self.queue.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.readings.len() >= self.most {
            return Err(StoreError::Busy);
        }
        waiting.readings.push_back(reading);
        drop(waiting);
        self.queue.bell.notify_one();
        Ok(())
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.queue.waiting.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.queue.bell.notify_all();
    }
}

impl Queue {
    /// The next reading; none when the doors are closed and nothing waits any more.
    fn next(&self) -> Option<Reading> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(reading) = waiting.readings.pop_front() {
                return Some(reading);
            }
            if waiting.closed {
                return None;
            }
            waiting = self.bell.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn read(queue: &Queue, opener: &Opener) {
    let mut kept: Option<(AnyConn, Instant)> = None;
    while let Some(reading) = queue.next() {
        let conn = match kept.take().and_then(still_good) {
            Some(conn) => Ok(conn),
            None => opener.open().map_err(|error| StoreError::Away(error.to_string())),
        };
        match conn {
            Ok(mut conn) => {
                // After a panic, or when the line is cut, the connection is not to be trusted: the next reading opens another one.
                let whole = catch_unwind(AssertUnwindSafe(|| reading(Ok(&mut conn)))).is_ok();
                kept = (whole && !conn.is_broken()).then(|| (conn, Instant::now()));
            }
            Err(error) => reading(Err(error)),
        }
    }
}

/// A connection that lay still for a while is asked first: the server may have cut it, by a restart for example, and a reading can't be
/// begun twice.
fn still_good((mut conn, used): (AnyConn, Instant)) -> Option<AnyConn> {
    let sure = !conn.is_shared() || used.elapsed() < STILL;
    (sure || conn.ping().is_ok()).then_some(conn)
}
