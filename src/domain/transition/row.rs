//! The types of a row of the table.

use crate::domain::notice::NoticeRule;
use crate::domain::vocabulary::{Action, Role, Stage, words};

words! {
    /// The persons who may act: a role, in a certain relation to the manuscript.
    enum ActorRule {
        /// The first author, or the person who entered it for them.
        FirstAuthor = "first_author",
        /// Any author, invited ones included.
        AnyAuthor = "any_author",
        /// A screener of the author's organisation.
        Screener = "screener",
        /// A reviewer of the channel.
        Reviewer = "reviewer",
        /// A signer of the channel.
        Signer = "signer",
        /// A dispatcher of the channel.
        Dispatcher = "dispatcher",
        /// A leader who is a recipient.
        Leader = "leader",
        /// The secretary of such a leader.
        Secretary = "secretary",
        /// An officer of an assigned department.
        Handler = "handler",
    }
}

impl ActorRule {
    /// Returns the role of the rule.
    #[must_use]
    pub const fn role(self) -> Role {
        match self {
            Self::FirstAuthor | Self::AnyAuthor => Role::Submitter,
            Self::Screener => Role::Screener,
            Self::Reviewer => Role::Reviewer,
            Self::Signer => Role::Signer,
            Self::Dispatcher => Role::Dispatcher,
            Self::Leader => Role::Leader,
            Self::Secretary => Role::Secretary,
            Self::Handler => Role::Handler,
        }
    }

    /// Returns whether this is a decision over other people's work, which nobody makes on their own manuscript.
    #[must_use]
    pub const fn is_office(self) -> bool {
        !matches!(self, Self::FirstAuthor | Self::AnyAuthor)
    }
}

/// The target of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransitionTarget {
    /// The stage is unchanged; a text or a fact changes.
    Stays,
    /// This stage.
    Stage(Stage),
    /// The stage that returned it, otherwise screening if the organisation requires it, otherwise review.
    Desk,
    /// From accepted to forwarded; in later stages unchanged.
    Forwards,
    /// The previous stage.
    Former,
}

words! {
    /// An input that an act requires.
    enum Need {
        /// A complete form: title, situation, at least one suggestion, every declaration made.
        CompleteForm = "form",
        /// A reason in text.
        Reason = "reason",
        /// A reason from the channel's list.
        ReasonCode = "reason_code",
        /// An opinion.
        Opinion = "opinion",
        /// The target of a merger.
        Target = "target",
        /// The leaders who are to read it.
        Recipients = "recipients",
        /// The body to which it is passed on.
        Addressee = "addressee",
        /// The assigned departments, and their due date.
        Departments = "departments",
        /// The result in text.
        Result = "result",
        /// After a reopening: a new answer by a department, or a reason that the author reads.
        ReasonOrReply = "reason_or_reply",
        /// The suggestions that are taken, and a reason for those that are not.
        ReasonOrSuggestions = "reason_or_suggestions",
    }
}

words! {
    /// A condition beyond stage and person.
    enum TransitionGuard {
        /// Every invited author has signed the current text.
        EverySignature = "every_signature",
        /// Nothing is merged into it.
        NothingMerged = "nothing_merged",
        /// The target is active, from review to handling, not merged itself, and another manuscript.
        MergeTarget = "merge_target",
        /// It is merged, or was before it was archived.
        WasMerged = "was_merged",
        /// The target is not concluded.
        TargetOpen = "target_open",
        /// The target is before leaders or with departments.
        TargetHandled = "target_handled",
        /// In handling: merged manuscripts are decided on, and the taken suggestions are assigned.
        MergedDecided = "merged_decided",
        /// No active department answers only its suggestions.
        NotAnsweredAlone = "not_answered_alone",
        /// Every assignment is approved, returned, cancelled, or an assisting one.
        AssignmentsSettled = "assignments_settled",
        /// It was signed for use before it was archived.
        WasAccepted = "was_accepted",
        /// It was forwarded before it was archived.
        WasForwarded = "was_forwarded",
        /// It is concluded, or its target is, archived or not.
        WasConcluded = "was_concluded",
        /// Neither the actor nor the person for whom they act recommended it or wrote the text that goes out.
        FourEyes = "four_eyes",
        /// The edited text, if there is one, is based on the newest original.
        TextCurrent = "text_current",
        /// The edited text is based on an older original.
        TextOutdated = "text_outdated",
        /// There is an edited text.
        HasEdited = "has_edited",
        /// The actor made the last decision, the window is open, and no later act is based on it.
        Undoable = "undoable",
    }
}

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// The action.
    pub action: Action,
    /// The stages in which it is possible.
    pub from: &'static [Stage],
    /// The stage after.
    pub to: TransitionTarget,
    /// The persons who may perform it.
    pub who: &'static [ActorRule],
    /// The required input.
    pub needs: &'static [Need],
    /// The further conditions.
    pub guards: &'static [TransitionGuard],
    /// Whether the decision can be undone within the window; until that closes, authors read the former stage and the letters wait.
    pub undoable: bool,
    /// The notifications besides those of the queue in which it arrives ([`super::arrival`]).
    pub notices: &'static [NoticeRule],
}

/// The default values of a row.
pub(super) const ROW: Transition = Transition {
    action: Action::Save,
    from: &[],
    to: TransitionTarget::Stays,
    who: &[],
    needs: &[],
    guards: &[],
    undoable: false,
    notices: &[],
};
