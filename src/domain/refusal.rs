//! Why something is not allowed, as a value. The words for it are in the message catalogues.

use crate::domain::clock::Moment;
use crate::domain::ids::AnyId;
use crate::domain::job::JobState;
use crate::domain::notice::LetterState;
use crate::domain::outcome::EndorsementState;
use crate::domain::states::{AssignmentState, BulletinState};
use crate::domain::vocabulary::{Role, Stage};

/// Where a thing that is no manuscript stands. Its kind is part of it, for the same word is read otherwise of another kind:
/// a cancelled bulletin is 已作废, a cancelled assignment 已撤销交办.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThingState {
    /// A department's assignment.
    Assignment(AssignmentState),
    /// A bulletin.
    Bulletin(BulletinState),
    /// A bulletin that is only being begun.
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

/// A rule of the work that stands against an act.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// None of the roles that this act needs is held.
    #[error("this act needs another role")]
    WrongRole {
        /// The roles that could do it.
        needed: Vec<Role>,
    },
    /// The role fits, but this object belongs to another person, organisation or desk.
    #[error("this is another's to decide")]
    NotYours,
    /// Nobody decides on what they wrote or signed as an author.
    #[error("nobody decides on his own manuscript")]
    OwnManuscript,
    /// The manuscript does not stand where this act begins.
    #[error("not possible in stage {stage}")]
    WrongStage {
        /// Where it stands.
        stage: Stage,
    },
    /// A bulletin, assignment, endorsement or other object is not in the state where this act begins.
    #[error("not possible in state {state}")]
    WrongState {
        /// The state that it is in.
        state: ThingState,
    },
    /// Invited authors have not signed yet.
    #[error("{missing} invited authors have not signed")]
    SignaturesMissing {
        /// How many signatures are missing.
        missing: usize,
    },
    /// A security classification stops the submission: such a text must not enter this network.
    #[error("classified texts must not enter this system")]
    Classified,
    /// Others are merged into this one, so it can't be withdrawn.
    #[error("others are merged into it")]
    HasMerged,
    /// The target of a merge must be live, from review to handling, not merged itself, and another one.
    #[error("cannot be merged into this target")]
    BadMergeTarget,
    /// The target has concluded; what was joined stays joined.
    #[error("the target has concluded")]
    TargetConcluded,
    /// The target is neither before leaders nor with departments.
    #[error("the target is not being handled")]
    TargetNotHandled,
    /// What is merged into it waits for a decision on its suggestions.
    #[error("{open} merged manuscripts wait for a decision on their suggestions")]
    MergedOpen {
        /// How many.
        open: usize,
    },
    /// Suggestions were taken from what is merged into it, and no department has been given them.
    #[error("{open} suggestions are not assigned yet")]
    SuggestionsUnassigned {
        /// How many.
        open: usize,
    },
    /// A department answers nothing but the suggestions of this one.
    #[error("a department answers nothing else")]
    AnsweredAlone,
    /// Some departments have not answered yet.
    #[error("{open} assignments are still open")]
    AssignmentsOpen {
        /// How many.
        open: usize,
    },
    /// There is no decision that could be taken back.
    #[error("nothing to undo")]
    NothingToUndo,
    /// The time in which it could be taken back is over.
    #[error("the undo window has closed")]
    UndoClosed,
    /// Somebody has already acted on the decision.
    #[error("somebody has acted on it")]
    ActedOn,
    /// The limit of time for this act has passed.
    #[error("too late, the limit was {limit}")]
    TooLate {
        /// The limit.
        limit: Moment,
    },
    /// It has been done already (rated, signed, joined, ticked off).
    #[error("this has been done already")]
    AlreadyDone,
    /// The same was entered before, word for word; the first one stands.
    #[error("the same was entered before")]
    Repeated {
        /// The first one.
        first: AnyId,
    },
    /// The same person may not do both steps (four-eyes).
    #[error("a second person must do this")]
    SecondPerson,
    /// Nobody would administer the channel any more.
    #[error("the channel would have no administrator")]
    LastAdministrator,
    /// The person is a member of other channels too: their account is changed by the installation.
    #[error("the account belongs to a member of several channels")]
    AccountElsewhere,
    /// The account is suspended in all channels.
    #[error("the account is suspended")]
    AccountSuspended,
    /// The recommendation or the text that goes out is of this person, or of the one for whom they act.
    #[error("who recommended it or wrote its text does not sign it")]
    FourEyes,
    /// The author has corrected the original since the edited text was made; it must be carried over or dropped before anything goes out.
    #[error("the edited text was made from an older original")]
    TextOutdated,
    /// The edited text was made from the newest original, so that there is nothing to carry over.
    #[error("the edited text was made from the newest original")]
    TextCurrent,
    /// There is no edited text.
    #[error("there is no edited text")]
    NoEditedText,
    /// There is no scan to hold an endorsement against.
    #[error("there is no scan to check it against")]
    ScanMissing,
}

impl Refusal {
    /// The code that the API gives and the catalogues explain.
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

    /// Every code, for the tests that look for its words.
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

    /// Whether the person lacks the right (403) rather than the moment being wrong (409).
    #[must_use]
    pub const fn is_forbidden(&self) -> bool {
        matches!(
            self,
            Self::WrongRole { .. } | Self::NotYours | Self::OwnManuscript | Self::SecondPerson | Self::FourEyes | Self::AccountElsewhere
        )
    }
}
