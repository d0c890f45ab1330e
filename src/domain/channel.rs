//! What a channel may set for itself: limits of time, lists, names. Everything has a default, so that a new channel works at once.

use serde::{Deserialize, Serialize};

use crate::domain::deadline::Limits;
use crate::domain::manuscript::DEFAULT_CATEGORIES;
use crate::domain::words::DeclineReason;

/// One category of results that a department may give, as it was defined when it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ResultCategory {
    /// The letter or short word, for example `A`.
    pub code: String,
    /// What it means.
    pub meaning: String,
}

/// A channel's settings, kept as JSON; the version is the channel row's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChannelSettings {
    /// Limits of time.
    pub limits: Limits,
    /// Categories of manuscripts.
    pub categories: Vec<String>,
    /// Reasons for which a manuscript may be declined.
    pub decline_reasons: Vec<DeclineReason>,
    /// Series of bulletins.
    pub series: Vec<String>,
    /// Categories of a department's results.
    pub result_categories: Vec<ResultCategory>,
    /// Minutes in which a decision can be taken back; absent takes the installation's setting, 0 switches it off.
    pub undo_minutes: Option<i64>,
    /// Days after which a manuscript that rests is archived by itself; 0 leaves that to people.
    pub archive_after_days: u32,
}

impl Default for ChannelSettings {
    fn default() -> Self {
        let category = |code: &str, meaning: &str| ResultCategory { code: code.to_owned(), meaning: meaning.to_owned() };
        Self {
            limits: Limits::default(),
            categories: DEFAULT_CATEGORIES.iter().map(ToString::to_string).collect(),
            decline_reasons: DeclineReason::ALL.to_vec(),
            series: vec!["直通车专报".to_owned()],
            result_categories: vec![
                category("A", "问题已经解决或建议已采纳"),
                category("B", "列入计划或部分采纳"),
                category("C", "因条件限制暂不能办理或留作参考"),
            ],
            undo_minutes: None,
            archive_after_days: 365,
        }
    }
}
