//! The input of the mail server.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::mail_settings::MailChange;
use crate::config::Secret;
use crate::domain::mail_settings::{MailDraft, MailRoute, MailSecurity};

/// How letters are to leave; the whole of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailSettingsBody {
    /// Where letters go.
    pub transport: MailRoute,
    /// The mail server: a host name or an address.
    #[serde(default)]
    #[schema(example = "smtp.example.gov.cn")]
    pub host: String,
    /// Its port; absent: the usual one of the protection.
    #[schema(minimum = 1, maximum = 65535, example = 465)]
    pub port: Option<i64>,
    /// How the connection is protected.
    pub security: MailSecurity,
    /// The account there; empty where the server asks for none.
    #[serde(default)]
    pub login: String,
    /// The account's password; absent or empty keeps the one that is there, as long as the server's name stays.
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
