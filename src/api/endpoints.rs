//! Where the files of the API put their endpoints: the server, or the document that describes it.

use actix_web::dev::HttpServiceFactory;
use actix_web::web::ServiceConfig;
use utoipa_actix_web::{OpenApiFactory, service_config};

/// Takes endpoints. Both ends see the same ones, so none is served without being described.
pub(crate) enum Endpoints<'e, 'd> {
    /// They are served. Nothing is described meanwhile: each worker adds them at its start, and a description of all takes tens of megabytes.
    Served(&'e mut ServiceConfig),
    /// They are described.
    Described(&'e mut service_config::ServiceConfig<'d>),
}

impl Endpoints<'_, '_> {
    /// Adds one.
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
