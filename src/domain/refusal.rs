//! The reasons for which an act is not allowed, as values. Their texts are in the message catalogues.

use crate::domain::clock::Moment;
use crate::domain::ids::AnyId;
use crate::domain::job::JobState;
use crate::domain::notice::LetterState;
use crate::domain::outcome::EndorsementState;
use crate::domain::states::{AssignmentState, BulletinState};
use crate::domain::vocabulary::{Role, Stage};

/// The state of an object other than a manuscript. Its kind is included, because the same word is translated differently for another kind:
/// a cancelled bulletin is 已作废, a cancelled assignment 已撤销交办.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThingState {
    /// A department's assignment.
    Assignment(AssignmentState),
    /// A bulletin.
    Bulletin(BulletinState),
    /// A bulletin that is being created.
    NoBulletin,
    /// A leader's endorsement.
    Endorsement(EndorsementState),
    /// A letter.
    Letter(LetterState),
    /// A job.
    Job(JobState),
}

impl std::fmt::Display for ThingState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Assignment(state) => state.as_str(),
            Self::Bulletin(state) => state.as_str(),
            Self::NoBulletin => "none",
            Self::Endorsement(state) => state.as_str(),
            Self::Letter(state) => state.as_str(),
            Self::Job(state) => state.as_str(),
        })
    }
}

/// A rule that does not allow an act.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The person holds none of the roles that this act needs.
    #[error("this act needs another role")]
    WrongRole {
        /// The roles that may perform it.
        needed: Vec<Role>,
    },
    /// The role fits, but this object belongs to another person, organisation or queue.
    #[error("this is another's to decide")]
    NotYours,
    /// The person wrote or signed the manuscript as an author, and may not decide about it.
    #[error("nobody decides on his own manuscript")]
    OwnManuscript,
    /// The act is not possible in the manuscript's stage.
    #[error("not possible in stage {stage}")]
    WrongStage {
        /// The stage.
        stage: Stage,
    },
    /// The act is not possible in the state of a bulletin, assignment, endorsement or other object.
    #[error("not possible in state {state}")]
    WrongState {
        /// The state.
        state: ThingState,
    },
    /// Invited authors have not signed yet.
    #[error("{missing} invited authors have not signed")]
    SignaturesMissing {
        /// The number of missing signatures.
        missing: usize,
    },
    /// A security classification prevents the submission: such a text must not enter this network.
    #[error("classified texts must not enter this system")]
    Classified,
    /// Other manuscripts are merged into this one, so it cannot be withdrawn.
    #[error("others are merged into it")]
    HasMerged,
    /// The target of a merger must be active, from review to handling, not merged itself, and another manuscript.
    #[error("cannot be merged into this target")]
    BadMergeTarget,
    /// The target is concluded; the merger is final.
    #[error("the target has concluded")]
    TargetConcluded,
    /// The target is neither before leaders nor with departments.
    #[error("the target is not being handled")]
    TargetNotHandled,
    /// Manuscripts merged into it wait for a decision on their suggestions.
    #[error("{open} merged manuscripts wait for a decision on their suggestions")]
    MergedOpen {
        /// The number of these.
        open: usize,
    },
    /// Suggestions were taken from manuscripts merged into it, and are not assigned to any department.
    #[error("{open} suggestions are not assigned yet")]
    SuggestionsUnassigned {
        /// The number of these.
        open: usize,
    },
    /// A department answers only the suggestions of this manuscript.
    #[error("a department answers nothing else")]
    AnsweredAlone,
    /// Some departments have not answered yet.
    #[error("{open} assignments are still open")]
    AssignmentsOpen {
        /// The number of these.
        open: usize,
    },
    /// There is no decision that could be undone.
    #[error("nothing to undo")]
    NothingToUndo,
    /// The undo window has closed.
    #[error("the undo window has closed")]
    UndoClosed,
    /// A later act is based on the decision.
    #[error("somebody has acted on it")]
    ActedOn,
    /// The time limit for this act has passed.
    #[error("too late, the limit was {limit}")]
    TooLate {
        /// The limit.
        limit: Moment,
    },
    /// It has been done already (rated, signed, merged, marked as done).
    #[error("this has been done already")]
    AlreadyDone,
    /// The same text was entered before; the first entry is valid.
    #[error("the same was entered before")]
    Repeated {
        /// The first entry.
        first: AnyId,
    },
    /// The same person may not perform both steps (four-eyes).
    #[error("a second person must do this")]
    SecondPerson,
    /// The channel would have no administrator any more.
    #[error("the channel would have no administrator")]
    LastAdministrator,
    /// The person is also a member of other channels: only the installation changes their account.
    #[error("the account belongs to a member of several channels")]
    AccountElsewhere,
    /// The account is suspended in all channels.
    #[error("the account is suspended")]
    AccountSuspended,
    /// This person, or the one for whom they act, recommended the manuscript or wrote the text that goes out.
    #[error("who recommended it or wrote its text does not sign it")]
    FourEyes,
    /// The author has corrected the original since the edited text was made; it must be carried over or dropped before anything goes out.
    #[error("the edited text was made from an older original")]
    TextOutdated,
    /// The edited text is based on the newest original, so that there is nothing to carry over.
    #[error("the edited text was made from the newest original")]
    TextCurrent,
    /// There is no edited text.
    #[error("there is no edited text")]
    NoEditedText,
    /// There is no scan to compare an endorsement with.
    #[error("there is no scan to check it against")]
    ScanMissing,
}

