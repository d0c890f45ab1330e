//! `zhitongche serve`: the web node with its workers.

use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;

use actix_web::rt;
use futures_util::FutureExt;
use sd_notify::NotifyState;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::accounts::setup::{self, FIRST_LOGIN};
use crate::config::Settings;
use crate::domain::clock::Clock;
use crate::server::application::Application;
use crate::server::workers::RunningWorkers;
use crate::telemetry::outage;

/// Arguments of `serve`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Address and port to listen on, instead of server.bind.
    #[arg(long, value_name = "ADDR")]
    bind: Option<SocketAddr>,
}

/// Serves until it is stopped (SIGTERM, or Ctrl-C), and then finishes the requests that it has accepted.
///
/// # Errors
/// When it cannot start; the message says what to do.
pub fn run(settings: &Settings, args: &Args) -> anyhow::Result<()> {
    let mut settings = settings.clone();
    if let Some(bind) = args.bind {
        settings = settings.with_bind(bind)?;
    }
    rt::System::new().block_on(serve(&settings))
}

pub(crate) async fn serve(settings: &Settings) -> anyhow::Result<()> {
    let stop = stop_in_time(settings)?.shared();
    let application = Application::build(settings, &Clock::System)?;
    let workers = RunningWorkers::start(application.app())?;
    if let Some(path) = first_link(&application, settings).await? {
        let link = format!("{path}\n(or POST /api/v1/one-time-links with the last part of it as \"link\" and a \"password\")");
        writeln!(std::io::stdout(), "set the password of the first administrator, {FIRST_LOGIN}: {link}")?;
    }
    writeln!(std::io::stdout(), "listening on http://{}", application.address())?;
    tell_manager(NotifyState::Ready);
    let db = application.app().db.clone();
    // The requests and the workers have the same time for finishing.
    let working = rt::spawn(stop.clone().then(|()| {
        tell_manager(NotifyState::Stopping);
        workers.stop()
    }));
    application.run_until(stop).await?;
    working.await?;
    if let Err(error) = db.empty_log() {
        tracing::warn!(%error, "the write-ahead log stays beside the database; copy both, or use `zhitongche backup`");
    }
    outage::end();
    tracing::info!("stopped");
    Ok(())
}

/// Reports the state of the node to systemd, if a unit of type `notify` has started it.
pub(crate) fn tell_manager(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "systemd could not be told how this node stands");
    }
}

/// In a database without any password: the one-time link of the first administrator.
async fn first_link(application: &Application, settings: &Settings) -> anyhow::Result<Option<String>> {
    let path = application.app().write("start", setup::first_link).await?;
    let public = settings.server.public_url.clone().unwrap_or_else(|| format!("http://{}", application.address()));
    Ok(path.map(|path| format!("{}{path}", public.trim_end_matches('/'))))
}

/// Completes when the process is asked to stop. From then on it has `server.shutdown_seconds`, even if a request hangs: a write without a
/// response is stored or not, as after a kill.
///
/// # Errors
/// When signals cannot be received.
pub fn stop_in_time(settings: &Settings) -> std::io::Result<impl Future<Output = ()> + 'static> {
    let (stop, patience) = (stop_signal()?, Duration::from_secs(settings.server.shutdown_seconds));
    Ok(stop.map(move |()| {
        std::thread::spawn(move || {
            std::thread::sleep(patience);
            outage::end();
            tracing::warn!(seconds = patience.as_secs(), "ending, although something has not answered");
            std::process::exit(0);
        });
    }))
}

/// Completes when the process is asked to stop.
///
/// # Errors
/// When signals cannot be received.
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
