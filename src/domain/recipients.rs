//! Resolves the recipients of letters. One pure function serves the act, its preview, the reminders and the jobs, so that their results
//! cannot differ.

use std::collections::BTreeMap;

use crate::domain::deadline::Deadline;
use crate::domain::ids::{ManuscriptId, OrganizationId, UserId};
use crate::domain::notice::{Audience, Letter, NoticeRule, tell};
use crate::domain::queues::{self, QueueRow};
use crate::domain::vocabulary::{Role, Stage};

/// A person with an active account who acts in a role: by a grant of their own, or for an absent person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// The person.
    pub user: UserId,
    /// The organisation for which the role is held.
    pub organization: OrganizationId,
    /// For a secretary, the leader whom they serve.
    pub serves: Option<UserId>,
    /// For a stand-in, the absent person.
    pub for_user: Option<UserId>,
}

/// A manuscript that is merged into the subject of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedAuthors {
    /// The manuscript.
    pub manuscript: ManuscriptId,
    /// Its authors.
    pub authors: Vec<UserId>,
}

/// The facts from which recipients are resolved.
#[derive(Debug, Clone, Default)]
pub struct RecipientFacts {
    /// The actor.
    pub actor: Option<UserId>,
    /// The authors of the manuscript, or of all manuscripts of a bulletin.
    pub authors: Vec<UserId>,
    /// The manuscripts merged into it.
    pub merged: Vec<MergedAuthors>,
    /// Whether authors of merged ones are notified of this act. They are not if they leave the manuscript by it.
    pub tells_merged: bool,
    /// For an act that concerns only suggestions of merged manuscripts, these manuscripts. Other authors are then not notified.
    pub only_merged: Option<Vec<ManuscriptId>>,
    /// The holders of each role that the notices name.
    pub holders: BTreeMap<Role, Vec<Holder>>,
    /// The organisation of the manuscript.
    pub organization: Option<OrganizationId>,
    /// The organisations that the act assigns or concerns.
    pub charged: Vec<OrganizationId>,
    /// Persons whom the act names.
    pub named: Vec<UserId>,
    /// The leaders who have received the manuscript, or receive it by the act.
    pub leaders: Vec<UserId>,
    /// The leaders whose endorsement is in effect.
    pub endorsers: Vec<UserId>,
    /// The persons who may not sign it, because they wrote the text or recommended it
    /// ([`crate::domain::permission::ManuscriptStanding::prepared_by`]).
    pub prepared_by: Vec<UserId>,
}

/// A recipient of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterRecipient {
    /// The person.
    pub user: UserId,
    /// The letter.
    pub letter: Letter,
    /// For authors of merged manuscripts, their own ones, which are the subject of the letter instead of the target.
    pub merged: Vec<ManuscriptId>,
    /// Whether they may know which manuscript it is.
    pub sees: bool,
}

impl Audience {
    /// Returns the roles whose holders belong to the group; empty for authors and named persons.
    #[must_use]
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::Authors | Self::Named => &[],
            Self::Screeners => &[Role::Screener],
            Self::Reviewers => &[Role::Reviewer],
            Self::Signers => &[Role::Signer],
            Self::Dispatchers => &[Role::Dispatcher],
            Self::Recipients => &[Role::Leader, Role::Secretary],
            Self::Endorsers => &[Role::Leader],
            Self::Handlers => &[Role::Handler],
            Self::Administrators => &[Role::SystemAdmin],
            Self::Auditors => &[Role::Auditor],
        }
    }
}

/// Returns whether a letter shows the marks of an urgent manuscript, and of one that leaders have endorsed: only letters to people who have
/// to work on it do. Authors and their organisation are shown neither.
#[must_use]
pub const fn bears_marks(letter: Letter) -> bool {
    use Letter as L;
    matches!(
        letter,
        L::ArrivedReview
            | L::ArrivedSigning
            | L::SentBack
            | L::ForYourReading
            | L::MergedForLeader
            | L::ResultForLeader
            | L::InstructionGiven
            | L::Assigned
            | L::ReturnRequested
            | L::ReturnDecided
            | L::ExtensionRequested
            | L::ExtensionDecided
            | L::Contributed
            | L::Replied
            | L::ReplyRejected
            | L::Urged
            | L::MergedToDecide
            | L::MergedForDepartment
            | L::SuggestionsAdded
            | L::DueSoon
            | L::DueToday
            | L::Overdue
            | L::OverdueAbove
            | L::DueChanged
    )
}

