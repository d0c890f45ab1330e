//! The threads of a node that run jobs. They stop between two jobs, or where a job looks whether it should.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use super::{JobContext, Runner};
use crate::jobs::kinds::Lane;
use crate::jobs::run::Stop;
use crate::telemetry::outage;

/// Between two rounds of renewing leases: well below the shortest lease.
const KEEP: Duration = Duration::from_secs(2);
/// Rounds between two checks of the rows of periodic work.
const SCHEDULE_ROUNDS: u64 = 3;

/// The running threads of a node.
#[derive(Debug)]
pub struct WorkerThreads {
    stop: Arc<Stop>,
    threads: Vec<JoinHandle<()>>,
}

impl WorkerThreads {
    /// Starts the threads: some for each lane, and one for schedule and leases.
    ///
    /// # Errors
    /// If the system provides no more threads.
    pub fn start(context: &JobContext) -> std::io::Result<Self> {
        let runner = Runner::new(context.clone());
        let mut workers = Self { stop: Arc::clone(&runner.stop), threads: Vec::new() };
        let keeper = runner.clone();
        let rounds = AtomicU64::new(0);
        workers.spawn("jobs".to_owned(), KEEP, move || {
            keeper.renew();
            if rounds.fetch_add(1, Ordering::Relaxed).is_multiple_of(SCHEDULE_ROUNDS) {
                keeper.schedule()?;
            }
            Ok(false)
        })?;
        let settings = &context.app.settings;
        for lane in Lane::ALL {
            let pause = Duration::from_millis(lane.poll_millis(settings));
            for number in 0..lane.threads(settings) {
                let runner = runner.clone();
                workers.spawn(format!("jobs-{lane:?}-{number}"), pause, move || Ok(runner.run_one(lane)?.is_some()))?;
            }
        }
        Ok(workers)
    }

    /// Signals the stop and waits until each thread has finished its present job.
    pub fn stop(self) {
        self.stop.say();
        for thread in self.threads {
            let name = thread.thread().name().unwrap_or_default().to_owned();
            if thread.join().is_err() {
                tracing::error!(thread = name, "a worker ended by itself");
            }
        }
    }

    /// A thread that calls `work` until there is none, then pauses; an error or a panic is logged and the work tried again.
    fn spawn(&mut self, name: String, pause: Duration, work: impl Fn() -> anyhow::Result<bool> + Send + 'static) -> std::io::Result<()> {
        let stop = self.stop.clone();
        let thread = std::thread::Builder::new().name(name.clone());
        self.threads.push(thread.spawn(move || {
            let mut troubles = 0_u32;
            while !stop.is_said() {
                let done = catch_unwind(AssertUnwindSafe(&work)).unwrap_or_else(|_| Err(anyhow::anyhow!("it panicked")));
                let wait = match done {
                    Ok(worked) => {
                        troubles = 0;
                        if worked { Duration::ZERO } else { pause }
                    }
                    Err(error) => {
                        outage::refused("jobs", &format_args!("jobs can't be taken: {error:#}"));
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
