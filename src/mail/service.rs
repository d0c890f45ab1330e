//! The present mail service: the sender of letters and the transport.

use std::sync::Arc;
use std::time::Duration;

use super::smtp::SmtpServer;
use super::{Sender, Transport};
use crate::config::Settings;
use crate::domain::mail_settings::{MailRoute, MailSettings};

/// Sender and transport, and the version of the settings that they were made of. Cheap to clone.
#[derive(Debug, Clone)]
pub struct MailService {
    /// The version of the page's settings; 0 for those of file and environment.
    pub version: i64,
    /// The sender of letters.
    pub sender: Arc<Sender>,
    /// The transport.
    pub transport: Transport,
}

impl MailService {
    /// The service of the settings in file and environment.
    ///
    /// # Errors
    /// Names the setting that can't be used.
    pub fn from_settings(settings: &Settings) -> Result<Self, String> {
        let (sender, transport) = (Arc::new(Sender::from_settings(settings)?), Transport::from_settings(settings)?);
        Ok(Self { version: 0, sender, transport })
    }

    /// The service of the page's settings, with this password. Settings that the page does not have come from `settings`.
    ///
    /// # Errors
    /// Names the setting that can't be used, without the password.
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
