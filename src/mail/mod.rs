//! Letters: their facts, texts and delivery. May import `domain`, `text`, `documents` and `config`.
//!
//! [`letters`] has the facts of a letter, [`render`] makes subject, text and HTML of them in the recipient's language, [`message`] adds the
//! headers, [`transport`] delivers it, to a mail server by [`smtp`]; [`service`] is the present sender and transport. A letter names a
//! manuscript and its state and links to the page; it never contains the manuscript's text. `domain::notice` defines the letters; the rows
//! of `store::letters` and the job that delivers them define recipients and times.

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
