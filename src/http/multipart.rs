//! Reads a form with a file (multipart/form-data, RFC 7578). The bytes of the file go straight to the disk, and every limit is checked
//! while they arrive, so that no form takes more memory than [`Bounds::text`] and a few chunks.

mod disposition;

use std::cell::Cell;
use std::rc::Rc;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};
use futures_util::StreamExt;

use crate::app::attachments::{self, IncomingFile};
use crate::app::{App, AppError};
use crate::config::Settings;
use crate::documents::vault::StoredFile;
use crate::domain::violation::Violation;
use crate::http::multipart::disposition::Disposition;

/// Allowance for the boundaries and headers around the file.
const FRAME: usize = 64 * 1024;

/// A file that is too large is skipped up to this multiple of the limit, for the sake of the text fields behind it. A longer one ends the
/// reading.
const PASSED_OVER: usize = 4;

/// Parts of one form. The longest form of the pages has fewer than five hundred fields.
const PARTS: usize = 1_000;

/// Bytes of a field's name.
const NAME: usize = 200;

/// The reason why a form was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// An error of the application: a file that is too large or of a kind that is not accepted, an unknown field.
    #[error(transparent)]
    App(#[from] AppError),
    /// The content type is no `multipart/form-data`.
    #[error("not multipart/form-data")]
    MediaType,
    /// It can't be read.
    #[error("{0}")]
    Malformed(String),
}

/// The content of a form.
#[derive(Debug, Default)]
pub struct Received {
    /// The fields of text, in their order.
    pub fields: Vec<(String, String)>,
    /// The file, by its name.
    pub file: Option<(String, StoredFile)>,
    /// The reason why the file was not accepted, in a form with text fields, which were read nevertheless.
    pub refused: Option<AppError>,
}

/// The fields that a form may have beside its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Nothing.
    Nothing,
    /// Text fields; the file may be absent, as a browser sends a form in which no file was chosen.
    Text,
    /// Like [`Self::Text`], but a file is skipped, because the sender is not authenticated yet.
    TextAlone,
    /// Like [`Self::TextAlone`], from a sender without a session: no more bytes are read than those of the text fields.
    Words,
}

/// The largest amount of a form that is read.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    /// Bytes of the file.
    file: usize,
    /// Bytes of all fields of text together.
    text: usize,
    /// Bytes of the whole body.
    body: usize,
}

impl Bounds {
    fn of(settings: &Settings, beside: Beside) -> Self {
        let (file, text) = (settings.limits.attachment_bytes, settings.server.json_bytes);
        let body = match beside {
            Beside::Nothing => file.saturating_add(FRAME),
            Beside::Text => file.saturating_mul(PASSED_OVER).saturating_add(text),
            Beside::TextAlone => file.saturating_add(text),
            Beside::Words => text,
        };
        Self { file, text, body }
    }
}

/// A form that is being read.
struct MultipartReader {
    form: Multipart,
    bounds: Bounds,
    beside: Beside,
    /// Bytes of text and parts that came so far.
    text: usize,
    parts: usize,
    /// Whether the body was cut off at its bound.
    cut: Rc<Cell<bool>>,
}

/// Reads a form whose file is called `file`.
///
/// # Errors
/// [`FormError`].
pub async fn receive(app: &App, request: &HttpRequest, payload: Payload, beside: Beside) -> Result<Received, FormError> {
    let reading = MultipartReader::begin(request, payload, beside, Bounds::of(&app.settings, beside))?;
    read(Some(app), reading).await
}

/// Reads the text fields of a form and skips its file.
///
/// # Errors
/// [`FormError`].
pub async fn words(settings: &Settings, request: &HttpRequest, payload: Payload, beside: Beside) -> Result<Received, FormError> {
    read(None, MultipartReader::begin(request, payload, beside, Bounds::of(settings, beside))?).await
}

/// Without an application no file is accepted.
async fn read(app: Option<&App>, mut reading: MultipartReader) -> Result<Received, FormError> {
    let beside = reading.beside;
    let mut received = Received::default();
    while let Some((mut field, about)) = reading.next().await? {
        match about.name.as_str() {
            "file" if beside == Beside::Text && about.filename.as_deref().unwrap_or_default().is_empty() => {}
            "file" => {
                // A field must not be polled after its end.
                let mut content = (&mut field).fuse();
                let taken = match app.filter(|_| matches!(beside, Beside::Nothing | Beside::Text)) {
                    None => Ok(()),
                    _ if received.file.is_some() => Err(AppError::from(Violation::beyond("file", "too_many", 2, 1)).into()),
                    Some(app) => reading.take(app, &about, &mut content).await.map(|file| received.file = Some(file)),
                };
                match taken {
                    Err(FormError::App(refused)) if beside == Beside::Text => received.refused = received.refused.or(Some(refused)),
                    other => other?,
                }
                if beside != Beside::Nothing && !reading.pass_over(&mut content).await? {
                    received.refused = received.refused.or(Some(AppError::TooLarge { max: reading.bounds.file }));
                    return Ok(received);
                }
            }
            name if beside == Beside::Nothing => {
                let other = name.chars().filter(|c| !c.is_control()).take(64).collect::<String>();
                return Err(AppError::from(Violation::new(other, "not_allowed_here")).into());
            }
            _ => received.fields.push((about.name, reading.text(&mut field).await?)),
        }
    }
    if beside == Beside::Nothing && received.file.is_none() {
        return Err(AppError::from(Violation::required("file")).into());
    }
    Ok(received)
}

