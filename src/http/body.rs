//! Reads a body into memory, up to a limit that is checked while it arrives.

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::CONTENT_LENGTH;
use futures_util::StreamExt;

/// The reason why a body was not read.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// It is longer than allowed.
    #[error("longer than {max} bytes")]
    TooLarge {
        /// The limit.
        max: usize,
    },
    /// The client broke off.
    #[error("{0}")]
    Broken(String),
}

/// Capacity that is reserved before the first byte arrives. The announced length is not trusted.
const PIECE: usize = 64 * 1024;

/// Reads a body of at most `max` bytes.
///
/// # Errors
/// [`BodyError`].
pub async fn read(request: &HttpRequest, mut payload: Payload, max: usize) -> Result<Vec<u8>, BodyError> {
    let said = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if said.is_some_and(|length| length > max) {
        return Err(BodyError::TooLarge { max });
    }
    let mut bytes = Vec::with_capacity(said.unwrap_or(0).min(PIECE));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| match error {
            PayloadError::Overflow => BodyError::TooLarge { max },
            other => BodyError::Broken(other.to_string()),
        })?;
        if bytes.len() + chunk.len() > max {
            return Err(BodyError::TooLarge { max });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
