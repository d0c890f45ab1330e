//! The input of a webhook.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::webhooks::WebhookDraft;
use crate::config::Secret;
use crate::domain::ids::OrganizationId;
use crate::domain::lang::Lang;
use crate::domain::vocabulary::Role;
use crate::domain::webhook::WebhookFormat;

/// The settings of a webhook, complete.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookBody {
    /// The name that its administrators chose.
    #[schema(example = "审核组群")]
    pub label: String,
    /// The role whose work it announces.
    #[schema(example = "reviewer")]
    pub role: Role,
    /// The role's organisation; required for screeners and handlers, and not allowed for others.
    pub organization_id: Option<OrganizationId>,
    /// The language of its messages.
    #[serde(default)]
    pub language: Lang,
    /// The format of the receiver.
    pub format: WebhookFormat,
    /// For the generic format: JSON, in whose strings `{{text}}`, `{{desk}}`, `{{number}}`, `{{due}}`, `{{link}}` and `{{letter}}` are
    /// replaced; if empty, the default one.
    #[serde(default)]
    pub template: String,
    /// The address; if absent or empty, the stored one is used, provided that the format is unchanged.
    #[schema(value_type = Option<String>, format = Password)]
    pub url: Option<Secret>,
    /// The secret that signs messages; for the generic format 24 to 64 bytes in base64, optionally with the prefix `whsec_`. It is stored
    /// as long as the address is.
    #[schema(value_type = Option<String>, format = Password)]
    pub secret: Option<Secret>,
    /// Whether messages are sent.
    pub on: bool,
}

impl From<WebhookBody> for WebhookDraft {
    fn from(body: WebhookBody) -> Self {
        let WebhookBody { label, role, organization_id: organization, language, format, template, url, secret, on: is_on } = body;
        Self { label, role, organization, language, format, template, url, secret, is_on }
    }
}
