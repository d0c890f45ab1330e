//! The menu entry under which the recipient of a letter finds its matter, for people who would rather not follow a link.

use super::letters::{LetterFacts, Wording};
use crate::domain::notice::{Audience, Letter};
use crate::domain::queues::{self, WorkQueue};
use crate::domain::recipients::audiences;

/// The entry of the menu: the end of the key of its name, `place-KEY`. `None` where there is no entry, or the recipient can't sign in yet.
#[must_use]
pub fn entry(kind: Letter, facts: &LetterFacts) -> Option<&'static str> {
    use Letter as L;
    match kind {
        L::AccountCreated | L::PasswordReset | L::PasswordChanged => None,
        // Ended matters are only in the inbox.
        _ if facts.path.as_deref() == Some("/inbox") => Some("inbox"),
        L::ForYourReading | L::EndorsementEntered if facts.wording == Some(Wording::Secretary) => Some("endorsements"),
        L::EndorsementRejected => Some("endorsements"),
        L::ForYourReading | L::EndorsementEntered => Some("leader"),
        L::ResultForLeader => Some("results"),
        L::MergedForLeader => Some("read"),
        L::SignedTextChanged | L::BulletinSubmitted => Some("signing"),
        L::BulletinSentBack | L::BulletinTextChanged => Some("bulletins"),
        L::QueueUnstaffed => Some("people"),
        L::Checkpoint | L::LedgerResumed | L::LedgerKeyChanged => Some("ledger"),
        L::Contributed => Some("handling"),
        L::Invited | L::CoSigned | L::SignatureVoided | L::InvitationDeclined => Some("mine"),
        L::DueSoon | L::DueToday | L::Overdue | L::DueChanged => {
            Some(facts.deadline.and_then(queues::of_deadline).map_or("inbox", |row| of(row.queue)))
        }
        _ => Some(match audiences(kind, None)[..] {
            [Audience::Authors] => "mine",
            [Audience::Screeners] => "screening",
            [Audience::Reviewers] => "review",
            [Audience::Signers] => "signing",
            [Audience::Dispatchers] => "dispatch",
            [Audience::Handlers] if !matches!(kind, L::AssignmentCancelled) => "handling",
            _ => "inbox",
        }),
    }
}

/// The place at which a queue is worked.
const fn of(queue: WorkQueue) -> &'static str {
    match queue {
        WorkQueue::Drafts => "mine",
        WorkQueue::Screening => "screening",
        WorkQueue::Review => "review",
        WorkQueue::Signing => "signing",
        WorkQueue::Circulation => "bulletins",
        WorkQueue::Reading => "leader",
        WorkQueue::Dispatch => "dispatch",
        WorkQueue::Receipt | WorkQueue::Reply => "handling",
    }
}
