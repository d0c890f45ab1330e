//! A form with a file (multipart/form-data, RFC 7578) on its way in: the bytes go straight to the disk, and the limit holds while they
//! come.

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::CONTENT_LENGTH;
use futures_util::StreamExt;

use crate::desk::attachments::{self, Upload};
use crate::desk::{Desk, DeskError};
use crate::documents::vault::Kept;
use crate::domain::violation::Violation;

/// What a multipart body has around its file.
const FRAME: usize = 64 * 1024;

/// How many times the limit a file in a form with text may have to be passed over for the sake of the text behind it. What is longer ends
/// the reading.
const PASSED_OVER: usize = 4;

/// Why a form was not taken.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// The desk's: too large, of no kind that is taken, a field that does not belong here.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// It is no such form.
    #[error("not multipart/form-data")]
    MediaType,
    /// It can't be read.
    #[error("{0}")]
    Malformed(String),
}

/// What a form brought.
#[derive(Debug, Default)]
pub struct Received {
    /// The fields of text, in their order.
    pub fields: Vec<(String, String)>,
    /// The file, by its name.
    pub file: Option<(String, Kept)>,
    /// Why the file was not taken, in a form that holds text as well; the text was read nevertheless.
    pub refused: Option<DeskError>,
}

/// What a form may hold beside its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Nothing.
    Nothing,
    /// Fields of text; and the file may be absent, as a browser sends a form in which none was chosen.
    Text,
    /// The same, but whatever file there is, is passed over.
    TextAlone,
}

/// Reads a form whose file is called `file`.
///
/// # Errors
/// [`FormError`].
pub async fn receive(desk: &Desk, request: &HttpRequest, payload: Payload, beside: Beside) -> Result<Received, FormError> {
    let max = desk.settings.limits.attachment_bytes;
    let said = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if beside == Beside::Nothing && said.is_some_and(|length| length > max + FRAME) {
        return Err(DeskError::TooLarge { max }.into());
    }
    let mut form = Multipart::new(request.headers(), payload);
    let mut received = Received::default();
    while let Some(field) = form.next().await {
        let mut field = field.map_err(broken)?;
        match field.name() {
            Some("file") if beside == Beside::Text && given_name(&field).is_empty() => {}
            Some("file") => {
                let name = given_name(&field);
                // A field must not be asked on after its end.
                let mut content = (&mut field).fuse();
                let taken = match beside {
                    Beside::TextAlone => Ok(()),
                    _ if received.file.is_some() => Err(DeskError::from(Violation::beyond("file", "too_many", 2, 1)).into()),
                    _ => take(desk, &name, &mut content).await.map(|file| received.file = Some(file)),
                };
                match taken {
                    Err(FormError::Desk(refused)) if beside == Beside::Text => received.refused = received.refused.or(Some(refused)),
                    other => other?,
                }
                if beside != Beside::Nothing && !pass_over(&mut content, max.saturating_mul(PASSED_OVER)).await? {
                    received.refused = received.refused.or(Some(DeskError::TooLarge { max }));
                    return Ok(received);
                }
            }
            name if beside == Beside::Nothing => {
                let other = name.unwrap_or_default().chars().filter(|c| !c.is_control()).take(64).collect::<String>();
                return Err(DeskError::from(Violation::new(other, "not_allowed_here")).into());
            }
            name => {
                let name = name.unwrap_or_default().to_owned();
                received.fields.push((name, text(&mut field).await?));
            }
        }
    }
    if beside == Beside::Nothing && received.file.is_none() {
        return Err(DeskError::from(Violation::required("file")).into());
    }
    Ok(received)
}

/// What a field holds.
type Content<'a> = futures_util::stream::Fuse<&'a mut Field>;

/// Reads what is left of a field and forgets it; false if there is more than that.
async fn pass_over(field: &mut Content<'_>, most: usize) -> Result<bool, FormError> {
    let mut length = 0;
    while let Some(bytes) = field.next().await {
        length += bytes.map_err(broken)?.len();
        if length > most {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn take(desk: &Desk, name: &str, field: &mut Content<'_>) -> Result<(String, Kept), FormError> {
    let name = attachments::file_name(name).map_err(DeskError::from)?;
    let mut upload = Upload::begin(desk).await?;
    while let Some(bytes) = field.next().await {
        upload = upload.write(bytes.map_err(broken)?).await?;
    }
    let kept = upload.keep(&name).await?;
    Ok((name, kept))
}

/// A field of text; line breaks as a form writes them (WHATWG HTML, 4.10.21.4) become line feeds.
async fn text(field: &mut Field) -> Result<String, FormError> {
    let mut text = Vec::new();
    while let Some(bytes) = field.next().await {
        text.extend_from_slice(&bytes.map_err(broken)?);
        if text.len() > FRAME {
            return Err(DeskError::TooLarge { max: FRAME }.into());
        }
    }
    let text = String::from_utf8(text).map_err(|_| FormError::Malformed("UTF-8".to_owned()))?;
    Ok(text.replace("\r\n", "\n"))
}

/// The name as it came; some programs write it the way that is meant for answers (RFC 8187).
fn given_name(field: &Field) -> String {
    let Some(disposition) = field.content_disposition() else { return String::new() };
    let extended = disposition.get_filename_ext().and_then(|name| String::from_utf8(name.value.clone()).ok());
    disposition.get_filename().map(str::to_owned).or(extended).unwrap_or_default()
}

/// What is wrong with the form itself.
fn broken(error: MultipartError) -> FormError {
    match error {
        MultipartError::ContentTypeMissing | MultipartError::ContentTypeParse | MultipartError::ContentTypeIncompatible => {
            FormError::MediaType
        }
        MultipartError::Payload(PayloadError::Overflow) => FormError::Malformed("the body is too long".to_owned()),
        other => FormError::Malformed(other.to_string()),
    }
}
