//! `/calendar`: the working days, year by year.

use actix_web::{get, put, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::auth::QueryRequest;
use crate::api::endpoints::Endpoints;
use crate::api::idempotency::CommandRequest;
use crate::api::paging::List;
use crate::api::prepared::PreparedResponse;
use crate::api::problem::ApiResult;
use crate::app::calendars::{self, KnownYear};
use crate::domain::calendar::{Holiday, YearFile};

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    routes.service(known).service(load);
}

/// A year's holidays, as the State Council's notice has them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"rest": [{"name": "元旦", "from": "2027-01-01", "to": "2027-01-03", "make_up": []}]}))]
pub struct Holidays {
    /// The holidays in their order.
    pub rest: Vec<Holiday>,
}

/// List the years whose working days are known
///
/// In the caller's channel: its own years, and for the others those of the installation. Due dates that fall into a year that
/// is not there are counted from Monday to Friday without the holidays by law, and are provisional until it is loaded.
#[utoipa::path(tag = "accounts", responses((status = 200, description = "The years", body = List<KnownYear>)))]
#[get("/calendar")]
pub(crate) async fn known(look: QueryRequest) -> ApiResult {
    look.read(|tx, by| PreparedResponse::ok(&List { items: calendars::years(tx, by.actor.channel)?, next_cursor: None })).await
}

/// Load a year's working days
///
/// In the caller's channel alone; replaces the year if it is loaded. Days of the December before and of the January after may be included.
/// Due dates that were counted in working days are counted again by a job, and the persons whose dates move are notified; dates that a
/// person set stay. For system administrators.
#[utoipa::path(tag = "accounts", request_body = Holidays, responses((status = 204, description = "Loaded")))]
#[put("/calendar/{year}")]
pub(crate) async fn load(path: web::Path<i32>, act: CommandRequest<Holidays>) -> ApiResult {
    let year = path.into_inner();
    act.run_at_once(move |tx, by, Holidays { rest }| {
        calendars::load(tx, &by.actor, &YearFile { year, rest })?;
        Ok(PreparedResponse::nothing())
    })
    .await
}
