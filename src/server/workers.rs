//! The workers of a node: what goes on beside the requests, on `serve` and on `work` alike.

use std::sync::Arc;

use actix_web::rt;
use tokio::task::JoinHandle;

use crate::desk::Desk;
use crate::jobs::seal::Sealer;
use crate::jobs::{self, Context};
use crate::server::application::StartError;

/// Running workers. What they do is kept in rows with leases, so that even a kill loses nothing.
#[derive(Debug)]
pub struct Workers {
    threads: jobs::Workers,
    sealing: JoinHandle<()>,
}

impl Workers {
    /// Starts them on this thread's runtime.
    ///
    /// # Errors
    /// [`StartError`] says what is missing.
    pub fn start(desk: &Desk) -> Result<Self, StartError> {
        let sealer = Sealer::new(&desk.settings, desk.db.clone(), desk.clock.clone()).map_err(StartError::Key)?;
        let context = Context::new(desk.db.clone(), desk.clock.clone(), Arc::clone(&desk.settings)).map_err(StartError::Mail)?;
        let threads = jobs::Workers::start(&context, jobs::tasks()).map_err(StartError::Threads)?;
        Ok(Self { threads, sealing: rt::spawn(sealer.run()) })
    }

    /// Ends them: a letter on its way is finished and recorded; a write that has begun is finished by the database.
    pub async fn stop(self) {
        self.sealing.abort();
        drop(self.sealing.await);
        drop(rt::task::spawn_blocking(|| self.threads.stop()).await);
    }
}
