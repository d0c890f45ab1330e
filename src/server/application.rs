//! The running server: built once from settings and a clock, the same for `serve` and for every test.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::{HttpServer, rt, web};

use crate::app::App;
use crate::config::Settings;
use crate::domain::clock::Clock;
use crate::http::live::Pulse;
use crate::http::rates::Rates;
use crate::server::start_error::StartError;
use crate::server::{body, database, health, requests, response_headers};
use crate::web as pages;
use crate::{api, telemetry};

/// A server that has its address and is ready to run.
pub struct Application {
    server: Server,
    metrics: Option<Server>,
    address: SocketAddr,
    app: App,
    pulse: Pulse,
}

impl Application {
    /// Opens the database, binds the address and prepares everything; no request is answered before [`Application::run_until`].
    ///
    /// # Errors
    /// [`StartError`], which names what is missing.
    pub fn build(settings: &Settings, clock: &Clock) -> Result<Self, StartError> {
        telemetry::figures();
        can_listen(settings)?;
        let app = database::app(settings, clock)?;
        let pulse = Pulse::default();
        let (server, address) = main_server(settings, &app, &pulse)?;
        let metrics = settings.metrics.bind.map(|address| metrics_server(address, &app)).transpose()?;
        Ok(Self { server, metrics, address, app, pulse })
    }

    /// The address that it listens on; with port 0 in the settings, the port that the system assigned.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The application behind the server.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Answers requests until `stop` resolves; then accepts no more and finishes those that it has accepted, within
    /// `server.shutdown_seconds`.
    ///
    /// # Errors
    /// When the server ends by itself.
    pub async fn run_until(self, stop: impl Future<Output = ()>) -> io::Result<()> {
        let handle = self.server.handle();
        let metrics = self.metrics.map(spawn);
        let mut running = rt::spawn(self.server);
        self.pulse.start(self.app);
        let ended = tokio::select! {
            ended = &mut running => ended,
            () = stop => {
                tracing::info!("stopping: what was accepted is finished first");
                self.pulse.end();
                handle.stop(true).await;
                running.await
            }
        };
        if let Some(metrics) = metrics {
            metrics.stop(false).await;
        }
        ended.map_err(io::Error::other)?
    }
}

/// Checks that the addresses of the settings can be bound, before any file is made.
fn can_listen(settings: &Settings) -> Result<(), StartError> {
    let listen = |key, address| TcpListener::bind(address).map_err(|cause| StartError::Bind { key, address, cause });
    // Both are bound at the same time, because they may be the same address.
    let _main = listen("server.bind", settings.server.bind)?;
    let _metrics = settings.metrics.bind.map(|address| listen("metrics.bind", address)).transpose()?;
    Ok(())
}

fn spawn(server: Server) -> ServerHandle {
    let handle = server.handle();
    rt::spawn(server);
    handle
}

fn main_server(settings: &Settings, app: &App, pulse: &Pulse) -> Result<(Server, SocketAddr), StartError> {
    let of = settings.server.clone();
    let workers = if of.workers == 0 { std::thread::available_parallelism().map_or(1, usize::from) } else { of.workers };
    let patience = body::BodyTimeout(Duration::from_secs(of.body_timeout_seconds));
    let metrics = settings.metrics.clone();
    let rates = web::Data::new(Rates::new(&settings.limits, &app.clock));
    let (app, pulse) = (web::Data::new(app.clone()), web::Data::new(pulse.clone()));
    let server = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(patience)
            .app_data(app.clone())
            .app_data(rates.clone())
            .app_data(pulse.clone())
            .wrap(from_fn(body::body_timeout))
            .wrap(from_fn(response_headers::mind))
            .wrap(from_fn(requests::observe))
            .configure(health::alive_and_ready)
            .configure(health::metrics_for_token(&metrics))
            .configure(api::mount)
            .configure(pages::mount)
    })
    .workers(workers)
    .max_connections(of.max_connections.div_ceil(workers))
    .client_request_timeout(Duration::from_secs(of.head_timeout_seconds))
    .client_disconnect_timeout(Duration::from_secs(5))
    .keep_alive(Duration::from_secs(of.keep_alive_seconds))
    .shutdown_timeout(of.shutdown_seconds)
    .tcp_nodelay(true)
    .disable_signals();
    let server = server.bind(of.bind).map_err(|cause| StartError::Bind { key: "server.bind", address: of.bind, cause })?;
    let address = server.addrs().first().copied().unwrap_or(of.bind);
    Ok((server.run(), address))
}

fn metrics_server(address: SocketAddr, app: &App) -> Result<Server, StartError> {
    let app = web::Data::new(app.clone());
    HttpServer::new(move || actix_web::App::new().app_data(app.clone()).configure(health::metrics_on_own_address))
        .workers(1)
        .disable_signals()
        .bind(address)
        .map(HttpServer::run)
        .map_err(|cause| StartError::Bind { key: "metrics.bind", address, cause })
}
