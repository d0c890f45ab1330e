//! The views of manuscripts, which are also the fields of the API.

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::attachments::AttachmentView;
use crate::app::bulletins::InBulletin;
use crate::app::endorsements::EndorsementView;
use crate::app::handling::merged_views::MergedView;
use crate::app::handling::views::AssignmentView;
use crate::app::outcomes::adoptions::AdoptionView;
use crate::app::outcomes::ratings::RatingView;
use crate::app::reading::course::{Course, DecisionView};
use crate::domain::clock::Moment;
use crate::domain::ids::{ManuscriptId, OrganizationId, RequestId, UserId};
use crate::domain::manuscript::Declarations;
use crate::domain::vocabulary::{Action, Kind, Part, Role, Stage, TextKind};

/// A complete manuscript.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ManuscriptView {
    /// Its id.
    pub id: ManuscriptId,
    /// Assigned at submission, for example `2026-0001`.
    pub number: Option<String>,
    /// Its stage. Authors read the stage before a decision that can still be undone.
    pub stage: Stage,
    /// If it is archived, the stage before that.
    pub outcome: Option<Stage>,
    /// Changes with its text and stage; the `ETag`.
    pub version: i64,
    /// 案由
    pub title: String,
    /// 类别
    pub category: String,
    /// 建言, 监督意见 or 调研报告
    pub kind: Kind,
    /// 急件
    pub urgent: bool,
    /// 情况问题, as the author wrote it.
    pub situation: String,
    /// 原因分析
    pub causes: String,
    /// 建议条目, numbered from 1 in this order.
    pub suggestions: Vec<String>,
    /// 关键词
    pub keywords: Vec<String>,
    /// Length of the text in characters.
    pub characters: i64,
    /// Whether it is longer than the channel recommends; this prevents nothing.
    pub long: bool,
    /// The version that goes out to leaders and departments; for the office, and for all once it is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outgoing: Option<OutgoingView>,
    /// 定稿: the office's edited text beside the original; for the office, and for all once it is accepted.
    pub edited_text: Option<TextView>,
    /// The author's declarations.
    pub declarations: Option<Declarations>,
    /// Whether it is written in the name of the author's organisation.
    pub for_organization: bool,
    /// The authors in order.
    pub authors: Vec<AuthorView>,
    /// The person who entered it for the author (代录).
    pub entered_by: Option<String>,
    /// The author's organisation.
    pub organization_id: OrganizationId,
    /// Its name at that time.
    pub organization: String,
    /// The time of the first submission.
    pub submitted_at: Option<Moment>,
    /// The time at which it was created.
    pub created_at: Moment,
    /// The responsible role, since when, and the usual time.
    pub where_is_it: WhereIsIt,
    /// The end of the last decision's undo window; only for those who see the decision.
    pub undo_until: Option<Moment>,
    /// The manuscript that it was merged into.
    pub merged_into: Option<MergedInto>,
    /// Manuscripts merged into it, for those who handle it.
    pub merged: Vec<MergedView>,
    /// The public course of the target; for the authors of a merged manuscript.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub course: Option<Course>,
    /// The actions that the caller may perform now.
    pub allowed_actions: Vec<Action>,
    /// Changes requested from the author.
    pub requests: Vec<RequestView>,
    /// The texts of decisions that the caller may read: reasons; for the office also opinions.
    pub decisions: Vec<DecisionView>,
    /// The bulletins that contain it; for authors once it is before the leaders.
    pub bulletins: Vec<InBulletin>,
    /// Endorsements of leaders, as far as the caller may read them.
    pub endorsements: Vec<EndorsementView>,
    /// Its files, as far as the caller may read them.
    pub attachments: Vec<AttachmentView>,
    /// The departments to which it is assigned, and their answers, as far as the caller may read them.
    pub assignments: Vec<AssignmentView>,
    /// Its adoptions.
    pub adoptions: Vec<AdoptionView>,
    /// The ratings of its authors; authors read their own.
    pub ratings: Vec<RatingView>,
}

/// The version of a text that goes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OutgoingView {
    /// Its position among the versions; see `/revisions`.
    pub revision: usize,
    /// The author's text, or one edited by the office.
    pub kind: TextKind,
    /// Set if the edited text was made from an older original; nothing goes out until it is carried over or dropped. Only for the office.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outdated: Option<OutdatedView>,
}