/// The content of a field.
type Content<'a> = futures_util::stream::Fuse<&'a mut Field>;

impl MultipartReader {
    fn begin(request: &HttpRequest, payload: Payload, beside: Beside, bounds: Bounds) -> Result<Self, FormError> {
        let said = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        // Checked before the first byte is read. A form with text fields is read up to its bound, so that they are not lost.
        if matches!(beside, Beside::Nothing | Beside::Words) && said.is_some_and(|length| length > bounds.body) {
            return Err(AppError::TooLarge { max: bounds.file }.into());
        }
        let (cut, mut left) = (Rc::new(Cell::new(false)), bounds.body);
        let flag = Rc::clone(&cut);
        let counted = payload.map(move |piece| {
            let piece = piece?;
            left = left.checked_sub(piece.len()).ok_or_else(|| {
                flag.set(true);
                PayloadError::Overflow
            })?;
            Ok(piece)
        });
        let form = Multipart::new(&as_mixed(request.headers())?, counted);
        Ok(Self { form, bounds, beside, text: 0, parts: 0, cut })
    }

    /// The next part and its `Content-Disposition`.
    async fn next(&mut self) -> Result<Option<(Field, Disposition)>, FormError> {
        let Some(field) = self.form.next().await else { return Ok(None) };
        let field = field.map_err(|error| self.broken(error))?;
        self.parts += 1;
        if self.parts > PARTS {
            return Err(FormError::Malformed(format!("more than {PARTS} parts")));
        }
        let header = field.headers().get(CONTENT_DISPOSITION).map(HeaderValue::as_bytes).unwrap_or_default();
        let about = disposition::read(header).ok_or_else(|| FormError::Malformed("a part without a name".to_owned()))?;
        if about.name.len() > NAME {
            return Err(FormError::Malformed(format!("a name of more than {NAME} bytes")));
        }
        Ok(Some((field, about)))
    }

    /// Reads the rest of a file and discards it; `false` if it exceeds the allowance.
    async fn pass_over(&self, field: &mut Content<'_>) -> Result<bool, FormError> {
        let (mut length, most) = (0_usize, self.bounds.file.saturating_mul(PASSED_OVER));
        while let Some(bytes) = field.next().await {
            match bytes {
                Ok(bytes) => length = length.saturating_add(bytes.len()),
                // The text fields before it are not lost.
                Err(_) if self.cut.get() && self.beside != Beside::Nothing => return Ok(false),
                Err(error) => return Err(self.broken(error)),
            }
            if length > most {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn take(&self, app: &App, about: &Disposition, field: &mut Content<'_>) -> Result<(String, StoredFile), FormError> {
        if about.unreadable {
            return Err(AppError::from(Violation::new("file", "unreadable_file_name")).into());
        }
        let name = attachments::file_name(about.filename.as_deref().unwrap_or_default()).map_err(AppError::from)?;
        let mut upload = IncomingFile::begin(app).await?;
        while let Some(bytes) = field.next().await {
            upload = upload.write(bytes.map_err(|error| self.broken(error))?).await?;
        }
        let kept = upload.keep(&name).await?;
        Ok((name, kept))
    }

    /// Reads a text field; the line breaks of forms (WHATWG HTML, 4.10.21.4) become line feeds.
    async fn text(&mut self, field: &mut Field) -> Result<String, FormError> {
        let mut text = Vec::new();
        while let Some(bytes) = field.next().await {
            let bytes = bytes.map_err(|error| self.broken(error))?;
            self.text = self.text.saturating_add(bytes.len());
            if self.text > self.bounds.text {
                return Err(AppError::TooLarge { max: self.bounds.text }.into());
            }
            text.extend_from_slice(&bytes);
        }
        let text = String::from_utf8(text).map_err(|_| FormError::Malformed("UTF-8".to_owned()))?;
        Ok(text.replace("\r\n", "\n"))
    }

    /// Maps an error of the parser to the fault of the form.
    fn broken(&self, error: MultipartError) -> FormError {
        match error {
            MultipartError::ContentTypeMissing | MultipartError::ContentTypeParse | MultipartError::ContentTypeIncompatible => {
                FormError::MediaType
            }
            MultipartError::Payload(PayloadError::Overflow) if self.cut.get() => AppError::TooLarge { max: self.bounds.file }.into(),
            MultipartError::Payload(PayloadError::Overflow) => FormError::Malformed("a header or a line is too long".to_owned()),
            other => FormError::Malformed(other.to_string()),
        }
    }
}

/// The headers of the form with the type `multipart/mixed`, for which the reader does not parse `Content-Disposition` itself: its parser
/// accepts UTF-8 only.
fn as_mixed(headers: &HeaderMap) -> Result<HeaderMap, FormError> {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (media, parameters) = kind.split_once(';').ok_or(FormError::MediaType)?;
    if !media.trim().eq_ignore_ascii_case("multipart/form-data") {
        return Err(FormError::MediaType);
    }
    let mixed = HeaderValue::from_str(&format!("multipart/mixed;{parameters}")).map_err(|_| FormError::MediaType)?;
    Ok(HeaderMap::from_iter([(CONTENT_TYPE, mixed)]))
}
