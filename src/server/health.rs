//! `/healthz` (the process answers), `/readyz` (the database does too) and `/metrics` (figures for Prometheus, on an address of their own or for a token).

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL};
use actix_web::{HttpRequest, HttpResponse, web};
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::app::backup::LastBackup;
use crate::app::ledger::keys;
use crate::app::mail_settings::{self, MailState};
use crate::config::{MetricsSettings, Secret};
use crate::store::jobs::listing;
use crate::store::{StoreError, letters, mail_servers, migrate};
use crate::telemetry::{self, outage};

/// Access to the metrics.
#[derive(Debug, Clone)]
enum MetricsGuard {
    /// Everyone who reaches the address, which serves nothing else.
    Address,
    /// Everyone who sends this as a bearer token.
    Token(Secret),
}

/// Time that the database may take for `/readyz`.
const PATIENCE: Duration = Duration::from_secs(2);

/// Adds `/healthz` and `/readyz`.
pub fn alive_and_ready(routes: &mut web::ServiceConfig) {
    let alive = || async { plain(StatusCode::OK, "ok\n") };
    routes.route("/healthz", web::get().to(alive)).route("/readyz", web::get().to(ready));
}

/// Whether a load balancer should send requests here: the database answers, and its schema is one that this program may write to.
async fn ready(app: web::Data<App>) -> HttpResponse {
    match tokio::time::timeout(PATIENCE, app.db.read(migrate::newer_version)).await {
        Ok(Ok(None)) => plain(StatusCode::OK, "ready\n"),
        Ok(Ok(Some(found))) => {
            outage::refused("readiness", &format_args!("the schema ({found}) is newer than this program"));
            plain(StatusCode::SERVICE_UNAVAILABLE, "the schema is newer than this program\n")
        }
        Ok(Err(error)) => {
            outage::refused("readiness", &error);
            plain(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
        Err(_) => {
            outage::refused("readiness", &format_args!("the database did not answer within {} s", PATIENCE.as_secs()));
            plain(StatusCode::SERVICE_UNAVAILABLE, "the database is slow\n")
        }
    }
}

fn plain(status: StatusCode, says: &'static str) -> HttpResponse {
    HttpResponse::build(status).insert_header((CACHE_CONTROL, "no-store")).content_type("text/plain; charset=utf-8").body(says)
}

/// Adds `/metrics` to the server's own address when a token opens it there; without one there is no such address.
pub fn metrics_for_token(settings: &MetricsSettings) -> impl FnOnce(&mut web::ServiceConfig) + use<> {
    let token = settings.token.clone();
    move |routes| {
        if !token.is_empty() {
            routes.service(web::resource("/metrics").app_data(web::Data::new(MetricsGuard::Token(token))).route(web::get().to(figures)));
        }
    }
}

/// Adds `/metrics` to an address of its own.
pub fn metrics_on_own_address(routes: &mut web::ServiceConfig) {
    routes.service(web::resource("/metrics").app_data(web::Data::new(MetricsGuard::Address)).route(web::get().to(figures)));
}

async fn figures(request: HttpRequest, guard: web::Data<MetricsGuard>, app: Option<web::Data<App>>) -> HttpResponse {
    let open = match guard.get_ref() {
        MetricsGuard::Address => true,
        MetricsGuard::Token(token) => bearer(&request).is_some_and(|sent| bool::from(sent.as_bytes().ct_eq(token.expose().as_bytes()))),
    };
    if !open {
        return HttpResponse::NotFound().finish();
    }
    let mut text = telemetry::figures().render();
    if let Some(app) = app {
        text.push_str(&waiting(&app).await);
        text.push_str(&mail_server(&app).await);
        text.push_str(&jobs(&app).await);
        text.push_str(&refused(&app).await);
        text.push_str(&backup(&app).await);
    }
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text)
}

/// How long the oldest due letter has waited; the same on every node, because it is read from the database. Omitted while the database does
/// not answer.
async fn waiting(app: &App) -> String {
    let now = app.clock.now();
    match tokio::time::timeout(PATIENCE, app.db.read(move |conn| letters::oldest_waiting(conn, now))).await {
        Ok(Ok(oldest)) => {
            let seconds = oldest.map_or(0, |at| (now - at).num_seconds().max(0));
            format!("# TYPE letters_oldest_waiting_seconds gauge\nletters_oldest_waiting_seconds {seconds}\n")
        }
        Ok(Err(_)) | Err(_) => String::new(),
    }
}

/// For how long the mail server has accepted no letter; 0 while it accepts them. Omitted while the database does not answer.
async fn mail_server(app: &App) -> String {
    let now = app.clock.now();
    let read = app.read(|tx| Ok((mail_servers::failing(tx.conn)?, mail_settings::state(tx)?)));
    match tokio::time::timeout(PATIENCE, read).await {
        Ok(Ok((failing, state))) => {
            let since = failing.first().and_then(|server| server.failing_since);
            let seconds = since.map_or(0, |at| (now - at).num_seconds().max(0));
            let (filed, unreadable) = (u8::from(state == MailState::OnlyFiles), u8::from(state == MailState::Unreadable));
            format!(
                "# TYPE mail_server_failing_seconds gauge\nmail_server_failing_seconds {seconds}\n# TYPE mail_only_to_files gauge\nmail_only_to_files {filed}\n# TYPE mail_settings_unreadable gauge\nmail_settings_unreadable {unreadable}\n"
            )
        }
        Ok(Err(_)) | Err(_) => String::new(),
    }
}

/// How long the oldest due job has waited, and how many jobs were given up. Omitted while the database does not answer.
async fn jobs(app: &App) -> String {
    let now = app.clock.now();
    let read = app.db.read(move |conn| Ok::<_, StoreError>((listing::overdue(conn, None, now)?, listing::dead(conn, None)?)));
    match tokio::time::timeout(PATIENCE, read).await {
        Ok(Ok((overdue, dead))) => {
            let seconds = overdue.since.map_or(0, |at| (now - at).num_seconds().max(0));
            let dead = dead.count;
            format!(
                "# TYPE jobs_oldest_waiting_seconds gauge\njobs_oldest_waiting_seconds {seconds}\n# TYPE jobs_dead gauge\njobs_dead {dead}\n"
            )
        }
        Ok(Err(_)) | Err(_) => String::new(),
    }
}

/// Number of ledgers whose signing has stopped because they do not extend what was signed before. Omitted while the database does not
/// answer.
async fn refused(app: &App) -> String {
    let settings = std::sync::Arc::clone(&app.settings);
    match tokio::time::timeout(PATIENCE, app.db.read(move |conn| keys::faults(conn, &settings))).await {
        Ok(Ok(faults)) => {
            format!("# TYPE ledger_signing_refused gauge\nledger_signing_refused {}\n", faults.len())
        }
        Ok(Err(_)) | Err(_) => String::new(),
    }
}

/// Age of the last successful backup, omitted where there never was one, and whether the last attempt failed. While the database does not
/// answer, this is what the node itself remembers.
async fn backup(app: &App) -> String {
    let (now, settings) = (app.clock.now(), app.settings.clone());
    let of_file = app.settings.clone();
    let last = match tokio::time::timeout(PATIENCE, app.db.read(move |conn| LastBackup::find(conn, &settings))).await {
        Ok(Ok(last)) => last,
        Ok(Err(_)) | Err(_) => tokio::task::spawn_blocking(move || LastBackup::load(&of_file)).await.unwrap_or_default(),
    };
    let failing = u8::from(last.open_failure().is_some());
    let mut text = format!("# TYPE backup_failing gauge\nbackup_failing {failing}\n");
    if let Some(at) = last.done_at {
        let seconds = (now - at).num_seconds().max(0);
        text.push_str(&format!("# TYPE backup_age_seconds gauge\nbackup_age_seconds {seconds}\n"));
    }
    text
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    request.headers().get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

#[cfg(test)]
mod tests {
    use actix_web::{App, test};

    use super::*;

    async fn ask(settings: &MetricsSettings, token: Option<&str>) -> (u16, String) {
        let app = test::init_service(App::new().configure(metrics_for_token(settings))).await;
        let mut request = test::TestRequest::get().uri("/metrics");
        if let Some(token) = token {
            request = request.insert_header((AUTHORIZATION, format!("Bearer {token}")));
        }
        let answer = test::call_service(&app, request.to_request()).await;
        (answer.status().as_u16(), String::from_utf8(test::read_body(answer).await.to_vec()).unwrap())
    }

    #[actix_web::test]
    async fn figures_open_to_the_token_alone() {
        telemetry::figures();
        metrics::counter!("ztc_seen_total").increment(1);
        let with = MetricsSettings { bind: None, token: Secret::new("right") };
        assert!(ask(&with, Some("right")).await.1.contains("ztc_seen_total"));
        assert_eq!(ask(&with, Some("wrong")).await, (404, String::new()));
        assert_eq!(ask(&with, None).await, (404, String::new()));
        let without = MetricsSettings { bind: None, token: Secret::default() };
        assert_eq!(ask(&without, Some("")).await.0, 404);
    }

    #[actix_web::test]
    async fn an_address_of_their_own_needs_no_token() {
        telemetry::figures();
        metrics::counter!("ztc_own_total").increment(1);
        let app = test::init_service(App::new().configure(metrics_on_own_address)).await;
        let answer = test::call_service(&app, test::TestRequest::get().uri("/metrics").to_request()).await;
        assert!(String::from_utf8(test::read_body(answer).await.to_vec()).unwrap().contains("ztc_own_total"));
    }
}
