//! The queue of the threads that hash passwords. Its length is bounded, and so is the memory of the work: as many hashes as there are
//! threads. Under a flood, requests that are most likely human are served first: devices that have signed in before, then those with the
//! fewest waiting attempts from the same address, the newest first. A displaced request fails at once, and can be repeated.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::store::StoreError;

/// The largest number of waiting tasks. With two threads and 25 ms each, the last one waits less than a second.
const WAITING: usize = 64;

/// A task.
type PasswordWork = Box<dyn FnOnce() + Send>;

/// The origin of a task.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkOwner {
    /// The client's address; empty for a person who has signed in.
    pub address: String,
    /// Whether the device or the session is known.
    pub is_known: bool,
}

impl WorkOwner {
    /// Returns the origin of a task of a person who has signed in, or holds a link.
    #[must_use]
    pub fn known() -> Self {
        Self { address: String::new(), is_known: true }
    }
}

struct QueuedWork {
    of: WorkOwner,
    work: PasswordWork,
    is_wanted: Box<dyn Fn() -> bool + Send>,
}

#[derive(Default)]
struct QueueState {
    waiting: Vec<QueuedWork>,
    closed: bool,
}

#[derive(Default)]
struct Shared {
    state: Mutex<QueueState>,
    bell: Condvar,
}

/// The queue and its threads, which end when it is dropped.
pub(super) struct PasswordQueue(Arc<Shared>);

impl Drop for PasswordQueue {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.bell.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Executes tasks until the queue is closed.
    fn serve(&self) {
        loop {
            let mut state = self.lock();
            while state.waiting.is_empty() && !state.closed {
                state = self.bell.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if state.closed {
                return;
            }
            let next = state.take(QueueState::first);
            drop(state);
            // A task whose client disconnected while waiting is skipped.
            if let Some(next) = next.filter(|next| (next.is_wanted)()) {
                // The caller's channel is closed after a panic; the thread continues.
                let _ = catch_unwind(AssertUnwindSafe(next.work));
            }
        }
    }
}

impl QueueState {
    fn take(&mut self, which: impl Fn(&Self) -> Option<usize>) -> Option<QueuedWork> {
        let at = which(self)?;
        Some(self.waiting.remove(at))
    }

    /// Returns the rank in the order: a smaller one is served sooner.
    fn rank(&self, at: usize) -> Option<(bool, usize, usize)> {
        let of = &self.waiting.get(at)?.of;
        let beside = self.waiting.iter().filter(|other| other.of.address == of.address).count();
        Some((!of.is_known, beside, self.waiting.len() - at))
    }

    fn first(&self) -> Option<usize> {
        (0..self.waiting.len()).min_by_key(|at| self.rank(*at))
    }

    fn last(&self) -> Option<usize> {
        (0..self.waiting.len()).max_by_key(|at| self.rank(*at))
    }
}

impl PasswordQueue {
    /// Starts this many threads, or fewer if the system provides no more; requests are then rejected as busy.
    pub(super) fn of(threads: usize) -> Self {
        Self::start(threads).unwrap_or_else(|error| {
            tracing::error!(%error, "no threads to check passwords with");
            let closed = Self(Arc::default());
            closed.0.lock().closed = true;
            closed
        })
    }

    /// Starts this many threads. Each keeps the memory of one hash, so that memory which the allocator does not return is bounded by their
    /// number.
    ///
    /// # Errors
    /// Fails if the system provides no more threads.
    fn start(threads: usize) -> std::io::Result<Self> {
        let queue = Self(Arc::default());
        for number in 0..threads.max(1) {
            let shared = Arc::clone(&queue.0);
            std::thread::Builder::new().name(format!("passwords-{number}")).spawn(move || shared.serve())?;
        }
        Ok(queue)
    }

