//! The background workers of a node, the same for `serve` and `work`.

use std::time::Duration;

use crate::app::App;
use crate::jobs::{self, JobContext};
use crate::server::start_error::StartError;
use crate::telemetry::outage;

/// Running workers. Their work is stored in rows with leases, so that even a kill loses nothing.
#[derive(Debug)]
pub struct RunningWorkers {
    threads: jobs::WorkerThreads,
    patience: Duration,
}

impl RunningWorkers {
    /// Starts them.
    ///
    /// # Errors
    /// [`StartError`], which names what is missing.
    pub fn start(app: &App) -> Result<Self, StartError> {
        outage::watch();
        let context = JobContext::new(app.clone()).map_err(StartError::Mail)?;
        context.sealer().map_err(StartError::Key)?;
        let threads = jobs::WorkerThreads::start(&context).map_err(StartError::Threads)?;
        let patience = Duration::from_secs(app.settings.server.shutdown_seconds);
        Ok(Self { threads, patience })
    }

    /// Ends them; a write that has begun is finished by the database. A letter that is just being handed over is waited for,
    /// within `server.shutdown_seconds`; after that its lease runs out, and it is sent again with the same Message-ID.
    pub async fn stop(self) {
        let (threads, (done, ended)) = (self.threads, tokio::sync::oneshot::channel::<()>());
        // On a thread of its own, because a runtime that ends would wait for its blocking tasks without limit.
        std::thread::spawn(move || {
            threads.stop();
            drop(done);
        });
        if tokio::time::timeout(self.patience, ended).await.is_err() {
            tracing::warn!("a mail server is slow; its letter will be sent again later");
        }
    }
}
