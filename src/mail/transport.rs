//! How letters leave: to a mail server, into files, or into memory.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lettre::message::Message;
use lettre::transport::smtp::{SmtpTransport, response::Response};

use crate::config::{MailTransport, Settings};
use crate::documents::private;

/// Letters that transport `memory` keeps; older ones are forgotten.
const KEPT: usize = 10_000;

/// Why a letter did not leave.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It may work later: no connection, a line that broke, an answer 4xx.
    #[error("{0}")]
    Temporary(String),
    /// It will never work: no such address, an answer 5xx.
    #[error("{0}")]
    Permanent(String),
}

/// A way out.
#[derive(Debug, Clone)]
pub enum Transport {
    /// A mail server.
    Smtp(Box<SmtpTransport>),
    /// One `.eml` file a letter in this directory.
    File(PathBuf),
    /// A list in memory; for tests and the demo.
    Memory(Arc<Mutex<VecDeque<Vec<u8>>>>),
}

impl Transport {
    /// As the settings say.
    ///
    /// # Errors
    /// If `mail.smtp_url` can't be understood. No connection is made.
    pub fn from_settings(settings: &Settings) -> Result<Self, String> {
        match settings.mail.transport {
            MailTransport::Smtp => {
                let builder = SmtpTransport::from_url(settings.mail.smtp_url.expose()).map_err(|e| format!("mail.smtp_url: {e}"))?;
                let patience = Duration::from_secs(settings.mail.timeout_seconds);
                Ok(Self::Smtp(Box::new(builder.timeout(Some(patience)).build())))
            }
            MailTransport::File => Ok(Self::File(settings.mail_dir())),
            MailTransport::Memory => Ok(Self::Memory(Arc::default())),
        }
    }

    /// Hands a letter over and says what the other side answered. Blocks: never in a transaction or on an async thread.
    ///
    /// # Errors
    /// [`Failure`] says whether it is worth another try.
    pub fn send(&self, message: &Message, name: &str) -> Result<String, Failure> {
        match self {
            Self::Smtp(server) => lettre::Transport::send(server.as_ref(), message).map(|answer| said(&answer)).map_err(|e| judge(&e)),
            Self::File(dir) => write(dir, name, &message.formatted()).map_err(|e| Failure::Temporary(format!("{}: {e}", dir.display()))),
            Self::Memory(letters) => {
                let mut letters = letters.lock().unwrap_or_else(PoisonError::into_inner);
                if letters.len() >= KEPT {
                    letters.pop_front();
                }
                letters.push_back(message.formatted());
                Ok("kept in memory".to_owned())
            }
        }
    }

    /// The letters that transport `memory` has kept, oldest first.
    #[must_use]
    pub fn kept(&self) -> Vec<String> {
        match self {
            Self::Memory(letters) => {
                let letters = letters.lock().unwrap_or_else(PoisonError::into_inner);
                letters.iter().map(|letter| String::from_utf8_lossy(letter).into_owned()).collect()
            }
            Self::Smtp(_) | Self::File(_) => Vec::new(),
        }
    }
}

/// Whole or not at all: written beside, then renamed. The same row writes the same file.
fn write(dir: &Path, name: &str, bytes: &[u8]) -> std::io::Result<String> {
    private::folder(dir)?;
    let (path, part) = (dir.join(format!("{name}.eml")), dir.join(format!(".{name}.part")));
    std::fs::write(&part, bytes)?;
    std::fs::rename(&part, &path)?;
    Ok(format!("written to {name}.eml"))
}

fn said(answer: &Response) -> String {
    let words: Vec<&str> = answer.message().collect();
    format!("{} {}", answer.code(), words.join(" "))
}

/// 4xx, broken lines and silence are worth another try, and so is a 5xx that is about us and not about this letter:
/// a wrong password for the mail server must not bury every letter of the day.
fn judge(error: &lettre::transport::smtp::Error) -> Failure {
    let about_us = |code: &str| matches!(code, "500" | "501" | "502" | "503" | "504" | "521" | "530" | "534" | "535" | "538");
    match error.status().map(|code| code.to_string()) {
        Some(code) if error.is_permanent() && !about_us(&code) => Failure::Permanent(reasons(error)),
        _ => Failure::Temporary(reasons(error)),
    }
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
