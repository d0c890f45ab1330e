//! The workers of a node: what goes on beside the requests, on `serve` and on `work` alike.

use actix_web::rt;
use tokio::task::JoinHandle;

use crate::desk::Desk;
use crate::jobs::seal::Sealer;
use crate::server::application::StartError;

/// Running workers. What one does is kept in rows with leases, so a stop at any moment loses nothing.
#[derive(Debug)]
pub struct Workers {
    tasks: Vec<JoinHandle<()>>,
}

impl Workers {
    /// Starts them on this thread's runtime.
    ///
    /// # Errors
    /// [`StartError`] says what is missing.
    pub fn start(desk: &Desk) -> Result<Self, StartError> {
        let sealer = Sealer::new(&desk.settings, desk.db.clone(), desk.clock.clone()).map_err(StartError::Key)?;
        Ok(Self { tasks: vec![rt::spawn(sealer.run())] })
    }

    /// Ends them; a write that has begun is finished by the database.
    pub async fn stop(self) {
        for task in self.tasks {
            task.abort();
            drop(task.await);
        }
    }
}
