//! The background jobs of the demo county: reminders, letters (into memory, as no mailbox exists), the sealing of the ledger. They are the
//! same jobs as on a real node, run from time to time.

use tokio::runtime::Runtime;

use crate::app::App;
use crate::jobs::seal::Sealer;

use crate::jobs::{JobContext, Stop, deliver_mail, remind};
use crate::mail::Transport;

/// The jobs of the demo.
pub(super) struct Background {
    context: JobContext,
    sealer: Sealer,
    runtime: Runtime,
}

impl Background {
    /// Creates the jobs for this application.
    ///
    /// # Errors
    /// When the ledger's key cannot be created.
    pub(super) fn new(app: &App) -> anyhow::Result<Self> {
        let context = JobContext::new(app.clone()).map_err(anyhow::Error::msg)?;
        let sealer = Sealer::new(&app.settings, app.db.clone(), app.clock.clone())?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { context, sealer, runtime })
    }

    /// Runs one round: sends reminders, delivers all waiting letters, seals.
    ///
    /// # Errors
    /// The store's.
    pub(super) fn work(&self) -> anyhow::Result<()> {
        remind::run_once(&self.context)?;
        while deliver_mail::run_once(&self.context, &Stop::default())? > 0 {}
        if let Transport::Memory(letters) = &self.context.transport {
            letters.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clear();
        }
        self.runtime.block_on(self.sealer.round(true))?;
        Ok(())
    }

    /// Runs the last round, which leaves nothing waiting.
    ///
    /// # Errors
    /// The store's.
    pub(super) fn settle(&self) -> anyhow::Result<()> {
        self.work()?;
        self.runtime.block_on(self.sealer.settle())?;
        Ok(())
    }
}
