//! A form with a file. Like [`crate::web::form::PageForm`] it loses no input; only the file itself has to be chosen again.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use crate::app::{App, AppError, Tx};
use crate::documents::vault::StoredFile;
use crate::domain::permission::Actor;
use crate::http;
use crate::http::multipart::{self, Beside, FormError, Received};
use crate::web::cookies;
use crate::web::errors::WebError;
use crate::web::fields::{Fields, Typed};
use crate::web::form::PageForm;
use crate::web::session::Visitor;

/// The content of a form with a file.
pub struct FormUpload {
    /// The sender.
    pub visitor: Visitor,
    /// The fields of the form.
    pub fields: Fields,
    /// The file and its name, or why it was not accepted.
    pub file: Result<Option<(String, StoredFile)>, AppError>,
}

/// Receives the form; `may` is called before the first byte of the file is read, and its refusal is reported once the page is known to be
/// of this account.
///
/// # Errors
/// Errors after which no form can be shown, those of `may` included.
pub async fn receive<F>(request: &HttpRequest, payload: Payload, may: F) -> Result<FormUpload, WebError>
where
    F: FnOnce(&mut Tx<'_>, &Actor) -> Result<(), AppError> + Send + 'static,
{
    let mut payload = payload.into_inner();
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("multipart/") {
        // A form that is sent again after the password was asked for; it contains no file.
        let PageForm { visitor, fields } = PageForm::from_request(request, &mut payload).await?;
        visitor.read(may).await?;
        return Ok(FormUpload { visitor, fields, file: Ok(None) });
    }
    let app = http::app(request)?;
    match Visitor::authenticate(request).await {
        Ok(visitor) => {
            if let Err(refusal) = visitor.read(may).await {
                return not_allowed(request, &app, payload, visitor, refusal).await;
            }
            let (fields, file) = match multipart::receive(&app, request, payload, Beside::Text).await {
                Ok(Received { fields, file, refused }) => (Fields::from(fields), refused.map_or(Ok(file), Err)),
                Err(error) => return Err(error.into()),
            };
            request.extensions_mut().insert(Typed(fields.clone()));
            let PageForm { visitor, fields } = PageForm::admit(request, visitor, fields).await?;
            Ok(FormUpload { visitor, fields, file })
        }
        Err(AppError::Unauthenticated) => {
            // A visitor without a session must sign in first: no byte of a long body is read.
            let beside = if cookies::secret(request, &app.settings).is_some() { Beside::TextAlone } else { Beside::Words };
            let received = multipart::words(&app.settings, request, payload, beside).await.map_err(|error| match error {
                FormError::App(AppError::TooLarge { .. }) if beside == Beside::Words => {
                    WebError::SignedOut { next: request.uri().to_string() }
                }
                other => other.into(),
            })?;
            let PageForm { visitor, fields } = PageForm::take(request, received.fields.into()).await?;
            Ok(FormUpload { visitor, fields, file: Ok(None) })
        }
        Err(error) => Err(error.into()),
    }
}

/// Checks the account of the page before the refusal is returned: the page may be of another account. The file is skipped.
async fn not_allowed(
    request: &HttpRequest,
    app: &App,
    payload: actix_web::dev::Payload,
    visitor: Visitor,
    refusal: AppError,
) -> Result<FormUpload, WebError> {
    let received = multipart::words(&app.settings, request, payload, Beside::TextAlone).await?;
    let fields = Fields::from(received.fields);
    request.extensions_mut().insert(Typed(fields.clone()));
    let refused = visitor.actor.user;
    let PageForm { visitor, fields } = PageForm::admit(request, visitor, fields).await?;
    if visitor.actor.user == refused { Err(refusal.into()) } else { Ok(FormUpload { visitor, fields, file: Ok(None) }) }
}

impl From<FormError> for WebError {
    fn from(error: FormError) -> Self {
        match error {
            FormError::App(error) => error.into(),
            FormError::MediaType => Self::Malformed("multipart/form-data".to_owned()),
            FormError::Malformed(why) => Self::Malformed(why),
        }
    }
}
