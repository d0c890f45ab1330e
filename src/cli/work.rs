//! `zhitongche work`: the workers without a web server, for a node that only delivers letters, sends reminders and seals.

use actix_web::rt;
use sd_notify::NotifyState;

use crate::cli::serve::{stop_in_time, tell_manager};
use crate::config::Settings;
use crate::domain::clock::Clock;
use crate::server::database;
use crate::server::workers::RunningWorkers;
use crate::telemetry::outage;

/// Works until it is stopped (SIGTERM, or Ctrl-C).
///
/// # Errors
/// When it cannot start; the message says what to do.
pub fn run(settings: &Settings) -> anyhow::Result<()> {
    rt::System::new().block_on(async {
        let stop = stop_in_time(settings)?;
        let app = database::app(settings, &Clock::System)?;
        let workers = RunningWorkers::start(&app)?;
        tracing::info!("working");
        tell_manager(NotifyState::Ready);
        stop.await;
        tell_manager(NotifyState::Stopping);
        workers.stop().await;
        outage::end();
        tracing::info!("stopped");
        Ok(())
    })
}
