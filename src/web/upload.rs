//! A form with a file. Like [`crate::web::form::Form`] it loses nothing that was typed; only the file itself has to be chosen again.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use crate::desk::{Desk, DeskError, Tx};
use crate::documents::vault::Kept;
use crate::domain::permission::Actor;
use crate::http;
use crate::http::multipart::{self, Beside, FormError, Received};
use crate::web::cookies;
use crate::web::errors::WebError;
use crate::web::form::{Fields, Form, Typed};
use crate::web::visitor::Visitor;

/// What a form with a file brought.
pub struct Upload {
    /// Who sent it.
    pub visitor: Visitor,
    /// What he typed.
    pub fields: Fields,
    /// The file and its name, or why it was not taken.
    pub file: Result<Option<(String, Kept)>, DeskError>,
}

/// Takes the form; `may` is asked before the first byte of the file is, and what it refuses is told once the page is known to be of
/// this account.
///
/// # Errors
/// What leaves no form to show, `may`'s among it.
pub async fn receive<F>(request: &HttpRequest, payload: Payload, may: F) -> Result<Upload, WebError>
where
    F: FnOnce(&mut Tx<'_>, &Actor) -> Result<(), DeskError> + Send + 'static,
{
    let mut payload = payload.into_inner();
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("multipart/") {
        // A form that comes again after the password was asked for; it brings no file.
        let Form { visitor, fields } = Form::from_request(request, &mut payload).await?;
        visitor.read(may).await?;
        return Ok(Upload { visitor, fields, file: Ok(None) });
    }
    let desk = http::desk(request)?;
    match Visitor::recognize(request).await {
        Ok(visitor) => {
            if let Err(refusal) = visitor.read(may).await {
                return not_allowed(request, &desk, payload, visitor, refusal).await;
            }
            let (fields, file) = match multipart::receive(&desk, request, payload, Beside::Text).await {
                Ok(Received { fields, file, refused }) => (Fields::from(fields), refused.map_or(Ok(file), Err)),
                Err(error) => return Err(error.into()),
            };
            request.extensions_mut().insert(Typed(fields.clone()));
            let Form { visitor, fields } = Form::admit(request, visitor, fields).await?;
            Ok(Upload { visitor, fields, file })
        }
        Err(DeskError::Unauthenticated) => {
            // Whoever shows no session is a stranger until they have signed in: of a long body not a byte is read.
            let beside = if cookies::secret(request, &desk.settings).is_some() { Beside::TextAlone } else { Beside::Words };
            let received = multipart::words(&desk.settings, request, payload, beside).await.map_err(|error| match error {
                FormError::Desk(DeskError::TooLarge { .. }) if beside == Beside::Words => {
                    WebError::SignedOut { next: request.uri().to_string() }
                }
                other => other.into(),
            })?;
            let Form { visitor, fields } = Form::take(request, received.fields.into()).await?;
            Ok(Upload { visitor, fields, file: Ok(None) })
        }
        Err(error) => Err(error.into()),
    }
}

/// Whoever may not add a file here perhaps only has the page of another account before them: that is asked first. The file is passed
/// over.
async fn not_allowed(
    request: &HttpRequest,
    desk: &Desk,
    payload: actix_web::dev::Payload,
    visitor: Visitor,
    refusal: DeskError,
) -> Result<Upload, WebError> {
    let received = multipart::words(&desk.settings, request, payload, Beside::TextAlone).await?;
    let fields = Fields::from(received.fields);
    request.extensions_mut().insert(Typed(fields.clone()));
    let refused = visitor.actor.user;
    let Form { visitor, fields } = Form::admit(request, visitor, fields).await?;
    if visitor.actor.user == refused { Err(refusal.into()) } else { Ok(Upload { visitor, fields, file: Ok(None) }) }
}

impl From<FormError> for WebError {
    fn from(error: FormError) -> Self {
        match error {
            FormError::Desk(error) => error.into(),
            FormError::MediaType => Self::Malformed("multipart/form-data".to_owned()),
            FormError::Malformed(why) => Self::Malformed(why),
        }
    }
}