/// An edited text whose original has been corrected since, by the positions among the versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OutdatedView {
    /// The edited text.
    pub edited: usize,
    /// The original on which it is based.
    pub based_on: Option<usize>,
    /// The newest original.
    pub original: usize,
}

impl ManuscriptView {
    /// Returns the edited text, if that is the one that goes out.
    #[must_use]
    pub fn outgoing_edited(&self) -> Option<&TextView> {
        let goes_out = self.outgoing.as_ref().is_some_and(|outgoing| outgoing.kind == TextKind::Edited);
        self.edited_text.as_ref().filter(|_| goes_out)
    }

    /// Returns the title of the text that goes out.
    #[must_use]
    pub fn outgoing_title(&self) -> &str {
        self.outgoing_edited().map_or(&self.title, |text| &text.title)
    }

    /// Returns whether the edited text has to be carried over or dropped before anything goes out.
    #[must_use]
    pub fn is_outdated(&self) -> bool {
        self.outgoing.as_ref().is_some_and(|outgoing| outgoing.outdated.is_some())
    }
}

/// A version of a text.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TextView {
    /// Its position among the versions, from 1; see `/revisions`.
    pub revision: usize,
    /// The author's text, or one edited by the office.
    pub kind: TextKind,
    /// 案由
    pub title: String,
    /// 情况问题
    pub situation: String,
    /// 原因分析
    pub causes: String,
    /// 建议条目
    pub suggestions: Vec<String>,
    /// The writer of this version.
    pub by: String,
    /// The time of writing.
    pub at: Moment,
    /// SHA-256 in hexadecimal digits, as the ledger names it; absent for a draft.
    pub digest: Option<String>,
}

/// An author, with name, post and organisation as they were at that time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AuthorView {
    /// The person.
    pub user_id: UserId,
    /// Name.
    pub name: String,
    /// Post.
    pub post: String,
    /// Organisation.
    pub organization: String,
    /// Whether this is the first author, who submits and withdraws.
    pub first: bool,
    /// The time at which a joint author signed the current text.
    pub signed_at: Option<Moment>,
}

/// The responsible role, since when, and the usual time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WhereIsIt {
    /// The role that has to act; absent if nobody has to.
    pub desk: Option<Role>,
    /// The time since when.
    pub since: Moment,
    /// The due date of that role.
    pub due_at: Option<Moment>,
    /// Whether the due date may still change, because it depends on a year whose working days are not loaded yet.
    pub due_is_provisional: bool,
    /// The usual number of working days of that role.
    pub usual_working_days: Option<u32>,
    /// For the office: whether nobody can work the queue at present, for this manuscript or at all.
    pub unstaffed: bool,
}

/// The manuscript that another one was merged into.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MergedInto {
    /// Its number.
    pub number: Option<String>,
    /// Its id, for readers who may read it.
    pub id: Option<ManuscriptId>,
}

/// A change requested from the author.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RequestView {
    /// Its id.
    pub id: RequestId,
    /// The part that contains the passage.
    pub part: Part,
    /// The passage's first character, from 0.
    pub from: i64,
    /// The position after the passage's last character.
    pub to: i64,
    /// The request.
    pub text: String,
    /// The version that contains the passage.
    pub revision: usize,
    /// The time of the request.
    pub at: Moment,
    /// The time at which the author marked it as done.
    pub ticked_at: Option<Moment>,
}

/// A line of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ManuscriptLine {
    /// Its id.
    pub id: ManuscriptId,
    /// Its number.
    pub number: Option<String>,
    /// 案由
    pub title: String,
    /// Its stage, as the caller may read it.
    pub stage: Stage,
    /// If it is archived, the stage before that.
    pub outcome: Option<Stage>,
    /// Whether it is merged into another one; its authors read the stage of that one.
    pub merged: bool,
    /// Its version.
    pub version: i64,
    /// 类别
    pub category: String,
    /// 建言, 监督意见 or 调研报告
    pub kind: Kind,
    /// 急件
    pub urgent: bool,
    /// The first author.
    pub author: String,
    /// Their organisation.
    pub organization: String,
    /// The time of the first submission.
    pub submitted_at: Option<Moment>,
    /// The time since when it is in this stage.
    pub since: Moment,
    /// The due date of its current queue.
    pub due_at: Option<Moment>,
    /// Whether the due date may still change, because it depends on a year whose working days are not loaded yet.
    pub due_is_provisional: bool,
}
