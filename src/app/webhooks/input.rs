//! The input of a webhook.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::webhooks::WebhookDraft;
use crate::config::Secret;
use crate::domain::ids::OrganizationId;
use crate::domain::lang::Lang;
use crate::domain::vocabulary::Role;
use crate::domain::webhook::WebhookFormat;

/// A webhook as it is to be; the whole of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookBody {
    /// What its administrators call it.
    #[schema(example = "审核组群")]
    pub label: String,
    /// Whose desk it is: one that letters call to work.
    #[schema(example = "reviewer")]
    pub role: Role,
    /// The desk's organisation; for screeners and handlers, and for nobody else.
    pub organization_id: Option<OrganizationId>,
    /// The language of its messages.
    #[serde(default)]
    pub language: Lang,
    /// The form in which the receiver takes them.
    pub format: WebhookFormat,
    /// For the generic format: JSON, in whose strings `{{text}}`, `{{desk}}`, `{{number}}`, `{{due}}`, `{{link}}` and `{{letter}}` are replaced;
    /// empty for the usual one.
    #[serde(default)]
    pub template: String,
    /// The address; absent or empty keeps the one that is there, as long as the format stays.
    #[schema(value_type = Option<String>, format = Password)]
    pub url: Option<Secret>,
    /// The secret that signs messages; for the generic format 24 to 64 bytes in base64, perhaps behind `whsec_`. It is kept as long as the
    /// address is.
    #[schema(value_type = Option<String>, format = Password)]
    pub secret: Option<Secret>,
    /// Whether messages go there.
    pub on: bool,
}

impl From<WebhookBody> for WebhookDraft {
    fn from(body: WebhookBody) -> Self {
        let WebhookBody { label, role, organization_id: organization, language, format, template, url, secret, on: is_on } = body;
        Self { label, role, organization, language, format, template, url, secret, is_on }
    }
}
