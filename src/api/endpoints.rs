//! The target to which the files of the API add their endpoints: the server, or the document that describes it.

use actix_web::dev::HttpServiceFactory;
use actix_web::web::ServiceConfig;
use utoipa_actix_web::{OpenApiFactory, service_config};

/// Collects endpoints. Both targets receive the same ones, so none is served without being described.
pub(crate) enum Endpoints<'e, 'd> {
    /// Serves them. They are not described here: each worker adds them at its start, and a description of all takes tens of megabytes.
    Served(&'e mut ServiceConfig),
    /// Describes them.
    Described(&'e mut service_config::ServiceConfig<'d>),
}

impl Endpoints<'_, '_> {
    /// Adds an endpoint.
    pub(crate) fn service<F>(&mut self, endpoint: F) -> &mut Self
    where
        F: HttpServiceFactory + OpenApiFactory + 'static,
    {
        match self {
            Self::Served(app) => {
                app.service(endpoint);
            }
            Self::Described(document) => {
                document.service(endpoint);
            }
        }
        self
    }
}
