//! The input of dispatchers and departments.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::assignment::{AssignmentForm, AssignmentPart, Consultation};
use crate::domain::ids::{EndorsementId, OrganizationId};
use crate::domain::numbers::Day;
use crate::domain::vocabulary::Answer;

/// 交办: an assignment of a manuscript to departments.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"form": "joint", "departments": [{"organization_id": "0192f0c1-7a10-7c3e-9a51-2f6d3b1c0a01", "part": "lead"}, {"organization_id": "0192f0c1-7a10-7c3e-9a51-2f6d3b1c0a02", "part": "assisting"}], "note": "请与县教育局一并研究。"}))]
pub struct NewAssignments {
    /// How the departments share the work.
    pub form: AssignmentForm,
    /// The departments. Single: one; split: two or more; joint: one lead and at least one assisting.
    pub departments: Vec<Department>,
    /// The leader's instruction that this carries out; it determines the time limit.
    #[serde(default)]
    pub endorsement_id: Option<EndorsementId>,
    /// Information for the departments; authors do not read it.
    #[serde(default)]
    pub note: String,
    /// The due date of the answer; if absent, by the channel's limit.
    #[serde(default)]
    pub due_on: Option<Day>,
}

/// One department.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Department {
    /// The department's id.
    pub organization_id: OrganizationId,
    /// Lead or assisting, in a joint assignment; in other forms each leads its own part.
    #[serde(default)]
    pub part: Option<AssignmentPart>,
    /// In a split assignment, the numbers of the suggestions that it answers; empty means all of them.
    #[serde(default)]
    pub suggestions: Vec<u32>,
    /// The due date of its answer, if it differs from that of the others.
    #[serde(default)]
    pub due_on: Option<Day>,
}

/// 申请退办
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "该路段由县公路局管养。", "proposed_organization": "县公路局"}))]
pub struct ReturnRequest {
    /// The reason why it is not in this department's competence.
    pub reason: String,
    /// The department that it proposes instead.
    pub proposed_organization: String,
}

/// The dispatcher's decision on a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The request is granted.
    Grant,
    /// The request is refused.
    Refuse,
}

/// The decision on a return.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"decision": "grant"}))]
pub struct ReturnDecision {
    /// Granted or refused.
    pub decision: Verdict,
    /// The reason; required for a refusal.
    #[serde(default)]
    pub reason: String,
}

/// 申请延期
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "工程方案需要重新论证。", "progress": "已完成现场勘察。", "due_on": "2027-04-30"}))]
pub struct ExtensionRequest {
    /// The reason for more time.
    pub reason: String,
    /// The progress so far.
    pub progress: String,
    /// The requested date.
    pub due_on: Day,
}

/// The decision on an extension.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"decision": "grant", "due_on": "2027-04-15"}))]
pub struct ExtensionDecision {
    /// Granted or refused.
    pub decision: Verdict,
    /// The date that is set; if absent, the requested one.
    #[serde(default)]
    pub due_on: Option<Day>,
    /// The reason; required for a refusal.
    #[serde(default)]
    pub reason: String,
}

/// 协办意见: the opinion of an assisting department for the lead.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"words": "同意在实验小学东侧设置临时停车场。", "officer": "周敏", "officer_phone": "0571-55550101"}))]
pub struct NewContribution {
    /// The opinion.
    pub words: String,
    /// The officer in charge.
    pub officer: String,
    /// Their telephone.
    #[serde(default)]
    pub officer_phone: String,
}

/// 办复: the answer to a manuscript, suggestion by suggestion.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"words": "已会同有关单位研究。", "result_code": "B", "consultation": "visit", "officer": "周敏", "officer_phone": "0571-55550101", "items": [{"number": 1, "answer": "planned", "words": "列入明年城建计划。", "promised_on": "2027-06-30"}, {"number": 2, "answer": "adopted", "words": "即停即走区已划定。"}]}))]
pub struct NewReply {
    /// The general answer.
    #[serde(default)]
    #[schema(required = true)]
    pub words: String,
    /// A result of the channel's list, for example `A`.
    #[serde(default)]
    #[schema(required = true)]
    pub result_code: String,
    /// How the author was consulted.
    #[serde(default)]
    #[schema(value_type = Consultation, required = true)]
    pub consultation: Option<Consultation>,
    /// The officer in charge.
    #[serde(default)]
    #[schema(required = true)]
    pub officer: String,
    /// Their telephone.
    #[serde(default)]
    pub officer_phone: String,
    /// The answer to each suggestion.
    pub items: Vec<NewItem>,
}

/// The answer to one suggestion.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewItem {
    /// The suggestion's number, from 1.
    pub number: u32,
    /// Adopted, in part, planned or not.
    #[serde(default)]
    #[schema(value_type = Answer, required = true)]
    pub answer: Option<Answer>,
    /// What is done, or why it is not.
    #[serde(default)]
    #[schema(required = true)]
    pub words: String,
    /// For a planned one, the date until which it is done.
    #[serde(default)]
    pub promised_on: Option<Day>,
}

/// The dispatcher's decision on a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReplyVerdict {
    /// The reply is approved.
    Approve,
    /// The reply must be revised.
    Reject,
}

/// The decision on a reply.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"decision": "reject", "reason": "请补充第二条的完成时限。"}))]
pub struct ReplyReview {
    /// Approved or rejected.
    pub decision: ReplyVerdict,
    /// The reason; required for a rejection.
    #[serde(default)]
    pub reason: String,
    /// The due date of the next answer after a rejection; if absent, by the channel's limit.
    #[serde(default)]
    pub due_on: Option<Day>,
}

/// 催办
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"words": "请本周内办复。"}))]
pub struct NewUrging {
    /// Additional text of the reminder.
    #[serde(default)]
    pub words: String,
}

/// 落实情况
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"number": 1, "words": "停车场已建成使用。", "implemented": true}))]
pub struct NewReport {
    /// The suggestion's number; if absent, the report is on the whole reply.
    #[serde(default)]
    pub number: Option<u32>,
    /// What has been done.
    pub words: String,
    /// Whether it is implemented.
    #[serde(default)]
    pub implemented: bool,
}
