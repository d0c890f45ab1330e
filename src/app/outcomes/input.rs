//! The input of what ends a manuscript.

use serde::Deserialize;
use utoipa::ToSchema;

/// The result with which a manuscript is concluded.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"result": "临时停车场已开工，即停即走区已划定。"}))]
pub struct Conclusion {
    /// What authors, and the leaders who marked it, read.
    pub result: String,
    /// Why it is concluded although no department has answered since it was opened again; needed in that case, and read by the same.
    #[serde(default)]
    pub reason: String,
}

/// Why a manuscript is put away.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"note": "一年内没有新情况。"}))]
pub struct Archival {
    /// For the office.
    #[serde(default)]
    pub note: String,
}
