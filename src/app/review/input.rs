//! The input of decisions on a manuscript: verdicts, requests for changes, edited texts.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::review::{NewRequest, ReviewVerdict};
use crate::app::{AppError, Tx, review, signing};
use crate::domain::characters::is_blank;
use crate::domain::ids::ManuscriptId;
use crate::domain::manuscript::Text;
use crate::domain::permission::Actor;
use crate::domain::violation::Violation;
use crate::domain::vocabulary::DeclineReason;

/// The possible decisions of the organisation's office.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScreeningDecision {
    /// Passes the manuscript to review.
    Pass,
    /// Returns it to the author.
    Return,
}

/// A decision of the organisation's office.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"decision": "return", "reason": "请补充近三年的数据。", "requests": [{"part": "situation", "from": 0, "to": 4, "text": "请写明日期"}]}))]
pub struct Screening {
    /// Pass or return.
    pub decision: ScreeningDecision,
    /// The reason for a return.
    #[serde(default)]
    pub reason: String,
    /// The requested changes, for a return.
    #[serde(default)]
    pub requests: Vec<NewRequest>,
}

impl From<Screening> for ReviewVerdict {
    fn from(of: Screening) -> Self {
        match of.decision {
            ScreeningDecision::Pass => Self::Pass,
            ScreeningDecision::Return => Self::Return { reason: of.reason, requests: of.requests },
        }
    }
}

/// The possible decisions of a reviewer.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewDecision {
    /// Recommends the manuscript to the signers.
    Recommend,
    /// Returns it to the author.
    Return,
    /// Declines it.
    Decline,
}

/// A reviewer's decision.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"decision": "recommend", "opinion": "情况属实，建议具体，拟采用。"}))]
pub struct Review {
    /// Recommend, return or decline.
    pub decision: ReviewDecision,
    /// Addressed to the signer, for a recommendation; never shown to the author.
    #[serde(default)]
    pub opinion: String,
    /// Addressed to the author, for a return or a decline.
    #[serde(default)]
    pub reason: String,
    /// From the channel's list, for a decline.
    #[serde(default)]
    pub reason_code: Option<DeclineReason>,
    /// The requested changes, for a return.
    #[serde(default)]
    pub requests: Vec<NewRequest>,
}

impl TryFrom<Review> for ReviewVerdict {
    type Error = AppError;

    fn try_from(of: Review) -> Result<Self, AppError> {
        // An explanation in `opinion` of a return or a decline is meant for the author.
        let reason = if is_blank(&of.reason) { of.opinion.clone() } else { of.reason };
        Ok(match of.decision {
            ReviewDecision::Recommend => Self::Recommend { opinion: of.opinion },
            ReviewDecision::Return => Self::Return { reason, requests: of.requests },
            ReviewDecision::Decline => {
                let code = of.reason_code.ok_or_else(|| Violation::required("reason_code"))?;
                Self::Decline { code, reason }
            }
        })
    }
}

impl Screening {
    /// Performs the decision of an organisation's office.
    ///
    /// # Errors
    /// As [`review::decide`].
    pub fn carry_out(self, tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64) -> Result<(), AppError> {
        review::decide(tx, actor, id, seen, &self.into()).map(drop)
    }
}

impl Review {
    /// Performs a reviewer's decision.
    ///
    /// # Errors
    /// As [`review::decide`].
    pub fn carry_out(self, tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64) -> Result<(), AppError> {
        review::decide(tx, actor, id, seen, &self.try_into()?).map(drop)
    }
}

/// The possible decisions of a signer.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignatureDecision {
    /// Signs the manuscript for use.
    Sign,
    /// Returns it to the reviewers.
    SendBack,
}

/// A signer's decision.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"decision": "sign"}))]
pub struct Signature {
    /// Sign or send back.
    pub decision: SignatureDecision,
    /// A remark with the signature, for the office.
    #[serde(default)]
    pub opinion: String,
    /// The reason for sending it back.
    #[serde(default)]
    pub reason: String,
}

impl Signature {
    /// Signs, or sends back to the reviewers.
    ///
    /// # Errors
    /// As [`signing::sign`] and [`signing::send_back`].
    pub fn carry_out(&self, tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64) -> Result<(), AppError> {
        match self.decision {
            SignatureDecision::Sign => signing::sign(tx, actor, id, seen, &self.opinion),
            SignatureDecision::SendBack => signing::send_back(tx, actor, id, seen, &self.reason),
        }
        .map(drop)
    }
}

/// The manuscript to merge into.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// Its id.
    pub into: ManuscriptId,
}

/// A reason in text.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "情况有变，请重新研究。"}))]
pub struct Reason {
    /// The reason.
    #[serde(default)]
    pub reason: String,
}

/// The body to which a declined manuscript is passed on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"addressee": "县信访局", "note": "属信访事项。"}))]
pub struct Referral {
    /// The addressee.
    #[serde(default)]
    pub addressee: String,
    /// A note, which the author reads too.
    #[serde(default)]
    pub note: String,
}

/// The office's edited text (定稿), complete.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditedText {
    /// 案由
    #[serde(default)]
    pub title: String,
    /// 情况问题
    #[serde(default)]
    pub situation: String,
    /// 原因分析
    #[serde(default)]
    pub causes: String,
    /// 建议条目
    #[serde(default)]
    pub suggestions: Vec<String>,
}

impl EditedText {
    /// Parses the text within the limits.
    ///
    /// # Errors
    /// The violations of the limits.
    pub fn parse(&self, tx: &Tx<'_>) -> Result<Text, AppError> {
        Ok(Text::parse(&self.title, &self.situation, &self.causes, &self.suggestions, &tx.text_limits())?)
    }
}
