//! The input of joint authors.

use serde::Deserialize;
use utoipa::ToSchema;

/// The joint authors, without the first author.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"authors": ["zhoumin", "lihua"]}))]
pub struct Authors {
    /// Sign-in names or ids.
    pub authors: Vec<String>,
}

/// The decision of an invited author.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CoSignatureDecision {
    /// Signs the current text.
    Sign,
    /// Declines the invitation.
    Decline,
}

/// A joint author's response to the invitation.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CoSignature {
    /// Sign (the default), or decline.
    pub decision: Option<CoSignatureDecision>,
}