/// Returns the additional notifications about a merger into a manuscript of this stage: of those who handle it already.
#[must_use]
pub const fn told_of_merger(target: Stage) -> &'static [NoticeRule] {
    const OFFICE: NoticeRule = tell(Audience::Dispatchers, Letter::MergedToDecide);
    const DEPARTMENTS: NoticeRule = tell(Audience::Handlers, Letter::MergedForDepartment);
    const LEADERS: NoticeRule = tell(Audience::Endorsers, Letter::MergedForLeader);
    match target {
        Stage::Forwarded => &[OFFICE, LEADERS],
        Stage::Handling => &[OFFICE, DEPARTMENTS, LEADERS],
        _ => &[],
    }
}

/// Returns the additional notifications about a recomputed due date of a department: of those who read the date. Due dates of other queues
/// concern only these, and authors and leaders do not see those of receipts.
#[must_use]
pub const fn told_of_new_date(deadline: Deadline) -> &'static [NoticeRule] {
    const OFFICE: NoticeRule = tell(Audience::Dispatchers, Letter::DepartmentDueChanged);
    const AUTHORS: NoticeRule = tell(Audience::Authors, Letter::DepartmentDueChanged);
    const LEADER: NoticeRule = tell(Audience::Endorsers, Letter::DepartmentDueChanged);
    match deadline {
        Deadline::Reply => &[OFFICE, AUTHORS, LEADER],
        Deadline::Receipt => &[OFFICE],
        Deadline::Screening | Deadline::Review | Deadline::Signing => &[],
    }
}

/// Returns the groups to which a letter is addressed, by an act or a reminder of this limit: a person who belongs to none of them any more
/// may not receive it. [`Audience::Named`] stands for persons whom only the act names.
#[must_use]
pub fn audiences(letter: Letter, deadline: Option<Deadline>) -> Vec<Audience> {
    use Audience as A;
    use Letter as L;
    match letter {
        L::Submitted | L::ScreeningPassed | L::Returned | L::Withdrawn | L::Declined | L::Referred | L::Reconsidered | L::Merged => {
            vec![A::Authors]
        }
        L::Unmerged | L::TargetReturned | L::TargetSubmitted | L::Accepted | L::Forwarded | L::Recalled | L::Endorsed => vec![A::Authors],
        L::HandlingBegan | L::ReplyApproved | L::Concluded | L::Reopened | L::AdoptionRecorded | L::ReviewAgain => vec![A::Authors],
        L::SuggestionsDecided => vec![A::Authors],
        L::DepartmentDueChanged => vec![A::Dispatchers, A::Authors, A::Endorsers],
        L::ImplementationReported | L::Implemented => vec![A::Authors, A::Dispatchers],
        L::ArrivedScreening => vec![A::Screeners],
        L::ArrivedReview | L::SentBack => vec![A::Reviewers],
        L::ArrivedSigning | L::SignedTextChanged | L::BulletinSubmitted => vec![A::Signers],
        L::ForYourReading | L::BulletinCancelled => vec![A::Recipients],
        L::ResultForLeader | L::MergedForLeader => vec![A::Endorsers],
        L::MergedForDepartment | L::SuggestionsAdded | L::SuggestionsEnded => vec![A::Handlers],
        L::MergedToDecide => vec![A::Dispatchers],
        L::InstructionGiven | L::AssignmentReceived | L::ReturnRequested | L::ExtensionRequested | L::Replied | L::RatedUnsatisfied => {
            vec![A::Dispatchers]
        }
        L::Assigned | L::ReturnDecided | L::ExtensionDecided | L::ReplyRejected | L::ReplyPassed | L::Urged | L::AssignmentCancelled => {
            vec![A::Handlers]
        }
        L::DueSoon | L::DueToday | L::Overdue | L::DueChanged => {
            deadline.and_then(queues::of_deadline).map(|queue| queue.audience).into_iter().collect()
        }
        L::OverdueAbove => {
            deadline.and_then(queues::of_deadline).and_then(|queue| queue.escalation).map(|above| above.to).into_iter().collect()
        }
        L::MailFailed => vec![A::Dispatchers, A::Administrators],
        L::QueueUnstaffed => vec![A::Administrators],
        L::Checkpoint | L::LedgerResumed | L::LedgerKeyChanged => vec![A::Auditors],
        L::DecisionVoided | L::BulletinSentBack | L::BulletinTextChanged | L::EndorsementEntered | L::EndorsementRejected => vec![A::Named],
        L::Contributed | L::Invited | L::InvitationWithdrawn | L::InvitationDeclined | L::CoSigned | L::SignatureVoided => vec![A::Named],
        L::AccountCreated | L::PasswordReset | L::PasswordChanged | L::StandInNamed | L::HandedOver => vec![A::Named],
    }
}

