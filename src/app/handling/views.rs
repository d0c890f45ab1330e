//! Assignments as people read them. What somebody may not read is not there.

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
    /// How departments share it.
    pub form: AssignmentForm,
    /// The department's part.
    pub part: AssignmentPart,
    /// Where it stands. Authors and leaders read no more than whether the department has it, is at work, or has answered.
    pub state: AssignmentState,
    /// The department.
    pub organization: OrganizationName,
    /// The other departments of a joint assignment.
    pub partners: Vec<Partner>,
    /// In a split assignment: the suggestions that this department answers; absent: all of them.
    pub suggestions: Option<Vec<u32>>,
    /// When it was charged.
    pub assigned_at: Moment,
    /// When the answer is due.
    pub due_at: Moment,
    /// Whether the due date may still change: it was counted into a year whose working days are not known yet.
    pub due_is_provisional: bool,
    /// When it confirmed that it has it.
    pub received_at: Option<Moment>,
    /// When it was settled.
    pub settled_at: Option<Moment>,
    /// When all that was taken up had been carried out.
    pub implemented_at: Option<Moment>,
    /// What only the office and the department read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal: Option<Internal>,
    /// The answers; authors and leaders read those that stand.
    pub replies: Vec<ReplyView>,
    /// How it is carried out.
    pub reports: Vec<ReportView>,
    /// What the reader may do now.
    pub allowed_actions: Vec<AssignmentAction>,
}

/// Another department of the same joint assignment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Partner {
    /// Which.
    pub organization: OrganizationName,
    /// Lead or assisting.
    pub part: AssignmentPart,
}

/// What only the office and the department read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Internal {
    /// What the dispatcher wrote to the departments.
    pub note: String,
    /// By when it should be received.
    pub receive_by: Moment,
    /// Whether that may still change.
    pub receive_by_is_provisional: bool,
    /// Until when the department may ask to return it.
    pub return_until: Moment,
    /// Whether that may still change.
    pub return_until_is_provisional: bool,
    /// The instruction that it carries out.
    pub endorsement_id: Option<EndorsementId>,
    /// When it replied last.
    pub replied_at: Option<Moment>,
    /// Why it is to be returned, or was cancelled.
    pub reason: Option<String>,
    /// The department that should have it instead.
    pub proposed_organization: Option<String>,
    /// Requests for more time, oldest first.
    pub extensions: Vec<ExtensionView>,
    /// How often and with what words it was urged, oldest first.
    pub urgings: Vec<UrgingView>,
}

/// A request for more time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExtensionView {
    /// When it was asked for.
    pub requested_at: Moment,
    /// Why.
    pub reason: String,
    /// What had been done.
    pub progress: String,
    /// The date that was asked for.
    pub due_on: chrono::NaiveDate,
    /// Whether it was granted; absent while it waits.
    pub granted: Option<bool>,
    /// When that was decided.
    pub decided_at: Option<Moment>,
    /// The date that was set.
    pub due_at: Option<Moment>,
    /// What the dispatcher said.
    pub decision_reason: Option<String>,
}

/// A reminder by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UrgingView {
    /// Its id.
    pub id: AnyId,
    /// What was said besides.
    pub words: String,
    /// When.
    pub created_at: Moment,
}

/// An answer, or an assisting department's opinion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReplyView {
    /// Its id.
    pub id: ReplyId,
    /// The first, second, … of this assignment.
    pub round: i64,
    /// The answer as a whole.
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
    /// When it was given.
    pub created_at: Moment,
    /// Whether it stands; absent while nobody has decided.
    pub approved: Option<bool>,
    /// When that was decided.
    pub decided_at: Option<Moment>,
    /// Why it was rejected.
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
    /// What is done, or why not.
    pub words: String,
    /// For a planned one: by when, `YYYY-MM-DD`.
    pub promised_on: Option<String>,
}

/// A report on how it is carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReportView {
    /// Its id.
    pub id: ReportId,
    /// The suggestion; absent: all of them.
    pub number: Option<i64>,
    /// What has been done.
    pub words: String,
    /// Whether it has been carried out.
    pub implemented: bool,
    /// When it was reported.
    pub created_at: Moment,
}
