//! The state machine of a bulletin, as a table like that of [`crate::domain::transition`], and its vocabularies.

use crate::domain::notice::{Audience, Letter, NoticeRule, tell};
use crate::domain::permission::{Actor, Permit};
use crate::domain::refusal::{Refusal, ThingState};
use crate::domain::states::BulletinState;
use crate::domain::vocabulary::{Role, words};

words! {
    /// 单篇, 综合, 转送.
    enum BulletinKind {
        /// One manuscript.
        Single = "single",
        /// Several.
        Compiled = "compiled",
        /// Passed on.
        Referred = "referred",
    }

    /// How a recipient is named at the foot of a bulletin.
    enum RecipientKind {
        /// 报: superiors
        Report = "report",
        /// 送: equals
        Send = "send",
        /// 发: subordinates
        Distribute = "distribute",
    }

    /// An action on a bulletin.
    enum BulletinAction {
        /// Creates one.
        Compose = "compose",
        /// Changes it.
        Edit = "edit",
        /// Discards a draft.
        Discard = "discard",
        /// Submits it to the signers.
        Submit = "submit",
        /// The signer returns it.
        SendBack = "send_back",
        /// Signs it, which issues it and assigns the number.
        Issue = "issue",
        /// Cancels an issued one; its number is never assigned again.
        Cancel = "cancel",
    }
}

/// A row of [`BULLETIN_TRANSITIONS`].
#[derive(Debug, Clone, Copy)]
pub struct BulletinTransition {
    /// The action.
    pub action: BulletinAction,
    /// The states in which it is possible; empty if the bulletin does not exist yet.
    pub from: &'static [BulletinState],
    /// The state after; `None` if the bulletin is deleted.
    pub to: Option<BulletinState>,
    /// The roles that may perform it.
    pub who: &'static [Role],
    /// The notifications.
    pub notices: &'static [NoticeRule],
}

use BulletinAction as A;
use BulletinState as S;

const OFFICE: &[Role] = &[Role::Reviewer, Role::Signer];

/// The table.
pub const BULLETIN_TRANSITIONS: &[BulletinTransition] = &[
    BulletinTransition { action: A::Compose, from: &[], to: Some(S::Draft), who: OFFICE, notices: &[] },
    BulletinTransition { action: A::Edit, from: &[S::Draft], to: Some(S::Draft), who: OFFICE, notices: &[] },
    BulletinTransition { action: A::Discard, from: &[S::Draft], to: None, who: OFFICE, notices: &[] },
    BulletinTransition {
        action: A::Submit,
        from: &[S::Draft],
        to: Some(S::Submitted),
        who: OFFICE,
        notices: &[tell(Audience::Signers, Letter::BulletinSubmitted)],
    },
    BulletinTransition {
        action: A::SendBack,
        from: &[S::Submitted],
        to: Some(S::Draft),
        who: &[Role::Signer],
        notices: &[tell(Audience::Named, Letter::BulletinSentBack)],
    },
    BulletinTransition {
        action: A::Issue,
        from: &[S::Submitted],
        to: Some(S::Issued),
        who: &[Role::Signer],
        notices: &[tell(Audience::Recipients, Letter::ForYourReading)],
    },
    BulletinTransition {
        action: A::Cancel,
        from: &[S::Issued],
        to: Some(S::Cancelled),
        who: &[Role::Signer],
        notices: &[tell(Audience::Recipients, Letter::BulletinCancelled)],
    },
];

/// An allowed act on a bulletin.
#[derive(Debug, Clone, Copy)]
pub struct BulletinDecision {
    /// The row that allowed it.
    pub row: &'static BulletinTransition,
    /// The grant that was used.
    pub permit: Permit,
}

/// Decides whether `actor` may perform this action on a bulletin in `state`; `None` for one that is being created.
///
/// # Errors
/// The [`Refusal`] with the reason.
pub fn decide(state: Option<BulletinState>, actor: &Actor, action: BulletinAction) -> Result<BulletinDecision, Refusal> {
    let here = state.map_or(ThingState::NoBulletin, ThingState::Bulletin);
    for row in BULLETIN_TRANSITIONS.iter().filter(|row| row.action == action) {
        let permit = actor.need(row.who)?;
        if state.map_or(row.from.is_empty(), |state| row.from.contains(&state)) {
            return Ok(BulletinDecision { row, permit });
        }
    }
    Err(Refusal::WrongState { state: here })
}

/// Returns every action that this person may perform now.
#[must_use]
pub fn allowed(state: BulletinState, actor: &Actor) -> Vec<BulletinAction> {
    BulletinAction::ALL.iter().copied().filter(|action| decide(Some(state), actor, *action).is_ok()).collect()
}

/// Returns whether a person sees this bulletin: reviewers and signers always, dispatchers once it is issued, leaders and their secretaries
/// once it is issued to them.
#[must_use]
pub fn sees(actor: &Actor, state: BulletinState, recipients: &[crate::domain::ids::UserId]) -> bool {
    actor.grants.iter().any(|grant| match grant.role {
        Role::Reviewer | Role::Signer => true,
        Role::Dispatcher => matches!(state, S::Issued | S::Cancelled),
        Role::Leader => matches!(state, S::Issued | S::Cancelled) && recipients.contains(&grant.for_user.unwrap_or(actor.user)),
        Role::Secretary => matches!(state, S::Issued | S::Cancelled) && grant.serves.is_some_and(|leader| recipients.contains(&leader)),
        Role::Submitter | Role::Screener | Role::Handler | Role::Auditor | Role::SecurityAdmin | Role::SystemAdmin => false,
    })
}
