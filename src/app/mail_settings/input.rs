//! The input of the mail server's settings.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::mail_settings::MailChange;
use crate::config::Secret;
use crate::domain::mail_settings::{MailDraft, MailRoute, MailSecurity};

/// The settings of sending, complete.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailSettingsBody {
    /// The transport of letters.
    pub transport: MailRoute,
    /// The mail server: a host name or an address.
    #[serde(default)]
    #[schema(example = "smtp.example.gov.cn")]
    pub host: String,
    /// Its port; if absent, the default one of the protection.
    #[schema(minimum = 1, maximum = 65535, example = 465)]
    pub port: Option<i64>,
    /// The protection of the connection.
    pub security: MailSecurity,
    /// The account; empty if the server requires none.
    #[serde(default)]
    pub login: String,
    /// The account's password; if absent or empty, the stored one is used, provided that the server's name is unchanged.
    #[schema(value_type = Option<String>, format = Password)]
    pub password: Option<Secret>,
    /// The sender's name.
    #[serde(default)]
    pub from_name: String,
    /// The sender's address.
    #[serde(default)]
    #[schema(example = "ztc@example.gov.cn")]
    pub from_address: String,
}

impl From<MailSettingsBody> for MailChange {
    fn from(body: MailSettingsBody) -> Self {
        let MailSettingsBody { transport, host, port, security, login, password, from_name, from_address } = body;
        Self { draft: MailDraft { transport, host, port, security, login, from_name, from_address }, password }
    }
}
