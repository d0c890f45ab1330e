//! The table itself.

use super::row::{Guard, Need, ROW, To, Transition, Who};
use crate::domain::notice::{Audience, Letter, Notice, tell};
use crate::domain::queues::{self, QueueRow};
use crate::domain::words::{Action, Stage};

use Stage as S;

/// The table. The order is that of a manuscript's life.
pub const TRANSITIONS: &[Transition] = &[
    Transition { action: Action::Save, from: &[S::Draft, S::Returned], who: &[Who::FirstAuthor], ..ROW },
    Transition { action: Action::Discard, from: &[S::Draft], who: &[Who::FirstAuthor], ..ROW },
    Transition { action: Action::Invite, from: &[S::Draft, S::Returned], who: &[Who::FirstAuthor], ..ROW },
    Transition { action: Action::CoSign, from: &[S::Draft, S::Returned], who: &[Who::AnyAuthor], ..ROW },
    Transition { action: Action::Attach, from: &[S::Draft, S::Returned], who: &[Who::FirstAuthor], ..ROW },
    Transition {
        action: Action::Submit,
        from: &[S::Draft, S::Returned],
        to: To::Desk,
        who: &[Who::FirstAuthor],
        needs: &[Need::CompleteForm],
        guards: &[Guard::EverySignature],
        notices: &[tell(Audience::Authors, Letter::Submitted)],
        ..ROW
    },
    Transition {
        action: Action::Withdraw,
        from: &[S::Screening, S::Review, S::Returned],
        to: To::Stage(S::Withdrawn),
        who: &[Who::FirstAuthor],
        guards: &[Guard::NothingMerged],
        notices: &[tell(Audience::Authors, Letter::Withdrawn)],
        ..ROW
    },
    Transition {
        action: Action::PassScreening,
        from: &[S::Screening],
        to: To::Stage(S::Review),
        who: &[Who::Screener],
        undoable: true,
        notices: &[tell(Audience::Authors, Letter::ScreeningPassed)],
        ..ROW
    },
    Transition {
        action: Action::Return,
        from: &[S::Screening],
        to: To::Stage(S::Returned),
        who: &[Who::Screener],
        needs: &[Need::Reason],
        undoable: true,
        notices: &[tell(Audience::Authors, Letter::Returned)],
        ..ROW
    },
    Transition {
        action: Action::Return,
        from: &[S::Review],
        to: To::Stage(S::Returned),
        who: &[Who::Reviewer],
        needs: &[Need::Reason],
        undoable: true,
        notices: &[tell(Audience::Authors, Letter::Returned)],
        ..ROW
    },
    Transition { action: Action::MarkUrgent, from: &[S::Review, S::Signing], who: &[Who::Reviewer], ..ROW },
    Transition { action: Action::Edit, from: &[S::Review], who: &[Who::Reviewer], needs: &[Need::CompleteForm], ..ROW },
    Transition {
        action: Action::CarryOver,
        from: &[S::Review],
        who: &[Who::Reviewer],
        needs: &[Need::CompleteForm],
        guards: &[Guard::TextOutdated],
        ..ROW
    },
    Transition {
        action: Action::CarryOver,
        from: &[S::Signing],
        to: To::Stage(S::Review),
        who: &[Who::Reviewer],
        needs: &[Need::CompleteForm],
        guards: &[Guard::TextOutdated],
        notices: &[tell(Audience::Signers, Letter::SignedTextChanged)],
        ..ROW
    },
    Transition {
        action: Action::CarryOver,
        from: &[S::Accepted],
        to: To::Stage(S::Review),
        who: &[Who::Reviewer],
        needs: &[Need::CompleteForm],
        guards: &[Guard::TextOutdated],
        notices: &[tell(Audience::Authors, Letter::ReviewAgain), tell(Audience::Signers, Letter::SignedTextChanged)],
        ..ROW
    },
    Transition { action: Action::DropEdited, from: &[S::Review], who: &[Who::Reviewer], guards: &[Guard::HasEdited], ..ROW },
    Transition {
        action: Action::DropEdited,
        from: &[S::Signing],
        to: To::Stage(S::Review),
        who: &[Who::Reviewer],
        guards: &[Guard::TextOutdated],
        notices: &[tell(Audience::Signers, Letter::SignedTextChanged)],
        ..ROW
    },
    Transition {
        action: Action::DropEdited,
        from: &[S::Accepted],
        to: To::Stage(S::Review),
        who: &[Who::Reviewer],
        guards: &[Guard::TextOutdated],
        notices: &[tell(Audience::Authors, Letter::ReviewAgain), tell(Audience::Signers, Letter::SignedTextChanged)],
        ..ROW
    },
    Transition {
        action: Action::Recommend,
        from: &[S::Review],
        to: To::Stage(S::Signing),
        who: &[Who::Reviewer],
        needs: &[Need::Opinion],
        guards: &[Guard::TextCurrent],
        undoable: true,
        ..ROW
    },
    Transition {
        action: Action::Decline,
        from: &[S::Review],
        to: To::Stage(S::Declined),
        who: &[Who::Reviewer],
        needs: &[Need::ReasonCode, Need::Reason],
        undoable: true,
        notices: &[tell(Audience::Authors, Letter::Declined)],
        ..ROW
    },
    Transition {
        action: Action::Merge,
        from: &[S::Review],
        to: To::Stage(S::Merged),
        who: &[Who::Reviewer],
        needs: &[Need::Target],
        guards: &[Guard::NothingMerged, Guard::MergeTarget],
        undoable: true,
        notices: &[tell(Audience::Authors, Letter::Merged)],
    },
    Transition {
        action: Action::Unmerge,
        from: &[S::Merged, S::Archived],
        to: To::Stage(S::Review),
        who: &[Who::Reviewer],
        guards: &[Guard::WasMerged, Guard::TargetOpen, Guard::NotAnsweredAlone],
        notices: &[tell(Audience::Authors, Letter::Unmerged)],
        ..ROW
    },
    Transition {
        action: Action::DecideMerged,
        from: &[S::Merged, S::Archived],
        who: &[Who::Dispatcher],
        needs: &[Need::ReasonOrSuggestions],
        guards: &[Guard::WasMerged, Guard::TargetHandled],
        notices: &[tell(Audience::Authors, Letter::SuggestionsDecided), tell(Audience::Handlers, Letter::SuggestionsAdded)],
        ..ROW
    },
    Transition {
        action: Action::Refer,
        from: &[S::Declined],
        who: &[Who::Reviewer],
        needs: &[Need::Addressee],
        notices: &[tell(Audience::Authors, Letter::Referred)],
        ..ROW
    },
    Transition {
        action: Action::Reconsider,
        from: &[S::Declined],
        to: To::Stage(S::Review),
        who: &[Who::Reviewer],
        needs: &[Need::Reason],
        notices: &[tell(Audience::Authors, Letter::Reconsidered)],
        ..ROW
    },
    Transition {
        action: Action::Sign,
        from: &[S::Signing],
        to: To::Stage(S::Accepted),
        who: &[Who::Signer],
        guards: &[Guard::FourEyes, Guard::TextCurrent],
        undoable: true,
        notices: &[tell(Audience::Authors, Letter::Accepted)],
        ..ROW
    },
    Transition {
        action: Action::SendBack,
        from: &[S::Signing],
        to: To::Stage(S::Review),
        who: &[Who::Signer],
        needs: &[Need::Reason],
        undoable: true,
        notices: &[tell(Audience::Reviewers, Letter::SentBack)],
        ..ROW
    },
    Transition {
        action: Action::Issue,
        from: &[S::Accepted, S::Forwarded, S::Handling, S::Concluded],
        to: To::Forwards,
        who: &[Who::Signer],
        needs: &[Need::Recipients],
        guards: &[Guard::FourEyes, Guard::TextCurrent],
        notices: &[tell(Audience::Authors, Letter::Forwarded)],
        ..ROW
    },
    Transition {
        action: Action::Recall,
        from: &[S::Forwarded],
        to: To::Stage(S::Accepted),
        who: &[Who::Signer],
        needs: &[Need::Reason],
        notices: &[tell(Audience::Authors, Letter::Recalled)],
        ..ROW
    },
    Transition {
        action: Action::Forward,
        from: &[S::Accepted],
        to: To::Stage(S::Forwarded),
        who: &[Who::Signer],
        needs: &[Need::Recipients],
        guards: &[Guard::FourEyes, Guard::TextCurrent],
        notices: &[tell(Audience::Recipients, Letter::ForYourReading), tell(Audience::Authors, Letter::Forwarded)],
        ..ROW
    },
    Transition {
        action: Action::Endorse,
        from: &[S::Forwarded, S::Handling, S::Concluded, S::Archived],
        who: &[Who::Leader, Who::Secretary],
        guards: &[Guard::WasForwarded],
        ..ROW
    },
    Transition {
        action: Action::Assign,
        from: &[S::Forwarded, S::Handling],
        to: To::Stage(S::Handling),
        who: &[Who::Dispatcher],
        needs: &[Need::Departments],
        undoable: true,
        notices: &[tell(Audience::Authors, Letter::HandlingBegan)],
        ..ROW
    },
    Transition {
        action: Action::RecordAdoption,
        from: &[S::Accepted, S::Forwarded, S::Handling, S::Concluded, S::Archived],
        who: &[Who::Reviewer, Who::Dispatcher],
        guards: &[Guard::WasAccepted],
        notices: &[tell(Audience::Authors, Letter::AdoptionRecorded)],
        ..ROW
    },
    Transition {
        action: Action::Conclude,
        from: &[S::Forwarded, S::Handling],
        to: To::Stage(S::Concluded),
        who: &[Who::Dispatcher],
        needs: &[Need::Result, Need::ReasonOrReply],
        guards: &[Guard::AssignmentsSettled, Guard::MergedDecided],
        undoable: true,
        notices: &[tell(Audience::Authors, Letter::Concluded), tell(Audience::Endorsers, Letter::ResultForLeader)],
    },
    Transition {
        action: Action::Rate,
        from: &[S::Concluded, S::Archived, S::Merged],
        who: &[Who::AnyAuthor],
        guards: &[Guard::WasConcluded],
        ..ROW
    },
    Transition {
        action: Action::Reopen,
        from: &[S::Concluded, S::Archived],
        to: To::Former,
        who: &[Who::Dispatcher],
        needs: &[Need::Reason],
        notices: &[tell(Audience::Authors, Letter::Reopened)],
        ..ROW
    },
    Transition {
        action: Action::Archive,
        from: &[S::Accepted, S::Forwarded, S::Concluded, S::Declined, S::Withdrawn, S::Merged],
        to: To::Stage(S::Archived),
        who: &[Who::Dispatcher, Who::Reviewer],
        ..ROW
    },
    Transition {
        action: Action::Undo,
        from: &[S::Review, S::Returned, S::Signing, S::Accepted, S::Handling, S::Concluded, S::Declined, S::Merged],
        to: To::Former,
        who: &[Who::Screener, Who::Reviewer, Who::Signer, Who::Dispatcher],
        guards: &[Guard::Undoable],
        ..ROW
    },
];

/// Whether a manuscript of this stage can be signed, forwarded or issued, so that four eyes have to be looked after.
#[must_use]
pub fn is_signed_in(stage: Stage) -> bool {
    TRANSITIONS.iter().any(|row| row.guards.contains(&Guard::FourEyes) && row.from.contains(&stage))
}

/// Who is told that a manuscript has arrived where it waits next.
#[must_use]
pub fn arrival(stage: Stage) -> Option<Notice> {
    queues::of_stage(stage).and_then(QueueRow::arrival_notice)
}
