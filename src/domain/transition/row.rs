//! What a row of the table is made of.

use crate::domain::notice::Notice;
use crate::domain::words::{Action, Role, Stage, words};

/// Who may act: a role, in a certain relation to the manuscript.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    /// The first author, or the one who entered it for him.
    FirstAuthor,
    /// Any author, invited ones included.
    AnyAuthor,
    /// A screener of the author's organisation.
    Screener,
    /// A reviewer of the channel.
    Reviewer,
    /// A signer of the channel.
    Signer,
    /// A dispatcher of the channel.
    Dispatcher,
    /// A leader who is a recipient.
    Leader,
    /// The secretary of such a leader.
    Secretary,
    /// An officer of a charged department.
    Handler,
}

impl Who {
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

    /// Whether this decides over other people's work, which nobody does on his own manuscript.
    #[must_use]
    pub const fn is_office(self) -> bool {
        !matches!(self, Self::FirstAuthor | Self::AnyAuthor)
    }
}

/// Where an action leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
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
    }
}

/// A condition beyond stage and person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Every invited author has signed the text as it stands.
    EverySignature,
    /// Nothing is merged into it.
    NothingMerged,
    /// The target is live, from review to handling, not merged itself, and another manuscript.
    MergeTarget,
    /// The manuscript merged into has not concluded.
    TargetOpen,
    /// Every assignment is approved, returned, cancelled, or an assisting one.
    AssignmentsSettled,
    /// It was signed for use before it came to rest.
    WasAccepted,
    /// It was forwarded before it came to rest.
    WasForwarded,
    /// It is concluded, or the one that it was merged into is, archived or not.
    WasConcluded,
    /// The actor decided last, the window is open, and nobody has acted on it.
    Undoable,
}

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// The action.
    pub action: Action,
    /// The stages in which it is possible.
    pub from: &'static [Stage],
    /// Where it leads.
    pub to: To,
    /// Who may.
    pub who: &'static [Who],
    /// What it must carry.
    pub needs: &'static [Need],
    /// What else must hold.
    pub guards: &'static [Guard],
    /// Whether the decider can take it back within the window; until that closes, authors read the former stage and the letters wait.
    pub undoable: bool,
    /// Who is told, besides the desk that it arrives at ([`arrival`]).
    pub notices: &'static [Notice],
}

/// What a row says unless it says otherwise.
pub(super) const ROW: Transition =
    Transition { action: Action::Save, from: &[], to: To::Stays, who: &[], needs: &[], guards: &[], undoable: false, notices: &[] };
