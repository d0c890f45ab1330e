//! The table itself.

use super::row::{ActorRule, Need, ROW, Transition, TransitionGuard, TransitionTarget};
use crate::domain::notice::{Audience, Letter, NoticeRule, tell};
use crate::domain::queues::{self, QueueRow};
use crate::domain::vocabulary::{Action, Stage};

use Stage as S;

/// The table, in the order of a manuscript's stages.
pub const TRANSITIONS: &[Transition] = &[
    Transition { action: Action::Save, from: &[S::Draft, S::Returned], who: &[ActorRule::FirstAuthor], ..ROW },
    Transition { action: Action::Discard, from: &[S::Draft], who: &[ActorRule::FirstAuthor], ..ROW },
    Transition { action: Action::Invite, from: &[S::Draft, S::Returned], who: &[ActorRule::FirstAuthor], ..ROW },
    Transition { action: Action::CoSign, from: &[S::Draft, S::Returned], who: &[ActorRule::AnyAuthor], ..ROW },
    Transition { action: Action::Attach, from: &[S::Draft, S::Returned], who: &[ActorRule::FirstAuthor], ..ROW },
    Transition {
        action: Action::Submit,
        from: &[S::Draft, S::Returned],
        to: TransitionTarget::Desk,
        who: &[ActorRule::FirstAuthor],
        needs: &[Need::CompleteForm],
        guards: &[TransitionGuard::EverySignature],
        notices: &[tell(Audience::Authors, Letter::Submitted)],
        ..ROW
    },
    Transition {
        action: Action::Withdraw,
        from: &[S::Screening, S::Review, S::Returned],
        to: TransitionTarget::Stage(S::Withdrawn),
        who: &[ActorRule::FirstAuthor],
        guards: &[TransitionGuard::NothingMerged],
        notices: &[tell(Audience::Authors, Letter::Withdrawn)],
        ..ROW
    },
    Transition {
        action: Action::PassScreening,
        from: &[S::Screening],
        to: TransitionTarget::Stage(S::Review),
        who: &[ActorRule::Screener],
        undoable: true,
        notices: &[tell(Audience::Authors, Letter::ScreeningPassed)],
        ..ROW
    },
    Transition {
        action: Action::Return,
        from: &[S::Screening],
        to: TransitionTarget::Stage(S::Returned),
        who: &[ActorRule::Screener],
        needs: &[Need::Reason],
        undoable: true,
        notices: &[tell(Audience::Authors, Letter::Returned)],
        ..ROW
    },
    Transition {
        action: Action::Return,
        from: &[S::Review],
        to: TransitionTarget::Stage(S::Returned),
        who: &[ActorRule::Reviewer],
        needs: &[Need::Reason],
        undoable: true,
        notices: &[tell(Audience::Authors, Letter::Returned)],
        ..ROW
    },
    Transition { action: Action::MarkUrgent, from: &[S::Review, S::Signing], who: &[ActorRule::Reviewer], ..ROW },
    Transition { action: Action::Edit, from: &[S::Review], who: &[ActorRule::Reviewer], needs: &[Need::CompleteForm], ..ROW },
    Transition {
        action: Action::CarryOver,
        from: &[S::Review],
        who: &[ActorRule::Reviewer],
        needs: &[Need::CompleteForm],
        guards: &[TransitionGuard::TextOutdated],
        ..ROW
    },
    Transition {
        action: Action::CarryOver,
        from: &[S::Signing],
        to: TransitionTarget::Stage(S::Review),
        who: &[ActorRule::Reviewer],
        needs: &[Need::CompleteForm],
        guards: &[TransitionGuard::TextOutdated],
        notices: &[tell(Audience::Signers, Letter::SignedTextChanged)],
        ..ROW
    },
    Transition {
        action: Action::CarryOver,
        from: &[S::Accepted],
        to: TransitionTarget::Stage(S::Review),
        who: &[ActorRule::Reviewer],
        needs: &[Need::CompleteForm],
        guards: &[TransitionGuard::TextOutdated],
        notices: &[tell(Audience::Authors, Letter::ReviewAgain), tell(Audience::Signers, Letter::SignedTextChanged)],
        ..ROW
    },
    Transition {
        action: Action::DropEdited,
        from: &[S::Review],
        who: &[ActorRule::Reviewer],
        guards: &[TransitionGuard::HasEdited],
        ..ROW
    },
    Transition {
        action: Action::DropEdited,
        from: &[S::Signing],
        to: TransitionTarget::Stage(S::Review),
        who: &[ActorRule::Reviewer],
        guards: &[TransitionGuard::TextOutdated],
        notices: &[tell(Audience::Signers, Letter::SignedTextChanged)],
        ..ROW
    },
    Transition {
        action: Action::DropEdited,
        from: &[S::Accepted],
        to: TransitionTarget::Stage(S::Review),
        who: &[ActorRule::Reviewer],
        guards: &[TransitionGuard::TextOutdated],
        notices: &[tell(Audience::Authors, Letter::ReviewAgain), tell(Audience::Signers, Letter::SignedTextChanged)],
        ..ROW
    },
    Transition {
        action: Action::Recommend,
        from: &[S::Review],
        to: TransitionTarget::Stage(S::Signing),
        who: &[ActorRule::Reviewer],
        needs: &[Need::Opinion],
        guards: &[TransitionGuard::TextCurrent],
        undoable: true,
        ..ROW
    },
    Transition {
        action: Action::Decline,
        from: &[S::Review],
        to: TransitionTarget::Stage(S::Declined),
        who: &[ActorRule::Reviewer],
        needs: &[Need::ReasonCode, Need::Reason],
        undoable: true,
        notices: &[tell(Audience::Authors, Letter::Declined)],
        ..ROW
    },
    Transition {
        action: Action::Merge,
        from: &[S::Review],
        to: TransitionTarget::Stage(S::Merged),
        who: &[ActorRule::Reviewer],
        needs: &[Need::Target],
        guards: &[TransitionGuard::NothingMerged, TransitionGuard::MergeTarget],
        undoable: true,
        notices: &[tell(Audience::Authors, Letter::Merged)],
    },
    Transition {
        action: Action::Unmerge,
        from: &[S::Merged, S::Archived],
        to: TransitionTarget::Stage(S::Review),
        who: &[ActorRule::Reviewer],
        guards: &[TransitionGuard::WasMerged, TransitionGuard::TargetOpen, TransitionGuard::NotAnsweredAlone],
        notices: &[tell(Audience::Authors, Letter::Unmerged)],
        ..ROW
    },
    Transition {
        action: Action::DecideMerged,
        from: &[S::Merged, S::Archived],
        who: &[ActorRule::Dispatcher],
        needs: &[Need::ReasonOrSuggestions],
        guards: &[TransitionGuard::WasMerged, TransitionGuard::TargetHandled],
        notices: &[tell(Audience::Authors, Letter::SuggestionsDecided), tell(Audience::Handlers, Letter::SuggestionsAdded)],
        ..ROW
    },
    Transition {
        action: Action::Refer,
        from: &[S::Declined],
        who: &[ActorRule::Reviewer],
        needs: &[Need::Addressee],
        notices: &[tell(Audience::Authors, Letter::Referred)],
        ..ROW
    },
    Transition {
        action: Action::Reconsider,
        from: &[S::Declined],
        to: TransitionTarget::Stage(S::Review),
        who: &[ActorRule::Reviewer],
        needs: &[Need::Reason],
        notices: &[tell(Audience::Authors, Letter::Reconsidered)],
        ..ROW
    },
    Transition {
        action: Action::Sign,
        from: &[S::Signing],
        to: TransitionTarget::Stage(S::Accepted),
        who: &[ActorRule::Signer],
        guards: &[TransitionGuard::FourEyes, TransitionGuard::TextCurrent],
        undoable: true,
        notices: &[tell(Audience::Authors, Letter::Accepted)],
        ..ROW
    },
    Transition {
        action: Action::SendBack,
        from: &[S::Signing],
        to: TransitionTarget::Stage(S::Review),
        who: &[ActorRule::Signer],
        needs: &[Need::Reason],
        undoable: true,
        notices: &[tell(Audience::Reviewers, Letter::SentBack)],
        ..ROW
    },
    Transition {
        action: Action::Issue,
        from: &[S::Accepted, S::Forwarded, S::Handling, S::Concluded],
        to: TransitionTarget::Forwards,
        who: &[ActorRule::Signer],
        needs: &[Need::Recipients],
        guards: &[TransitionGuard::FourEyes, TransitionGuard::TextCurrent],
        notices: &[tell(Audience::Authors, Letter::Forwarded)],
        ..ROW
    },
    Transition {
        action: Action::Recall,
        from: &[S::Forwarded],
        to: TransitionTarget::Stage(S::Accepted),
        who: &[ActorRule::Signer],
        needs: &[Need::Reason],
        notices: &[tell(Audience::Authors, Letter::Recalled)],
        ..ROW
    },
    Transition {
        action: Action::Forward,
        from: &[S::Accepted],
        to: TransitionTarget::Stage(S::Forwarded),
        who: &[ActorRule::Signer],
        needs: &[Need::Recipients],
        guards: &[TransitionGuard::FourEyes, TransitionGuard::TextCurrent],
        notices: &[tell(Audience::Recipients, Letter::ForYourReading), tell(Audience::Authors, Letter::Forwarded)],
        ..ROW
    },
    Transition {
        action: Action::Endorse,
        from: &[S::Forwarded, S::Handling, S::Concluded, S::Archived],
        who: &[ActorRule::Leader, ActorRule::Secretary],
        guards: &[TransitionGuard::WasForwarded],
        ..ROW
    },
    Transition {
        action: Action::Assign,
        from: &[S::Forwarded, S::Handling],
        to: TransitionTarget::Stage(S::Handling),
        who: &[ActorRule::Dispatcher],
        needs: &[Need::Departments],
        undoable: true,
        notices: &[tell(Audience::Authors, Letter::HandlingBegan)],
        ..ROW
    },
    Transition {
        action: Action::RecordAdoption,
        from: &[S::Accepted, S::Forwarded, S::Handling, S::Concluded, S::Archived],
        who: &[ActorRule::Reviewer, ActorRule::Dispatcher],
        guards: &[TransitionGuard::WasAccepted],
        notices: &[tell(Audience::Authors, Letter::AdoptionRecorded)],
        ..ROW
    },
    Transition {
        action: Action::Conclude,
        from: &[S::Forwarded, S::Handling],
        to: TransitionTarget::Stage(S::Concluded),
        who: &[ActorRule::Dispatcher],
        needs: &[Need::Result, Need::ReasonOrReply],
        guards: &[TransitionGuard::AssignmentsSettled, TransitionGuard::MergedDecided],
        undoable: true,
        notices: &[tell(Audience::Authors, Letter::Concluded), tell(Audience::Endorsers, Letter::ResultForLeader)],
    },
    Transition {
        action: Action::Rate,
        from: &[S::Concluded, S::Archived, S::Merged],
        who: &[ActorRule::AnyAuthor],
        guards: &[TransitionGuard::WasConcluded],
        ..ROW
    },
    Transition {
        action: Action::Reopen,
        from: &[S::Concluded, S::Archived],
        to: TransitionTarget::Former,
        who: &[ActorRule::Dispatcher],
        needs: &[Need::Reason],
        notices: &[tell(Audience::Authors, Letter::Reopened)],
        ..ROW
    },
    Transition {
        action: Action::Archive,
        from: &[S::Accepted, S::Forwarded, S::Concluded, S::Declined, S::Withdrawn, S::Merged],
        to: TransitionTarget::Stage(S::Archived),
        who: &[ActorRule::Dispatcher, ActorRule::Reviewer],
        ..ROW
    },
    Transition {
        action: Action::Undo,
        from: &[S::Review, S::Returned, S::Signing, S::Accepted, S::Handling, S::Concluded, S::Declined, S::Merged],
        to: TransitionTarget::Former,
        who: &[ActorRule::Screener, ActorRule::Reviewer, ActorRule::Signer, ActorRule::Dispatcher],
        guards: &[TransitionGuard::Undoable],
        ..ROW
    },
];

/// Returns whether a manuscript of this stage can be signed, forwarded or issued, so that four eyes have to be checked.
#[must_use]
pub fn is_signed_in(stage: Stage) -> bool {
    TRANSITIONS.iter().any(|row| row.guards.contains(&TransitionGuard::FourEyes) && row.from.contains(&stage))
}

/// Returns the notification that a manuscript has arrived in the queue where it waits next.
#[must_use]
pub fn arrival(stage: Stage) -> Option<NoticeRule> {
    queues::of_stage(stage).and_then(QueueRow::arrival_notice)
}
