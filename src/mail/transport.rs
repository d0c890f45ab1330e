//! The transports of letters: to a mail server, into files, or into memory.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lettre::message::Message;

use super::smtp::{SmtpLine, SmtpServer};
use crate::config::{MailTransport, Settings};
use crate::documents::private;
use crate::mail::smtp::DeliveryFailure;

/// Letters that transport `memory` holds; older ones are dropped.
const KEPT: usize = 10_000;

/// The outcome of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// The mail server accepted it, with this answer.
    Sent(String),
    /// It was written to a file and not sent.
    Filed(String),
}

/// A transport of letters.
#[derive(Debug, Clone)]
pub enum Transport {
    /// A mail server.
    Smtp(Box<SmtpServer>),
    /// One `.eml` file a letter in this directory.
    File(PathBuf),
    /// A list in memory; for tests and the demo.
    Memory(Arc<Mutex<VecDeque<Vec<u8>>>>),
}

impl Transport {
    /// The transport of the settings.
    ///
    /// # Errors
    /// If `mail.smtp_url` can't be understood. No connection is made.
    pub fn from_settings(settings: &Settings) -> Result<Self, String> {
        let mail = &settings.mail;
        match mail.transport {
            MailTransport::Smtp => {
                let patience = Duration::from_secs(mail.timeout_seconds);
                let server = SmtpServer::from_url(mail.smtp_url.expose(), patience, mail.letters_per_connection);
                Ok(Self::Smtp(Box::new(server.map_err(|e| format!("mail.smtp_url can't be used: {e}"))?)))
            }
            MailTransport::File => Ok(Self::File(settings.mail_dir())),
            MailTransport::Memory => Ok(Self::Memory(Arc::default())),
        }
    }

    /// The name under which the state of the mail server is stored; `None` where letters are not sent to a server.
    #[must_use]
    pub fn server(&self) -> Option<String> {
        match self {
            Self::Smtp(server) => Some(server.name()),
            Self::File(_) | Self::Memory(_) => None,
        }
    }

    /// A session that sends one letter after the other over one connection. It connects at the first letter.
    #[must_use]
    pub fn session(&self) -> MailSession {
        let line = match self {
            Self::Smtp(server) => Some(SmtpLine::new(server.as_ref().clone())),
            Self::File(_) | Self::Memory(_) => None,
        };
        MailSession { transport: self.clone(), line }
    }

    /// The letters that transport `memory` holds, oldest first.
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

/// A session for several letters. The connection, if there is one, is closed on drop.
pub struct MailSession {
    transport: Transport,
    line: Option<SmtpLine>,
}

impl MailSession {
    /// Delivers a letter and returns how. Blocks: never in a transaction or on an async thread.
    ///
    /// # Errors
    /// [`DeliveryFailure`], attributed to server, recipient or letter, and whether a retry makes sense.
    pub fn send(&mut self, message: &Message, name: &str) -> Result<Left, DeliveryFailure> {
        match (&self.transport, &mut self.line) {
            (_, Some(line)) => line.send(message).map(Left::Sent),
            (Transport::Smtp(server), None) => SmtpLine::new(server.as_ref().clone()).send(message).map(Left::Sent),
            (Transport::File(dir), None) => {
                let written = write(dir, name, &message.formatted());
                written.map(Left::Filed).map_err(|e| DeliveryFailure::Temporary(format!("{}: {e}", dir.display())))
            }
            (Transport::Memory(letters), None) => {
                let mut letters = letters.lock().unwrap_or_else(PoisonError::into_inner);
                if letters.len() >= KEPT {
                    letters.pop_front();
                }
                letters.push_back(message.formatted());
                Ok(Left::Sent("kept in memory".to_owned()))
            }
        }
    }
}

/// Deletes the files of letters that were written before (seconds since 1970), and restricts the others to the server's user: older
/// versions left them readable. Returns the number of deleted files.
///
/// # Errors
/// The disk's.
pub fn sweep(dir: &Path, before: i64) -> std::io::Result<usize> {
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(e) => return Err(e),
    };
    private::close(dir)?;
    let mut swept = 0;
    for entry in entries {
        let path = entry?.path();
        if !path.extension().is_some_and(|end| end == "eml" || end == "part") {
            continue;
        }
        // Another node may share the folder, and have removed it meanwhile.
        let Ok(metadata) = std::fs::metadata(&path) else { continue };
        let written = metadata.modified()?.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
        if i64::try_from(written).unwrap_or(i64::MAX) < before {
            std::fs::remove_file(&path)?;
            swept += 1;
        } else {
            private::close(&path)?;
        }
    }
    Ok(swept)
}

/// Writes a file atomically: under a temporary name, then renamed. The same row writes the same file.
fn write(dir: &Path, name: &str, bytes: &[u8]) -> std::io::Result<String> {
    private::folder(dir)?;
    let (path, part) = (dir.join(format!("{name}.eml")), dir.join(format!(".{name}.part")));
    drop(std::fs::remove_file(&part));
    private::file(&part)?;
    std::fs::write(&part, bytes)?;
    std::fs::rename(&part, &path)?;
    Ok(format!("written to {name}.eml"))
}
