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

/// What the organisation's office may decide.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScreeningDecision {
    /// Lets it pass.
    Pass,
    /// Back to the author.
    Return,
}

/// A decision of the organisation's office.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"decision": "return", "reason": "请补充近三年的数据。", "requests": [{"part": "situation", "from": 0, "to": 4, "text": "请写明日期"}]}))]
pub struct Screening {
    /// Pass or return.
    pub decision: ScreeningDecision,
    /// Why, when it is returned.
    #[serde(default)]
    pub reason: String,
    /// Changes asked for, when it is returned.
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

/// What a reviewer may decide.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewDecision {
    /// To the signer.
    Recommend,
    /// Back to the author.
    Return,
    /// Not used.
    Decline,
}

/// A reviewer's decision.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"decision": "recommend", "opinion": "情况属实，建议具体，拟采用。"}))]
pub struct Review {
    /// Recommend, return or decline.
    pub decision: ReviewDecision,
    /// For the signer, when it is recommended; never shown to the author.
    #[serde(default)]
    pub opinion: String,
    /// For the author, when it is returned or declined.
    #[serde(default)]
    pub reason: String,
    /// From the channel's list, when it is declined.
    #[serde(default)]
    pub reason_code: Option<DeclineReason>,
    /// Changes asked for, when it is returned.
    #[serde(default)]
    pub requests: Vec<NewRequest>,
}

impl TryFrom<Review> for ReviewVerdict {
    type Error = AppError;

    fn try_from(of: Review) -> Result<Self, AppError> {
        // Whoever writes their explanation into `opinion` means the author to read it when they return or decline.
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
    /// Decides at the desk of an organisation's office.
    ///
    /// # Errors
    /// As [`review::decide`].
    pub fn carry_out(self, tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64) -> Result<(), AppError> {
        review::decide(tx, actor, id, seen, &self.into()).map(drop)
    }
}

impl Review {
    /// Decides at the reviewers' desk.
    ///
    /// # Errors
    /// As [`review::decide`].
    pub fn carry_out(self, tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64) -> Result<(), AppError> {
        review::decide(tx, actor, id, seen, &self.try_into()?).map(drop)
    }
}

/// What a signer may decide.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignatureDecision {
    /// Used.
    Sign,
    /// Back to the reviewers.
    SendBack,
}

/// A signer's decision.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"decision": "sign"}))]
pub struct Signature {
    /// Sign or send back.
    pub decision: SignatureDecision,
    /// A word with the signature, for the office.
    #[serde(default)]
    pub opinion: String,
    /// Why, when it is sent back.
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

/// A reason in words.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "情况有变，请重新研究。"}))]
pub struct Reason {
    /// The reason.
    #[serde(default)]
    pub reason: String,
}

/// The body that a declined manuscript is passed on to.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"addressee": "县信访局", "note": "属信访事项。"}))]
pub struct Referral {
    /// To whom.
    #[serde(default)]
    pub addressee: String,
    /// A note, which the author reads too.
    #[serde(default)]
    pub note: String,
}

/// The office's edited text (定稿), whole.
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
    /// The text, held against the limits.
    ///
    /// # Errors
    /// The violations of the limits.
    pub fn parse(&self, tx: &Tx<'_>) -> Result<Text, AppError> {
        Ok(Text::parse(&self.title, &self.situation, &self.causes, &self.suggestions, &tx.text_limits())?)
    }
}
