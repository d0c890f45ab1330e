//! The pages of auditors and system administrators: ledger, outbox, organisations, settings, working days, health of the node.

mod calendar;
mod health;
mod jobs;
mod ledger;
mod mail_settings;
mod organizations;
mod outbox;
mod settings;
mod webhooks;

use actix_web::web;

pub(super) fn routes(routes: &mut web::ServiceConfig) {
    ledger::routes(routes);
    organizations::routes(routes);
    routes
        .route("/health", web::get().to(health::health))
        .route("/outbox", web::get().to(outbox::outbox))
        .route("/outbox/retry", web::post().to(outbox::retry_many))
        .route("/outbox/trial", web::post().to(outbox::trial))
        .route("/outbox/settings", web::get().to(mail_settings::show))
        .route("/outbox/settings", web::post().to(mail_settings::change))
        .route("/outbox/settings/trial", web::post().to(mail_settings::trial))
        .route("/outbox/webhooks", web::get().to(webhooks::list))
        .route("/outbox/webhooks/new", web::get().to(webhooks::new))
        .route("/outbox/webhooks/new", web::post().to(webhooks::add))
        .route("/outbox/webhooks/{id}", web::get().to(webhooks::one))
        .route("/outbox/webhooks/{id}", web::post().to(webhooks::change))
        .route("/outbox/webhooks/{id}/trial", web::post().to(webhooks::trial))
        .route("/outbox/webhooks/{id}/removal", web::post().to(webhooks::remove))
        .route("/outbox/{id}/retry", web::post().to(outbox::retry))
        .route("/jobs", web::get().to(jobs::list))
        .route("/jobs/backup", web::post().to(jobs::begin_backup))
        .route("/jobs/retry", web::post().to(jobs::retry_many))
        .route("/jobs/{id}/retry", web::post().to(jobs::retry))
        .route("/jobs/{id}/discard", web::post().to(jobs::discard))
        .route("/settings", web::get().to(settings::settings))
        .route("/settings", web::post().to(settings::change))
        .route("/calendar", web::get().to(calendar::known))
        .route("/calendar", web::post().to(calendar::load))
        .route("/calendar/days", web::post().to(calendar::set_day));
}
