//! A file on its way in: the right is asked first, then the bytes go straight to the disk, and the limit holds while they come.

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::error::PayloadError;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::StreamExt;
use sha2::{Digest, Sha256};

use crate::api::caller::Look;
use crate::api::idempotency::{self, Reply};
use crate::api::problem::{Answer, ApiError};
use crate::desk::attachments::{self, Subject, Upload};
use crate::desk::{Desk, DeskError};
use crate::documents::vault::Kept;
use crate::domain::ids::ManuscriptId;
use crate::domain::violation::Violation;

/// What a multipart body has around its file.
const FRAME: usize = 64 * 1024;

pub(super) async fn add(look: Look, request: &HttpRequest, payload: web::Payload, id: ManuscriptId, to: Subject) -> Answer {
    let Look { caller, desk } = look;
    let key = idempotency::name(request, &caller)?;
    let (asked, actor) = (key.clone(), caller.actor.clone());
    desk.read(move |tx| match asked {
        // A repeat is answered as the first time, though there may be no right to a second file by now.
        Some(key) if idempotency::is_kept(tx, &key)? => Ok(()),
        _ => attachments::may_attach(tx, &actor, id, to),
    })
    .await?;
    let max = desk.settings.limits.attachment_bytes;
    let said = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if said.is_some_and(|length| length > max + FRAME) {
        return Err(DeskError::TooLarge { max }.into());
    }
    let (name, kept) = receive(&desk, Multipart::new(request.headers(), payload)).await?;
    let digest = Sha256::new().chain_update(kept.sha256).chain_update(format!("{to:?}\n{name}")).finalize().to_vec();
    let request_id = caller.request_id.clone();
    let act = move |tx: &mut crate::desk::Tx<'_>| {
        let view = attachments::attach(tx, &caller.actor, id, to, &name, &kept)?;
        Reply::created(&format!("/attachments/{}", view.id), &view)
    };
    match key {
        Some(key) => idempotency::under(&desk, &request_id, key, digest, act).await,
        None => Ok(HttpResponse::from(desk.write(&request_id, act).await?)),
    }
}

/// Takes the one file of the form.
async fn receive(desk: &Desk, mut form: Multipart) -> Result<(String, Kept), ApiError> {
    let mut taken = None;
    while let Some(field) = form.next().await {
        let mut field = field.map_err(broken)?;
        if field.name() != Some("file") {
            let other = field.name().unwrap_or_default().chars().filter(|c| !c.is_control()).take(64).collect::<String>();
            return Err(DeskError::from(Violation::new(other, "not_allowed_here")).into());
        }
        if taken.is_some() {
            return Err(DeskError::from(Violation::beyond("file", "too_many", 2, 1)).into());
        }
        taken = Some(take(desk, &mut field).await?);
    }
    taken.ok_or_else(|| DeskError::from(Violation::required("file")).into())
}

async fn take(desk: &Desk, field: &mut Field) -> Result<(String, Kept), ApiError> {
    let name = attachments::file_name(&given_name(field)).map_err(DeskError::from)?;
    let mut upload = Upload::begin(desk).await?;
    while let Some(bytes) = field.next().await {
        upload = upload.write(bytes.map_err(broken)?).await?;
    }
    let kept = upload.keep(&name).await?;
    Ok((name, kept))
}

/// The name as it came; some programs write it the way that is meant for answers (RFC 8187).
fn given_name(field: &Field) -> String {
    let Some(disposition) = field.content_disposition() else { return String::new() };
    let extended = disposition.get_filename_ext().and_then(|name| String::from_utf8(name.value.clone()).ok());
    disposition.get_filename().map(str::to_owned).or(extended).unwrap_or_default()
}

/// What is wrong with the form itself.
fn broken(error: MultipartError) -> ApiError {
    match error {
        MultipartError::ContentTypeMissing | MultipartError::ContentTypeParse | MultipartError::ContentTypeIncompatible => {
            ApiError::MediaType
        }
        MultipartError::Payload(PayloadError::Overflow) => ApiError::Malformed("the body is too long".to_owned()),
        other => ApiError::Malformed(other.to_string()),
    }
}
