//! The way on which letters leave at the moment: who they come from, and the transport.

use std::sync::Arc;
use std::time::Duration;

use super::smtp::SmtpServer;
use super::{Sender, Transport};
use crate::config::Settings;
use crate::domain::mail_settings::{MailRoute, MailSettings};

/// Sender and transport, and the version of the settings that they were made of. Cheap to clone.
#[derive(Debug, Clone)]
pub struct MailService {
    /// The version of what a page set; 0 for what file and environment say.
    pub version: i64,
    /// Who letters come from.
    pub sender: Arc<Sender>,
    /// How they leave.
    pub transport: Transport,
}

impl MailService {
    /// As file and environment say.
    ///
    /// # Errors
    /// Says which of the settings can't be used.
    pub fn from_settings(settings: &Settings) -> Result<Self, String> {
        let (sender, transport) = (Arc::new(Sender::from_settings(settings)?), Transport::from_settings(settings)?);
        Ok(Self { version: 0, sender, transport })
    }

    /// As a page says, with this password of the account. What the page does not ask comes from `settings`.
    ///
    /// # Errors
    /// Says what can't be used; never the password.
    pub fn from_page(settings: &Settings, version: i64, of: &MailSettings, password: String) -> Result<Self, String> {
        let transport = match of.transport {
            MailRoute::File => Transport::File(settings.mail_dir()),
            MailRoute::Smtp => {
                let account = (!of.login.is_empty()).then(|| (of.login.clone(), password));
                let patience = Duration::from_secs(settings.mail.timeout_seconds);
                let letters = settings.mail.letters_per_connection;
                Transport::Smtp(Box::new(SmtpServer::new(&of.host, Some(of.port), of.security, account, patience, letters)?))
            }
        };
        let sender = match of.transport {
            MailRoute::File if of.from_address.is_empty() => Sender::from_settings(settings)?,
            MailRoute::File | MailRoute::Smtp => Sender::new(&of.from_name, &of.from_address)?,
        };
        Ok(Self { version, sender: Arc::new(sender), transport })
    }
}