    /// Executes a task and waits for it.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if it was displaced by others, or could not be executed.
    pub(super) async fn run<T: Send + 'static>(&self, of: WorkOwner, f: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
        let (give, take) = oneshot::channel();
        let give = Arc::new(Mutex::new(Some(give)));
        let asked = Arc::clone(&give);
        let is_wanted = move || lock(&asked).as_ref().is_some_and(|give| !give.is_closed());
        let work = move || {
            let done = f();
            if let Some(give) = lock(&give).take() {
                drop(give.send(Ok(done)));
            }
        };
        self.push(QueuedWork { of, work: Box::new(work), is_wanted: Box::new(is_wanted) });
        // A displaced task is dropped together with its response channel.
        take.await.unwrap_or(Err(StoreError::Busy))
    }

    fn push(&self, new: QueuedWork) {
        let mut state = self.0.lock();
        if state.closed {
            return;
        }
        state.waiting.retain(|one| (one.is_wanted)());
        state.waiting.push(new);
        let dropped = if state.waiting.len() > WAITING { state.take(QueueState::last) } else { None };
        drop(state);
        self.0.bell.notify_one();
        drop(dropped);
    }
}

fn lock<T>(one: &Mutex<T>) -> MutexGuard<'_, T> {
    one.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::sync::mpsc;
    use std::task::Poll;

    use super::*;

    fn from(address: &str) -> WorkOwner {
        WorkOwner { address: address.to_owned(), is_known: false }
    }

    /// Polls the future once, which enqueues its task; returns whether it waits.
    async fn waits<T>(one: &mut Pin<Box<impl Future<Output = T>>>) -> bool {
        std::future::poll_fn(|context| Poll::Ready(one.as_mut().poll(context).is_pending())).await
    }

    /// Returns a queue whose single thread is blocked until the sender is dropped.
    fn held() -> (PasswordQueue, mpsc::Sender<()>) {
        let queue = PasswordQueue::start(1).unwrap();
        let (release, wait) = mpsc::channel::<()>();
        let (begun, begins) = mpsc::channel();
        queue.push(QueuedWork {
            of: from("held"),
            work: Box::new(move || {
                begun.send(()).unwrap();
                let _ = wait.recv();
            }),
            is_wanted: Box::new(|| true),
        });
        begins.recv().unwrap();
        (queue, release)
    }

    #[actix_web::test]
    async fn the_right_one_behind_a_flood_is_served_first_and_the_flood_is_bounded() {
        let (queue, release) = held();
        let done = Arc::new(Mutex::new(Vec::new()));
        let work = |of: WorkOwner, name: String| {
            let done = Arc::clone(&done);
            let put = move || done.lock().unwrap().push(name);
            queue.run(of, put)
        };
        let mut flood: Vec<_> = (0..150).map(|n| Box::pin(work(from("203.0.113.9"), format!("wrong {n}")))).collect();
        for one in &mut flood {
            assert!(waits(one).await);
        }
        let mut other = Box::pin(work(from("198.51.100.7"), "right".to_owned()));
        let mut known = Box::pin(work(WorkOwner { address: "203.0.113.9".to_owned(), is_known: true }, "known".to_owned()));
        assert!(waits(&mut other).await && waits(&mut known).await);
        assert_eq!(queue.0.lock().waiting.len(), WAITING);
        drop(release);
        assert!(known.await.is_ok() && other.await.is_ok());
        let mut refused = 0;
        for one in flood {
            refused += usize::from(matches!(one.await, Err(StoreError::Busy)));
        }
        assert_eq!(refused, 150 - WAITING + 2, "the others are told at once");
        assert_eq!(done.lock().unwrap()[..2], ["known", "right"]);
    }

    #[actix_web::test]
    async fn who_hangs_up_is_not_worked_for() {
        let (queue, release) = held();
        let mut gone = Box::pin(queue.run(from("a"), || panic!("nobody waits for it")));
        assert!(waits(&mut gone).await);
        drop(gone);
        drop(release);
        assert_eq!(queue.run(from("b"), || 7).await.unwrap(), 7);
    }

    #[actix_web::test]
    async fn a_panic_ends_no_thread() {
        let queue = PasswordQueue::start(1).unwrap();
        assert!(queue.run(from("a"), || -> u8 { panic!("as a test") }).await.is_err());
        assert_eq!(queue.run(from("a"), || 7).await.unwrap(), 7);
    }
}