impl RecipientFacts {
    /// Returns whether this person belongs to the group now, whoever acted.
    #[must_use]
    pub fn is_member(&self, audience: Audience, user: UserId) -> bool {
        match audience {
            Audience::Authors => self.is_author(user),
            Audience::Named => true,
            _ => {
                let holders = audience.roles().iter().filter_map(|role| self.holders.get(role)).flatten();
                holders.filter(|holder| holder.user == user).any(|holder| self.fits(audience, holder))
            }
        }
    }

    /// Returns whether this person wrote it, or one that is merged into it. They are not notified by their other roles, because they read
    /// it as an author and may not decide about it.
    fn is_author(&self, user: UserId) -> bool {
        self.authors.contains(&user) || self.merged.iter().any(|one| one.authors.contains(&user))
    }

    /// Returns whether anybody could work a queue of this audience for this subject, whoever acts now.
    #[must_use]
    pub fn is_staffed(&self, audience: Audience) -> bool {
        audience.roles().iter().filter_map(|role| self.holders.get(role)).flatten().any(|holder| self.fits(audience, holder))
    }

    /// Returns whether this holder belongs to the audience for this subject.
    fn fits(&self, audience: Audience, holder: &Holder) -> bool {
        let leader = holder.serves.or(holder.for_user).unwrap_or(holder.user);
        let concerned = match audience {
            Audience::Screeners => self.organization == Some(holder.organization),
            Audience::Handlers => self.charged.contains(&holder.organization),
            Audience::Recipients => self.leaders.contains(&leader),
            Audience::Endorsers => self.endorsers.contains(&leader),
            Audience::Signers => {
                !self.prepared_by.contains(&holder.user) && holder.for_user.is_none_or(|absent| !self.prepared_by.contains(&absent))
            }
            _ => true,
        };
        let conflicted = [Some(holder.user), holder.for_user, holder.serves].into_iter().flatten().any(|user| self.is_author(user));
        concerned && !conflicted
    }

    /// Returns the persons of a group, except authors.
    fn members(&self, audience: Audience) -> Vec<UserId> {
        if audience == Audience::Named {
            return self.named.iter().copied().filter(|user| Some(*user) != self.actor && !self.is_author(*user)).collect();
        }
        let holders = audience.roles().iter().filter_map(|role| self.holders.get(role)).flatten();
        holders.filter(|holder| self.fits(audience, holder) && Some(holder.user) != self.actor).map(|holder| holder.user).collect()
    }
}

/// Resolves the recipients of notices: each person once for each letter, in the order of the notices.
///
/// Authors are also notified of their own acts. Authors of merged manuscripts are notified of the act as one on their own manuscripts, by a
/// letter that applies to them ([`Letter::to_merged`]): they may not know the target's title, and cannot open its page.
#[must_use]
pub fn resolve_recipients(notices: &[NoticeRule], facts: &RecipientFacts) -> Vec<LetterRecipient> {
    let mut found: Vec<LetterRecipient> = Vec::new();
    for NoticeRule { audience, letter } in notices {
        let mut add = |user: UserId, letter: Letter, merged: Option<ManuscriptId>| match found
            .iter_mut()
            .find(|one| one.user == user && one.letter == letter)
        {
            Some(there) if there.merged.is_empty() => {}
            Some(there) => there.merged.extend(merged),
            None => found.push(LetterRecipient { user, letter, merged: merged.into_iter().collect(), sees: true }),
        };
        if *audience != Audience::Authors {
            facts.members(*audience).into_iter().for_each(|user| add(user, *letter, None));
            continue;
        }
        if facts.only_merged.is_none() {
            facts.authors.iter().for_each(|user| add(*user, *letter, None));
        }
        let concerned = |one: &&MergedAuthors| facts.only_merged.as_ref().is_none_or(|only| only.contains(&one.manuscript));
        for one in facts.merged.iter().filter(|_| facts.tells_merged).filter(concerned) {
            let parted = one.authors.iter().filter(|user| !facts.authors.contains(user));
            parted.for_each(|user| add(*user, letter.to_merged(), Some(one.manuscript)));
        }
    }
    found
}

/// Resolves the recipients of a reminder: those who work the queue, and once the limit has passed, those who supervise it.
#[must_use]
pub fn resolve_reminder(queue: &QueueRow, letter: Letter, has_passed: bool, facts: &RecipientFacts) -> Vec<LetterRecipient> {
    let mut found = resolve_recipients(&[tell(queue.audience, letter)], facts);
    if let Some(above) = queue.escalation.filter(|_| has_passed) {
        let others = resolve_recipients(&[tell(above.to, Letter::OverdueAbove)], facts);
        let others = others.into_iter().filter(|one| found.iter().all(|there| there.user != one.user)).collect::<Vec<_>>();
        found.extend(others.into_iter().map(|one| LetterRecipient { sees: above.sees, ..one }));
    }
    found
}