impl Refusal {
    /// Returns the code that the API returns and the catalogues explain.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::WrongRole { .. } => "wrong_role",
            Self::NotYours => "not_yours",
            Self::OwnManuscript => "own_manuscript",
            Self::WrongStage { .. } => "wrong_stage",
            Self::WrongState { .. } => "wrong_state",
            Self::SignaturesMissing { .. } => "signatures_missing",
            Self::Classified => "classified",
            Self::HasMerged => "has_merged",
            Self::BadMergeTarget => "bad_merge_target",
            Self::TargetConcluded => "target_concluded",
            Self::TargetNotHandled => "target_not_handled",
            Self::MergedOpen { .. } => "merged_open",
            Self::SuggestionsUnassigned { .. } => "suggestions_unassigned",
            Self::AnsweredAlone => "answered_alone",
            Self::AssignmentsOpen { .. } => "assignments_open",
            Self::NothingToUndo => "nothing_to_undo",
            Self::UndoClosed => "undo_closed",
            Self::ActedOn => "acted_on",
            Self::TooLate { .. } => "too_late",
            Self::AlreadyDone | Self::Repeated { .. } => "already_done",
            Self::SecondPerson => "second_person",
            Self::LastAdministrator => "last_administrator",
            Self::AccountElsewhere => "account_elsewhere",
            Self::AccountSuspended => "account_suspended",
            Self::FourEyes => "four_eyes",
            Self::TextOutdated => "text_outdated",
            Self::TextCurrent => "text_current",
            Self::NoEditedText => "no_edited_text",
            Self::ScanMissing => "scan_missing",
        }
    }

    /// Every code, for the tests that look up its text.
    pub const CODES: &'static [&'static str] = &[
        "wrong_role",
        "not_yours",
        "own_manuscript",
        "wrong_stage",
        "wrong_state",
        "signatures_missing",
        "classified",
        "has_merged",
        "bad_merge_target",
        "target_concluded",
        "target_not_handled",
        "merged_open",
        "suggestions_unassigned",
        "answered_alone",
        "assignments_open",
        "nothing_to_undo",
        "undo_closed",
        "acted_on",
        "too_late",
        "already_done",
        "second_person",
        "last_administrator",
        "account_elsewhere",
        "account_suspended",
        "four_eyes",
        "text_outdated",
        "text_current",
        "no_edited_text",
        "scan_missing",
    ];

    /// Returns whether the person lacks the right (403), rather than the state preventing the act (409).
    #[must_use]
    pub const fn is_forbidden(&self) -> bool {
        matches!(
            self,
            Self::WrongRole { .. } | Self::NotYours | Self::OwnManuscript | Self::SecondPerson | Self::FourEyes | Self::AccountElsewhere
        )
    }
}
