//! Representations of single resources as the caller may read them now: after a command, for a GET, and for a repeat of the command
//! ([`crate::api::repeat`]).

use crate::api::auth::Caller;
use crate::api::prepared::PreparedResponse;
use crate::app::accounts::{directory, organizations};
use crate::app::handling::reading;
use crate::app::manuscript_case::LoadedCase;
use crate::app::reading::body;
use crate::app::{AppError, Tx, bulletins, endorsements, webhooks};
use crate::domain::ids::{AssignmentId, BulletinId, EndorsementId, ManuscriptId, OrganizationId, UserId, WebhookId};

/// The whole manuscript.
pub(super) fn manuscript(tx: &mut Tx<'_>, caller: &Caller, id: ManuscriptId) -> Result<PreparedResponse, AppError> {
    let view = body::manuscript(tx, &caller.actor, id)?;
    let version = view.version;
    Ok(PreparedResponse::ok(&view)?.with_etag(version))
}

/// The same where the command may have the manuscript in memory, so that only the data around it is queried.
pub(super) fn manuscript_in_hand(
    tx: &mut Tx<'_>,
    caller: &Caller,
    (id, kept): (ManuscriptId, Option<LoadedCase>),
) -> Result<PreparedResponse, AppError> {
    let Some(loaded) = kept else { return manuscript(tx, caller, id) };
    let view = body::body(tx, &caller.actor, &loaded)?;
    Ok(PreparedResponse::ok(&view)?.with_etag(view.version))
}

/// An assignment.
pub(super) fn assignment(tx: &mut Tx<'_>, caller: &Caller, id: AssignmentId) -> Result<PreparedResponse, AppError> {
    let view = reading::read(tx, &caller.actor, id)?;
    Ok(PreparedResponse::ok(&view)?.with_etag(view.version))
}

/// An endorsement.
pub(super) fn endorsement(tx: &mut Tx<'_>, caller: &Caller, id: EndorsementId) -> Result<PreparedResponse, AppError> {
    let view = endorsements::find(tx, &caller.actor, id)?;
    Ok(PreparedResponse::ok(&view)?.with_etag(view.version))
}

/// A bulletin.
pub(super) fn bulletin(tx: &mut Tx<'_>, caller: &Caller, id: BulletinId) -> Result<PreparedResponse, AppError> {
    let view = bulletins::find(tx, &caller.actor, id)?;
    let version = view.line.version;
    Ok(PreparedResponse::ok(&view)?.with_etag(version))
}

/// An organisation.
pub(super) fn organization(tx: &mut Tx<'_>, caller: &Caller, id: OrganizationId) -> Result<PreparedResponse, AppError> {
    let view = organizations::find(tx, &caller.actor, id)?;
    let version = view.version;
    Ok(PreparedResponse::ok(&view)?.with_etag(version))
}

/// A person.
pub(super) fn user(tx: &mut Tx<'_>, caller: &Caller, id: UserId) -> Result<PreparedResponse, AppError> {
    let view = directory::find(tx, &caller.actor, id)?;
    let version = view.version;
    Ok(PreparedResponse::ok(&view)?.with_etag(version))
}

/// A webhook.
pub(super) fn webhook(tx: &mut Tx<'_>, caller: &Caller, id: WebhookId) -> Result<PreparedResponse, AppError> {
    let view = webhooks::find(tx, &caller.actor, id)?;
    let version = view.version;
    Ok(PreparedResponse::ok(&view)?.with_etag(version))
}
