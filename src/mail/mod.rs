//! Letters: what they say, how they look, and how they leave. May import `domain`, `text`, `documents` and `config`.
//!
//! [`letters`] has what a letter is about, [`render`] makes subject, text and HTML of it in the recipient's language,
//! [`message`] puts the headers on, [`transport`] hands it over, to a mail server by [`smtp`]; [`service`] is the way that holds now. A letter names a manuscript and its state and links to the
//! page; it never holds the manuscript's text. Which letters there are is said by `domain::notice`; who gets them, and when,
//! by the rows of `store::letters` and the job that works them off.

pub mod letters;
pub mod menu;
pub mod message;
pub mod render;
pub mod service;
pub mod smtp;
pub mod transport;
pub mod trial;

pub use letters::{LetterContext, LetterFacts};
pub use message::{Envelope, Sender};
pub use service::MailService;
pub use smtp::DeliveryFailure;
pub use transport::{Left, MailSession, Transport};

#[cfg(test)]
mod tests;
