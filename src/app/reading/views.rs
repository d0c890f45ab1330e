//! What a manuscript looks like from outside; the API's fields.

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

/// A manuscript as a whole.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ManuscriptView {
    /// Its id.
    pub id: ManuscriptId,
    /// Given when it is handed in, for example `2026-0001`.
    pub number: Option<String>,
    /// Where it stands. Authors read the stage before a decision that can still be taken back.
    pub stage: Stage,
    /// When archived: where it stood before.
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
    /// Whether it is longer than the channel likes; nothing is stopped by it.
    pub long: bool,
    /// Which version goes out to leaders and departments; for the office, and for all once it is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outgoing: Option<OutgoingView>,
    /// 定稿: the office's edited text beside the original; for the office, and for all once it is used.
    pub edited_text: Option<TextView>,
    /// What the author declared.
    pub declarations: Option<Declarations>,
    /// In the name of the author's organisation.
    pub for_organization: bool,
    /// The authors in their order.
    pub authors: Vec<AuthorView>,
    /// Who entered it for the author (代录).
    pub entered_by: Option<String>,
    /// The author's organisation.
    pub organization_id: OrganizationId,
    /// Its name at that time.
    pub organization: String,
    /// When it was handed in first.
    pub submitted_at: Option<Moment>,
    /// When it was begun.
    pub created_at: Moment,
    /// Who has it, since when, and what is usual.
    pub where_is_it: WhereIsIt,
    /// Until when the last decision can be taken back; only for those who see it.
    pub undo_until: Option<Moment>,
    /// The manuscript that it was merged into.
    pub merged_into: Option<MergedInto>,
    /// What is merged into it, for those who handle it.
    pub merged: Vec<MergedView>,
    /// The public course of that one; for the authors of what was merged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub course: Option<Course>,
    /// What you may do now.
    pub allowed_actions: Vec<Action>,
    /// Changes that were asked of the author.
    pub requests: Vec<RequestView>,
    /// The words of decisions that you may read: reasons; for the office also opinions.
    pub decisions: Vec<DecisionView>,
    /// The bulletins in which it stands; for authors once it is before the leaders.
    pub bulletins: Vec<InBulletin>,
    /// What leaders wrote on it, as far as you may read it.
    pub endorsements: Vec<EndorsementView>,
    /// Its files, as far as you may read them.
    pub attachments: Vec<AttachmentView>,
    /// The departments charged with it, and their answers, as far as you read them.
    pub assignments: Vec<AssignmentView>,
    /// Where it was taken up.
    pub adoptions: Vec<AdoptionView>,
    /// How authors rated it; authors read their own.
    pub ratings: Vec<RatingView>,
}

/// The version of a text that goes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OutgoingView {
    /// Its place among the versions; see `/revisions`.
    pub revision: usize,
    /// The author's, or edited by the office.
    pub kind: TextKind,
    /// The edited text was made from an older original; nothing goes out until it is carried over or dropped. Only for the office.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outdated: Option<OutdatedView>,
}

/// An edited text whose original has been corrected since, by its place among the versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OutdatedView {
    /// The edited text.
    pub edited: usize,
    /// The original that it was made from.
    pub based_on: Option<usize>,
    /// The newest original.
    pub original: usize,
}

impl ManuscriptView {
    /// The edited text, where that is the one that goes out.
    #[must_use]
    pub fn outgoing_edited(&self) -> Option<&TextView> {
        let goes_out = self.outgoing.as_ref().is_some_and(|outgoing| outgoing.kind == TextKind::Edited);
        self.edited_text.as_ref().filter(|_| goes_out)
    }

    /// The title as it goes out.
    #[must_use]
    pub fn outgoing_title(&self) -> &str {
        self.outgoing_edited().map_or(&self.title, |text| &text.title)
    }

    /// Whether the edited text has to be carried over or dropped before anything goes out.
    #[must_use]
    pub fn is_outdated(&self) -> bool {
        self.outgoing.as_ref().is_some_and(|outgoing| outgoing.outdated.is_some())
    }
}

/// A version of a text.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TextView {
    /// Its place among the versions, from 1; see `/revisions`.
    pub revision: usize,
    /// The author's, or edited by the office.
    pub kind: TextKind,
    /// 案由
    pub title: String,
    /// 情况问题
    pub situation: String,
    /// 原因分析
    pub causes: String,
    /// 建议条目
    pub suggestions: Vec<String>,
    /// Who wrote this version.
    pub by: String,
    /// When.
    pub at: Moment,
    /// SHA-256 in hexadecimal digits, as the ledger names it; none for a draft.
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
    /// The first author submits and withdraws.
    pub first: bool,
    /// When a joint author signed the text as it stands.
    pub signed_at: Option<Moment>,
}

/// Who has it, since when, and what is usual.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WhereIsIt {
    /// The role whose turn it is; none when it rests.
    pub desk: Option<Role>,
    /// Since when.
    pub since: Moment,
    /// When that desk is due.
    pub due_at: Option<Moment>,
    /// Whether a due date may still change: it touches a year whose working days are not known yet.
    pub due_is_provisional: bool,
    /// Working days that this desk usually has.
    pub usual_working_days: Option<u32>,
    /// For the office: nobody can work there at present, for this manuscript or at all.
    pub unstaffed: bool,
}

/// The manuscript that another one was merged into.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MergedInto {
    /// Its number.
    pub number: Option<String>,
    /// Its id, for those who may read it.
    pub id: Option<ManuscriptId>,
}

/// A change asked of the author.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RequestView {
    /// Its id.
    pub id: RequestId,
    /// The part that it points into.
    pub part: Part,
    /// The passage's first character, from 0.
    pub from: i64,
    /// The character after its last one.
    pub to: i64,
    /// What is asked.
    pub text: String,
    /// The version that it points into.
    pub revision: usize,
    /// When it was asked.
    pub at: Moment,
    /// When the author ticked it off.
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
    /// Where it stands, as you may read it.
    pub stage: Stage,
    /// When archived: where it stood before.
    pub outcome: Option<Stage>,
    /// Whether it is merged into another one; its authors read that one's stage.
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
    /// When it was handed in first.
    pub submitted_at: Option<Moment>,
    /// Since when it stands there.
    pub since: Moment,
    /// When the desk that has it is due.
    pub due_at: Option<Moment>,
    /// Whether a due date may still change: it touches a year whose working days are not known yet.
    pub due_is_provisional: bool,
}
