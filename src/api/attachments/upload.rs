//! A file on its way in: the right is asked first, then the bytes are taken.

use actix_web::{HttpRequest, HttpResponse, web};
use sha2::{Digest, Sha256};

use crate::api::caller::{Caller, Look};
use crate::api::idempotency::{self, Reply};
use crate::api::problem::{Answer, ApiError};
use crate::desk::attachments::{self, Subject};
use crate::desk::{DeskError, repeats};
use crate::domain::ids::ManuscriptId;
use crate::domain::violation::Violation;
use crate::http::multipart::{self, Beside, FormError};

pub(super) async fn add(look: Look, request: &HttpRequest, payload: web::Payload, id: ManuscriptId, to: Subject) -> Answer {
    let Look { caller, desk } = look;
    let key = idempotency::name(request, &caller)?;
    let (asked, actor) = (key.clone(), caller.actor.clone());
    desk.read(move |tx| match asked {
        // A repeat is answered by what may be read now, though there may be no right to a second file.
        Some(key) if repeats::is_kept(tx, &key)? => Ok(()),
        _ => attachments::may_attach(tx, &actor, id, to),
    })
    .await?;
    let received = multipart::receive(&desk, request, payload.into_inner(), Beside::Nothing).await?;
    let Some((name, kept)) = received.file else { return Err(DeskError::from(Violation::required("file")).into()) };
    let digest = Sha256::new().chain_update(kept.sha256).chain_update(format!("{to:?}\n{name}")).finalize().to_vec();
    let request_id = caller.request_id.clone();
    let act = move |tx: &mut crate::desk::Tx<'_>, caller: &Caller| {
        let view = attachments::attach(tx, &caller.actor, id, to, &name, &kept)?;
        Reply::created(&format!("/attachments/{}", view.id), &view)
    };
    match key {
        Some(key) => idempotency::under(&desk, caller, key, digest, act).await,
        None => Ok(HttpResponse::from(desk.write(&request_id, move |tx| act(tx, &caller)).await?)),
    }
}

impl From<FormError> for ApiError {
    fn from(error: FormError) -> Self {
        match error {
            FormError::Desk(error) => error.into(),
            FormError::MediaType => Self::MediaType,
            FormError::Malformed(why) => Self::Malformed(why),
        }
    }
}
