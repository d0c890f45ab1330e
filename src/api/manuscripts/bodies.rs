//! What clients send about manuscripts, and how it becomes what the desks take.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::desk::intake::drafts::{DraftChange, NewDraft};
use crate::desk::reading::list::{Key, Wish};
use crate::desk::review::{NewRequest, Verdict};
use crate::desk::{DeskError, Tx};
use crate::domain::clock::Moment;
use crate::domain::ids::{ManuscriptId, OrganizationId, UserId};
use crate::domain::manuscript::{Declarations, Form, Text};
use crate::domain::violation::Violation;
use crate::domain::words::{DeclineReason, Kind, Part, Stage};

/// A new manuscript.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "title": "关于缓解县城学校周边停车难的建议",
    "category": "社会建设",
    "kind": "suggestion",
    "situation": "每天上下学时段，实验小学门前三百米道路两侧停满车辆。",
    "causes": "学校周边没有公共停车场，错时停车没有推开。",
    "suggestions": ["由县住建局在实验小学东侧空地建设临时停车场。", "由县公安局交警大队划定接送车辆即停即走区。"],
    "keywords": ["停车", "学校"],
    "declarations": {"may_publish": true, "may_quote_name": true, "classification": "none"},
    "submit": true
}))]
pub struct NewManuscript {
    /// 案由
    #[serde(default)]
    pub title: String,
    /// 类别
    #[serde(default)]
    pub category: String,
    /// 建言, 监督意见 or 调研报告
    #[serde(default)]
    pub kind: Option<Kind>,
    /// 情况问题
    #[serde(default)]
    pub situation: String,
    /// 原因分析
    #[serde(default)]
    pub causes: String,
    /// 建议条目
    #[serde(default)]
    pub suggestions: Vec<String>,
    /// 关键词
    #[serde(default)]
    pub keywords: Vec<String>,
    /// What the author declares; needed to hand it in.
    #[serde(default)]
    pub declarations: Option<Declarations>,
    /// In the name of the author's organisation.
    #[serde(default)]
    pub for_organization: bool,
    /// For staff who enter a paper manuscript (代录): its author.
    #[serde(default)]
    pub author: Option<UserId>,
    /// Hand it in at once.
    #[serde(default)]
    pub submit: bool,
}

impl From<NewManuscript> for NewDraft {
    fn from(of: NewManuscript) -> Self {
        let form = Form {
            title: of.title,
            category: of.category,
            kind: of.kind,
            situation: of.situation,
            causes: of.causes,
            suggestions: of.suggestions,
            keywords: of.keywords,
            declarations: of.declarations,
        };
        Self { form, for_organization: of.for_organization, author: of.author }
    }
}

/// Changes to a draft or a returned manuscript; what is absent stays. `urgent` is for reviewers, the rest for authors.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ManuscriptChange {
    /// 案由
    pub title: Option<String>,
    /// 类别
    pub category: Option<String>,
    /// 建言, 监督意见 or 调研报告
    pub kind: Option<Kind>,
    /// 情况问题
    pub situation: Option<String>,
    /// 原因分析
    pub causes: Option<String>,
    /// 建议条目
    pub suggestions: Option<Vec<String>>,
    /// 关键词
    pub keywords: Option<Vec<String>>,
    /// What the author declares.
    pub declarations: Option<Declarations>,
    /// In the name of the author's organisation.
    pub for_organization: Option<bool>,
    /// 急件: set by the reviewer, and then alone.
    pub urgent: Option<bool>,
}

impl From<ManuscriptChange> for DraftChange {
    fn from(of: ManuscriptChange) -> Self {
        Self {
            title: of.title,
            category: of.category,
            kind: of.kind,
            situation: of.situation,
            causes: of.causes,
            suggestions: of.suggestions,
            keywords: of.keywords,
            declarations: of.declarations,
            for_organization: of.for_organization,
        }
    }
}

/// A change asked of the author, anchored to a passage.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestedChange {
    /// The part that it points into.
    pub part: Part,
    /// The passage's first character, from 0.
    pub from: u32,
    /// The character after its last one.
    pub to: u32,
    /// What is asked.
    pub text: String,
}

impl From<RequestedChange> for NewRequest {
    fn from(of: RequestedChange) -> Self {
        Self { part: of.part, from: of.from, to: of.to, text: of.text }
    }
}

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
    pub requests: Vec<RequestedChange>,
}

impl From<Screening> for Verdict {
    fn from(of: Screening) -> Self {
        match of.decision {
            ScreeningDecision::Pass => Self::Pass,
            ScreeningDecision::Return => {
                Self::Return { reason: of.reason, requests: of.requests.into_iter().map(NewRequest::from).collect() }
            }
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
    pub requests: Vec<RequestedChange>,
}

impl TryFrom<Review> for Verdict {
    type Error = DeskError;

    fn try_from(of: Review) -> Result<Self, DeskError> {
        // Whoever writes his explanation into `opinion` means the author to read it when he returns or declines.
        let reason = if of.reason.trim().is_empty() { of.opinion.clone() } else { of.reason };
        Ok(match of.decision {
            ReviewDecision::Recommend => Self::Recommend { opinion: of.opinion },
            ReviewDecision::Return => Self::Return { reason, requests: of.requests.into_iter().map(NewRequest::from).collect() },
            ReviewDecision::Decline => {
                let code = of.reason_code.ok_or_else(|| Violation::required("reason_code"))?;
                Self::Decline { code, reason }
            }
        })
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
    /// The text, checked.
    pub(crate) fn parse(&self, tx: &Tx<'_>) -> Result<Text, DeskError> {
        Ok(Text::parse(&self.title, &self.situation, &self.causes, &self.suggestions, &tx.text_limits())?)
    }
}

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

/// In which order a list comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Earliest due date first; what has none is left out.
    Due,
}

/// Whose desk a list is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeskOf {
    /// What waits for me.
    Mine,
}

/// What a list of manuscripts may be narrowed to.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// Only in this stage, as you read it.
    pub stage: Option<Stage>,
    /// Only of this category.
    pub category: Option<String>,
    /// Words in the title, or the beginning of the number.
    pub q: Option<String>,
    /// Only by this author.
    pub author: Option<UserId>,
    /// Only of authors of this organisation.
    pub organization: Option<OrganizationId>,
    /// Handed in at or after this moment.
    #[param(value_type = Option<String>, format = DateTime)]
    pub from: Option<Moment>,
    /// Handed in before this moment.
    #[param(value_type = Option<String>, format = DateTime)]
    pub to: Option<Moment>,
    /// Only what waits for you.
    #[param(inline)]
    pub desk: Option<DeskOf>,
    /// By due date instead of newest first.
    #[param(inline)]
    pub sort: Option<Sort>,
    /// At most so many lines.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

impl ListQuery {
    /// As the desk takes it.
    pub(crate) fn wish(self, limit: i64, after: Option<Key>) -> Wish {
        Wish {
            stage: self.stage,
            category: self.category,
            organization: self.organization,
            author: self.author,
            from: self.from,
            to: self.to,
            q: self.q.filter(|q| !q.trim().is_empty()),
            mine: self.desk == Some(DeskOf::Mine),
            by_due: self.sort == Some(Sort::Due),
            after,
            limit,
        }
    }
}
