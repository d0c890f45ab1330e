//! Assignments as people read them. Content that a reader may not see is absent.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::assignment::{AssignmentAction, AssignmentForm, AssignmentPart, Consultation};
use crate::domain::channel::ResultCategory;
use crate::domain::clock::Moment;
use crate::domain::ids::{AnyId, AssignmentId, EndorsementId, ManuscriptId, OrganizationId, ReplyId, ReportId};
use crate::domain::states::AssignmentState;
use crate::domain::vocabulary::Answer;

/// An organisation by id and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrganizationName {
    /// Its id.
    pub id: OrganizationId,
    /// Its name.
    pub name: String,
}

/// An assignment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AssignmentView {
    /// Its id.
    pub id: AssignmentId,
    /// The manuscript.
    pub manuscript_id: ManuscriptId,
    /// The manuscript's number.
    pub number: Option<String>,
    /// The manuscript's title.
    pub title: String,
    /// Its version, for `If-Match`.
    pub version: i64,
    /// How the departments share the work.
    pub form: AssignmentForm,
    /// The department's part.
    pub part: AssignmentPart,
    /// Its state. Authors and leaders read only whether the department has received it, is working on it, or has answered.
    pub state: AssignmentState,
    /// The department.
    pub organization: OrganizationName,
    /// The other departments of a joint assignment.
    pub partners: Vec<Partner>,
    /// In a split assignment, the suggestions that this department answers; if absent, all of them.
    pub suggestions: Option<Vec<u32>>,
    /// The time of assignment.
    pub assigned_at: Moment,
    /// The due date of the answer.
    pub due_at: Moment,
    /// Whether the due date may still change, because it was computed into a year whose working days are not loaded yet.
    pub due_is_provisional: bool,
    /// The time at which receipt was confirmed.
    pub received_at: Option<Moment>,
    /// The time at which it was settled.
    pub settled_at: Option<Moment>,
    /// The time at which everything adopted was implemented.
    pub implemented_at: Option<Moment>,
    /// Details that only the office and the department read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal: Option<Internal>,
    /// The answers; authors and leaders read the approved ones.
    pub replies: Vec<ReplyView>,
    /// The reports on its implementation.
    pub reports: Vec<ReportView>,
    /// The actions that the reader may perform now.
    pub allowed_actions: Vec<AssignmentAction>,
}

/// Another department of the same joint assignment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Partner {
    /// The department.
    pub organization: OrganizationName,
    /// Lead or assisting.
    pub part: AssignmentPart,
}

/// Details that only the office and the department read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Internal {
    /// The dispatcher's note to the departments.
    pub note: String,
    /// The date by which it should be received.
    pub receive_by: Moment,
    /// Whether that date may still change.
    pub receive_by_is_provisional: bool,
    /// The date until which the department may request a return.
    pub return_until: Moment,
    /// Whether that date may still change.
    pub return_until_is_provisional: bool,
    /// The instruction that it carries out.
    pub endorsement_id: Option<EndorsementId>,
    /// The time of the last reply.
    pub replied_at: Option<Moment>,
    /// The reason for which it is to be returned, or was cancelled.
    pub reason: Option<String>,
    /// The department that is proposed instead.
    pub proposed_organization: Option<String>,
    /// Requests for extensions, oldest first.
    pub extensions: Vec<ExtensionView>,
    /// The reminders, oldest first.
    pub urgings: Vec<UrgingView>,
}

/// A request for an extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExtensionView {
    /// The time of the request.
    pub requested_at: Moment,
    /// The reason.
    pub reason: String,
    /// The progress so far.
    pub progress: String,
    /// The requested date.
    pub due_on: chrono::NaiveDate,
    /// Whether it was granted; absent while it waits for a decision.
    pub granted: Option<bool>,
    /// The time of the decision.
    pub decided_at: Option<Moment>,
    /// The date that was set.
    pub due_at: Option<Moment>,
    /// The dispatcher's reason.
    pub decision_reason: Option<String>,
}

/// A reminder by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UrgingView {
    /// Its id.
    pub id: AnyId,
    /// Its additional text.
    pub words: String,
    /// The time at which it was sent.
    pub created_at: Moment,
}

/// An answer, or an assisting department's opinion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReplyView {
    /// Its id.
    pub id: ReplyId,
    /// The ordinal number of the answer within this assignment.
    pub round: i64,
    /// The general answer.
    pub words: String,
    /// The result, as its category was defined then.
    pub result: Option<ResultCategory>,
    /// How the author was consulted.
    pub consultation: Option<Consultation>,
    /// The officer in charge.
    pub officer: String,
    /// Their telephone.
    pub officer_phone: String,
    /// The answer to each suggestion.
    pub items: Vec<ItemView>,
    /// The time of the answer.
    pub created_at: Moment,
    /// Whether it is approved; absent before a decision.
    pub approved: Option<bool>,
    /// The time of the decision.
    pub decided_at: Option<Moment>,
    /// The reason for a rejection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The answer to one suggestion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ItemView {
    /// The suggestion's number, from 1.
    pub number: i64,
    /// Adopted, in part, planned or not.
    pub answer: Answer,
    /// What is done, or why it is not.
    pub words: String,
    /// For a planned one, the date until which it is done, `YYYY-MM-DD`.
    pub promised_on: Option<String>,
}

/// A report on the implementation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReportView {
    /// Its id.
    pub id: ReportId,
    /// The suggestion; if absent, all of them.
    pub number: Option<i64>,
    /// What has been done.
    pub words: String,
    /// Whether it is implemented.
    pub implemented: bool,
    /// The time of the report.
    pub created_at: Moment,
}
