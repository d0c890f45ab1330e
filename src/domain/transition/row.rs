//! What a row of the table is made of.

use crate::domain::notice::NoticeRule;
use crate::domain::vocabulary::{Action, Role, Stage, words};

words! {
    /// Who may act: a role, in a certain relation to the manuscript.
    enum ActorRule {
        /// The first author, or the one who entered it for them.
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
        /// An officer of a charged department.
        Handler = "handler",
    }
}

impl ActorRule {
    /// The role behind it.
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

    /// Whether this decides over other people's work, which nobody does on their own manuscript.
    #[must_use]
    pub const fn is_office(self) -> bool {
        !matches!(self, Self::FirstAuthor | Self::AnyAuthor)
    }
}

/// Where an action leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransitionTarget {
    /// The stage stays; a text or a fact changes.
    Stays,
    /// To this stage.
    Stage(Stage),
    /// To the desk that returned it, else to the organisation's office where it wants that, else to review.
    Desk,
    /// From accepted to forwarded; further on it stays.
    Forwards,
    /// To where it was before.
    Former,
}

words! {
    /// What an act must carry.
    enum Need {
        /// A form without gaps: title, situation, at least one suggestion, every declaration made.
        CompleteForm = "form",
        /// A reason in words.
        Reason = "reason",
        /// A reason from the channel's list.
        ReasonCode = "reason_code",
        /// An opinion.
        Opinion = "opinion",
        /// The manuscript merged into.
        Target = "target",
        /// Leaders who are to read it.
        Recipients = "recipients",
        /// The body that it is passed on to.
        Addressee = "addressee",
        /// The departments charged, and their deadline.
        Departments = "departments",
        /// The result in words.
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
        /// Every invited author has signed the text as it stands.
        EverySignature = "every_signature",
        /// Nothing is merged into it.
        NothingMerged = "nothing_merged",
        /// The target is live, from review to handling, not merged itself, and another manuscript.
        MergeTarget = "merge_target",
        /// It is merged, or was before it was archived.
        WasMerged = "was_merged",
        /// The manuscript merged into has not concluded.
        TargetOpen = "target_open",
        /// The manuscript merged into is before leaders or with departments.
        TargetHandled = "target_handled",
        /// In handling: what is merged into it was decided on, and the suggestions that were taken are assigned.
        MergedDecided = "merged_decided",
        /// No department at work answers its suggestions and nothing else.
        NotAnsweredAlone = "not_answered_alone",
        /// Every assignment is approved, returned, cancelled, or an assisting one.
        AssignmentsSettled = "assignments_settled",
        /// It was signed for use before it came to rest.
        WasAccepted = "was_accepted",
        /// It was forwarded before it came to rest.
        WasForwarded = "was_forwarded",
        /// It is concluded, or the one that it was merged into is, archived or not.
        WasConcluded = "was_concluded",
        /// Neither the recommendation nor the text that goes out is the actor's, nor that of the person for whom they act.
        FourEyes = "four_eyes",
        /// The edited text, if there is one, was made from the newest original.
        TextCurrent = "text_current",
        /// The edited text was made from an older original.
        TextOutdated = "text_outdated",
        /// There is an edited text.
        HasEdited = "has_edited",
        /// The actor decided last, the window is open, and nobody has acted on it.
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
    /// Where it leads.
    pub to: TransitionTarget,
    /// Who may.
    pub who: &'static [ActorRule],
    /// What it must carry.
    pub needs: &'static [Need],
    /// What else must hold.
    pub guards: &'static [TransitionGuard],
    /// Whether the decider can take it back within the window; until that closes, authors read the former stage and the letters wait.
    pub undoable: bool,
    /// Who is told, besides the desk that it arrives at ([`super::arrival`]).
    pub notices: &'static [NoticeRule],
}

/// What a row says unless it says otherwise.
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
