//! The upload of a file: the right to add it is checked before the bytes are read.

use actix_web::{HttpRequest, HttpResponse, web};
use sha2::{Digest, Sha256};

use crate::api::auth::{Caller, QueryRequest};
use crate::api::idempotency;
use crate::api::prepared::PreparedResponse;
use crate::api::problem::{ApiError, ApiResult};
use crate::app::attachments::{self, Subject};
use crate::app::{AppError, idempotency_keys};
use crate::domain::ids::ManuscriptId;
use crate::domain::violation::Violation;
use crate::http::multipart::{self, Beside, FormError};

pub(super) async fn add(look: QueryRequest, request: &HttpRequest, payload: web::Payload, id: ManuscriptId, to: Subject) -> ApiResult {
    let QueryRequest { caller, app } = look;
    let key = idempotency::name(request, &caller)?;
    let (asked, actor) = (key.clone(), caller.actor.clone());
    app.read(move |tx| match asked {
        // A repeat is answered with what the caller may read now, even if they may not add a second file.
        Some(key) if idempotency_keys::is_kept(tx, &key)? => Ok(()),
        _ => attachments::may_attach(tx, &actor, id, to),
    })
    .await?;
    let received = multipart::receive(&app, request, payload.into_inner(), Beside::Nothing).await?;
    let Some((name, kept)) = received.file else { return Err(AppError::from(Violation::required("file")).into()) };
    let digest = Sha256::new().chain_update(kept.sha256).chain_update(format!("{to:?}\n{name}")).finalize().to_vec();
    let request_id = caller.request_id.clone();
    let act = move |tx: &mut crate::app::Tx<'_>, caller: &Caller| {
        let view = attachments::attach(tx, &caller.actor, id, to, &name, &kept)?;
        PreparedResponse::created(&format!("/attachments/{}", view.id), &view)
    };
    match key {
        Some(key) => idempotency::under(&app, caller, key, digest, act).await,
        None => Ok(HttpResponse::from(app.write(&request_id, move |tx| act(tx, &caller)).await?)),
    }
}

impl From<FormError> for ApiError {
    fn from(error: FormError) -> Self {
        match error {
            FormError::App(error) => error.into(),
            FormError::MediaType => Self::MediaType,
            FormError::Malformed(why) => Self::Malformed(why),
        }
    }
}
