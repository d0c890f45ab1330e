//! Messages to the group chat of a work queue over HTTP: the texts ([`message`]), the request in the format of each receiver ([`request`]),
//! and the call itself ([`client`]). Apart from `mail`, with which it shares no protocol. May import `domain`, `config`, `text`, `mail`
//! (for the names of letters).

pub mod client;
pub mod message;
pub mod request;

pub use client::{Client, WebhookFailure};
pub use message::Message;
pub use request::{OutgoingMessage, WebhookTarget};
