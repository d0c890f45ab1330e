//! A time-out for the body of a request, so that a client that sends a byte now and then does not occupy a connection for ever.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{Error, HttpMessage};
use futures_util::Stream;
use tokio::time::Sleep;

/// Time that a body may take, from the end of the request's head on.
#[derive(Debug, Clone, Copy)]
pub struct BodyTimeout(pub Duration);

/// Middleware for `actix_web::middleware::from_fn`: the body of a request ends with an error when [`BodyTimeout`] is at its end.
///
/// # Errors
/// The errors of the inner service.
pub async fn body_timeout(mut request: ServiceRequest, next: Next<impl MessageBody>) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let has_body = request.headers().contains_key(CONTENT_LENGTH) || request.headers().contains_key(TRANSFER_ENCODING);
    if let Some(BodyTimeout(patience)) = request.app_data::<BodyTimeout>().copied().filter(|_| has_body) {
        let inner = request.take_payload();
        let payload: Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>> =
            Box::pin(Hurried { inner, deadline: Box::pin(tokio::time::sleep(patience)) });
        request.set_payload(Payload::Stream { payload });
    }
    next.call(request).await
}

struct Hurried {
    inner: Payload,
    deadline: Pin<Box<Sleep>>,
}

impl Stream for Hurried {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match Pin::new(&mut self.inner).poll_next(context) {
            Poll::Pending => self.deadline.as_mut().poll(context).map(|()| {
                let cause = std::io::Error::new(std::io::ErrorKind::TimedOut, "the body took too long");
                Some(Err(PayloadError::Io(cause)))
            }),
            ready @ Poll::Ready(_) => ready,
        }
    }
}
