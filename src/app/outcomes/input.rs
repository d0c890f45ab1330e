//! The input of acts that end a manuscript.

use serde::Deserialize;
use utoipa::ToSchema;

/// The result with which a manuscript is concluded.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"result": "临时停车场已开工，即停即走区已划定。"}))]
pub struct Conclusion {
    /// The result, which authors and the leaders who endorsed it read.
    pub result: String,
    /// The reason for concluding it although no department has answered since it was reopened; required in that case, with the same
    /// readers.
    #[serde(default)]
    pub reason: String,
}

/// The note of an archiving.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"note": "一年内没有新情况。"}))]
pub struct Archival {
    /// For the office.
    #[serde(default)]
    pub note: String,
}
