//! The dialogue with a mail server, stage by stage (RFC 5321), so that a failure can be attributed: to the server or our account, to one
//! recipient, or to one letter. One connection serves many letters.

mod server;

use std::time::Duration;

use lettre::message::Message;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::SmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;

pub use server::SmtpServer;

use crate::domain::notice::MailStage;

/// A failure in a dialogue, with its stage.
#[derive(Debug)]
struct Trouble {
    stage: MailStage,
    answer: String,
    /// The server's code; `None` where the connection broke or there was no answer.
    code: Option<u16>,
}

impl Trouble {
    fn new(stage: MailStage, error: &Error, timeout: Duration) -> Self {
        let answer = if is_silence(error) { format!("no answer within {} s", timeout.as_secs()) } else { reasons(error) };
        Self { stage, answer, code: error.status().map(u16::from) }
    }

    /// Whether the connection can't be used any more: it broke, there was no answer, or the server said that it closes it.
    fn is_broken(&self) -> bool {
        self.code.is_none_or(|code| code == 421)
    }

    /// Whether the server's code, or the enhanced one (RFC 3463), is about the sender: authentication is required, or the sender's address
    /// is refused. Many servers delay such an answer until the recipient.
    fn is_about_us(&self) -> bool {
        let enhanced = |code: &str| self.answer.split(|c: char| !(c.is_ascii_digit() || c == '.')).any(|word| word == code);
        let codes = ["5.1.7", "4.1.7", "5.1.8", "4.1.8", "5.7.8", "4.7.8", "5.7.9", "4.7.9", "5.5.1", "4.5.1"];
        matches!(self.code, Some(502 | 503 | 521 | 530 | 534 | 535 | 538)) || codes.into_iter().any(enhanced)
    }

    /// A recipient refused for reasons of the server's policy, which may be about us as well (relay denied): not final at the first try.
    fn is_policy(&self) -> bool {
        let mut words = self.answer.split(|c: char| !(c.is_ascii_digit() || c == '.'));
        self.stage == MailStage::Recipient && words.any(|word| word.starts_with("5.7.") || word == "5.3.2")
    }

    /// Attributes the failure.
    fn judge(self) -> DeliveryFailure {
        let Self { stage, answer, code } = &self;
        let to_server = *stage < MailStage::Recipient || self.is_broken() || *stage == MailStage::Recipient && self.is_about_us();
        if to_server {
            return DeliveryFailure::Server { stage: *stage, answer: answer.clone() };
        }
        match code {
            Some(code) if *code >= 500 && !self.is_policy() => DeliveryFailure::Permanent(answer.clone()),
            _ => DeliveryFailure::Temporary(answer.clone()),
        }
    }
}

/// An open connection to a mail server, and the number of letters that it has carried.
pub struct SmtpLine {
    server: SmtpServer,
    open: Option<(SmtpConnection, u32)>,
}

impl SmtpLine {
    /// Not connected yet.
    #[must_use]
    pub const fn new(server: SmtpServer) -> Self {
        Self { server, open: None }
    }

    /// Sends a letter, on the open connection if there is one. A connection that turns out to be broken before the letter itself was sent
    /// is replaced once; after that the letter may have been accepted, and is never repeated here.
    ///
    /// # Errors
    /// The failure, attributed to server, recipient or letter.
    pub fn send(&mut self, message: &Message) -> Result<String, DeliveryFailure> {
        let mut carried = self.reuse();
        loop {
            let is_fresh = carried.is_none();
            let (mut connection, letters) = match carried.take() {
                Some(open) => open,
                None => (self.server.connect(&mut |_| {}).map_err(Trouble::judge)?, 0),
            };
            match dialogue(&mut connection, message, self.server.timeout, &mut |_| {}) {
                Ok(answer) => {
                    self.keep(connection, letters + 1);
                    return Ok(said(&answer));
                }
                Err(trouble) => {
                    // An answer on a connection that has carried letters may be about the connection: a limit of letters or of time.
                    let about_line = trouble.is_broken() || trouble.stage < MailStage::Recipient;
                    if !is_fresh && about_line && trouble.stage < MailStage::Message {
                        connection.abort();
                        continue;
                    }
                    if trouble.is_broken() || trouble.stage < MailStage::Recipient {
                        connection.abort();
                    } else {
                        self.keep(connection, letters + 1);
                    }
                    return Err(trouble.judge());
                }
            }
        }
    }

