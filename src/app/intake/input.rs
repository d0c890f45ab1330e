//! The input of what joint authors do.

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

/// Whether an invited author signs.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CoSignatureDecision {
    /// Signs the text as it stands.
    Sign,
    /// Declines the invitation.
    Decline,
}

/// A joint author's answer to the invitation.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CoSignature {
    /// Sign, unless said otherwise, or decline.
    pub decision: Option<CoSignatureDecision>,
}
