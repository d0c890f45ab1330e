//! `/manuscripts`: writing, deciding, reading.

pub mod acts;
pub mod bodies;
pub mod drafts;
pub mod edited_text;
pub mod reading;

use crate::api::auth::Caller;
use crate::api::endpoints::Endpoints;
use crate::api::idempotency::PreparedResponse;
use crate::app::manuscript_case::LoadedCase;
use crate::app::reading::body;
use crate::app::{AppError, Tx};
use crate::domain::ids::ManuscriptId;

pub(crate) fn routes(routes: &mut Endpoints<'_, '_>) {
    drafts::routes(routes);
    acts::routes(routes);
    edited_text::routes(routes);
    reading::routes(routes);
}

/// The whole manuscript, as the caller sees it after their act.
pub(crate) fn whole(tx: &mut Tx<'_>, caller: &Caller, id: ManuscriptId) -> Result<PreparedResponse, AppError> {
    let view = body::manuscript(tx, &caller.actor, id)?;
    let version = view.version;
    Ok(PreparedResponse::ok(&view)?.with_etag(version))
}

/// The same where the act may have kept the manuscript in hand, so that only what is around it is read.
pub(crate) fn whole_of(
    tx: &mut Tx<'_>,
    caller: &Caller,
    (id, kept): (ManuscriptId, Option<LoadedCase>),
) -> Result<PreparedResponse, AppError> {
    let Some(loaded) = kept else { return whole(tx, caller, id) };
    let view = body::body(tx, &caller.actor, &loaded)?;
    Ok(PreparedResponse::ok(&view)?.with_etag(view.version))
}