    /// Goes through all stages on a separate connection and sends the letter; `passed` is called for each finished stage.
    ///
    /// # Errors
    /// The stage that failed, and the server's message.
    pub fn try_out(server: &SmtpServer, message: &Message, passed: &mut dyn FnMut(MailStage)) -> Result<String, (MailStage, String)> {
        let told = |trouble: Trouble| (trouble.stage, trouble.answer);
        let mut connection = server.connect(passed).map_err(told)?;
        let answer = dialogue(&mut connection, message, server.timeout, passed);
        connection.abort();
        answer.map(|answer| said(&answer)).map_err(told)
    }

    /// Connects and signs in, and does no more.
    ///
    /// # Errors
    /// The stage that failed, and the server's message.
    pub fn probe(server: &SmtpServer) -> Result<(), (MailStage, String)> {
        let mut connection = server.connect(&mut |_| {}).map_err(|trouble| (trouble.stage, trouble.answer))?;
        // Sends QUIT first.
        connection.abort();
        Ok(())
    }

    /// The open connection, ready for another letter.
    fn reuse(&mut self) -> Option<(SmtpConnection, u32)> {
        let (mut connection, letters) = self.open.take()?;
        if connection.has_broken() || connection.command(Rset).is_err() {
            connection.abort();
            return None;
        }
        Some((connection, letters))
    }

    fn keep(&mut self, mut connection: SmtpConnection, letters: u32) {
        if letters < self.server.letters {
            self.open = Some((connection, letters));
        } else {
            connection.abort();
        }
    }
}

impl Drop for SmtpLine {
    fn drop(&mut self) {
        if let Some((mut connection, _)) = self.open.take() {
            // Sends QUIT first.
            connection.abort();
        }
    }
}

/// Sends the envelope and the letter, on an authenticated connection.
fn dialogue(
    connection: &mut SmtpConnection,
    message: &Message,
    timeout: Duration,
    passed: &mut dyn FnMut(MailStage),
) -> Result<Response, Trouble> {
    let at = |stage: MailStage| move |error: Error| Trouble::new(stage, &error, timeout);
    let (envelope, text) = (message.envelope(), message.formatted());
    let mut options = Vec::new();
    if envelope.to().iter().chain(envelope.from()).any(|address| !AsRef::<str>::as_ref(address).is_ascii()) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            let answer = "the address is not ASCII, and the mail server does not support SMTPUTF8".to_owned();
            return Err(Trouble { stage: MailStage::Recipient, answer, code: Some(553) });
        }
        options.push(MailParameter::SmtpUtfEight);
    }
    if !text.is_ascii() && connection.server_info().supports_feature(Extension::EightBitMime) {
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    connection.command(Mail::new(envelope.from().cloned(), options)).map_err(at(MailStage::Sender))?;
    passed(MailStage::Sender);
    for address in envelope.to() {
        connection.command(Rcpt::new(address.clone(), Vec::new())).map_err(at(MailStage::Recipient))?;
    }
    passed(MailStage::Recipient);
    connection.command(Data).map_err(at(MailStage::Message))?;
    let answer = connection.message(&text).map_err(at(MailStage::Message))?;
    passed(MailStage::Message);
    Ok(answer)
}

fn said(answer: &Response) -> String {
    let words: Vec<&str> = answer.message().collect();
    format!("{} {}", answer.code(), words.join(" "))
}

/// Whether there was no answer in time.
fn is_silence(error: &Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        if let Some(io) = next.downcast_ref::<std::io::Error>() {
            return matches!(io.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut);
        }
        cause = next.source();
    }
    false
}

/// An error with its causes on one line.
fn reasons(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let next_text = next.to_string();
        if !text.contains(&next_text) {
            text = format!("{text}: {next_text}");
        }
        cause = next.source();
    }
    text
}

/// The reason why a letter was not delivered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryFailure {
    /// The mail server accepts no letters now, or none from this sender: the letter is not the cause.
    #[error("{answer}")]
    Server {
        /// The stage that the dialogue reached.
        stage: MailStage,
        /// The error there.
        answer: String,
    },
    /// The letter may be delivered later: an answer 4xx to its recipient or to itself, a file that can't be written.
    #[error("{0}")]
    Temporary(String),
    /// The letter can't be delivered: no such address, an answer 5xx.
    #[error("{0}")]
    Permanent(String),
}
