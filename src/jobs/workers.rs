//! The threads that work: some send letters, one a task looks at its clock. They stop between two pieces of work, never within one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::{Context, LETTERS, deliver_mail};
use crate::domain::clock::Moment;
use crate::store::{StoreError, leases};

/// Says to workers that they are to stop, and lets them wait for it.
#[derive(Debug, Default)]
pub struct Stop {
    said: Mutex<bool>,
    waiting: Condvar,
}

impl Stop {
    /// Says it.
    pub fn say(&self) {
        *self.said.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.waiting.notify_all();
    }

    /// Whether it has been said.
    #[must_use]
    pub fn is_said(&self) -> bool {
        *self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it is said, or for `at_most`; `true` if it has been said.
    pub fn wait(&self, at_most: Duration) -> bool {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let (said, _) = self.waiting.wait_timeout_while(said, at_most, |said| !*said).unwrap_or_else(PoisonError::into_inner);
        *said
    }
}

/// Something that is done again and again.
#[derive(Debug, Clone, Copy)]
pub struct Task {
    /// Its name; also its lease's.
    pub name: &'static str,
    /// How often.
    pub every: Duration,
    /// Whether only one node does it at a time.
    pub alone: bool,
    /// What; says how many things it did.
    pub run: fn(&Context) -> anyhow::Result<usize>,
}

impl Task {
    /// Runs it once, unless another node has it.
    ///
    /// # Errors
    /// What the task gives, or the store's.
    pub fn run_once(self, context: &Context) -> anyhow::Result<usize> {
        let now = context.desk.clock.now();
        let until = now + chrono::Duration::seconds(context.desk.settings.jobs.lease_seconds);
        let done = match self.alone.then(|| take(context, self.name, now, until)) {
            // Another node has it, and writes down what becomes of it.
            Some(Ok(false)) => return Ok(0),
            Some(Err(error)) => Err(error.into()),
            Some(Ok(true)) | None => (self.run)(context),
        };
        context.journal.note(self.name, &done);
        done
    }
}

fn take(context: &Context, name: &'static str, now: Moment, until: Moment) -> Result<bool, StoreError> {
    let holder = context.node.clone();
    context.desk.db.write_now(move |conn| leases::take(conn, name, &holder, now, until))
}

/// The running threads of a node.
#[derive(Debug)]
pub struct Workers {
    stop: Arc<Stop>,
    threads: Vec<JoinHandle<()>>,
}

impl Workers {
    /// Starts the threads: `jobs.workers` for letters, one for each task.
    ///
    /// # Errors
    /// If the system gives no more threads.
    pub fn start(context: &Context, tasks: Vec<Task>) -> std::io::Result<Self> {
        let mut workers = Self { stop: Arc::default(), threads: Vec::new() };
        let poll = Duration::from_millis(context.desk.settings.jobs.poll_millis);
        for number in 0..context.desk.settings.jobs.workers.max(1) {
            let (context, stop) = (context.clone(), workers.stop.clone());
            workers.spawn(format!("{LETTERS}-{number}"), poll, move || {
                let done = deliver_mail::run_once(&context, &stop);
                context.journal.note(LETTERS, &done);
                done
            })?;
        }
        for task in tasks {
            let context = context.clone();
            workers.spawn(task.name.to_owned(), task.every, move || task.run_once(&context).map(|_| 0))?;
        }
        Ok(workers)
    }

    /// Says stop and waits until each thread has finished what it is at.
    pub fn stop(self) {
        self.stop.say();
        for thread in self.threads {
            let name = thread.thread().name().unwrap_or_default().to_owned();
            if thread.join().is_err() {
                tracing::error!(thread = name, "a worker ended by itself");
            }
        }
    }

    /// A thread that does `work` until there is none, then pauses; an error or a panic is logged and the work tried again.
    fn spawn(&mut self, name: String, pause: Duration, work: impl Fn() -> anyhow::Result<usize> + Send + 'static) -> std::io::Result<()> {
        let stop = self.stop.clone();
        let thread = std::thread::Builder::new().name(name.clone());
        self.threads.push(thread.spawn(move || {
            let mut troubles = 0_u32;
            while !stop.is_said() {
                let done = catch_unwind(AssertUnwindSafe(&work)).unwrap_or_else(|_| Err(anyhow::anyhow!("it panicked")));
                let wait = match done {
                    Ok(worked) => {
                        troubles = 0;
                        if worked == 0 { pause } else { Duration::ZERO }
                    }
                    Err(error) => {
                        tracing::error!(job = name, error = format!("{error:#}"), "a job failed; it is tried again");
                        troubles += 1;
                        pause.max(Duration::from_secs(1 << troubles.min(5)))
                    }
                };
                stop.wait(wait);
            }
        })?);
        Ok(())
    }
}
