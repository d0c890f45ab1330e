//! The rules of endorsements: who may confirm, countersign, reject or undo one. They are code instead of a table, which would have only a
//! few rows.

use crate::domain::clock::Moment;
use crate::domain::ids::UserId;
use crate::domain::outcome::EndorsementState;
use crate::domain::permission::{Actor, Grant, ManuscriptStanding, Permit, permit};
use crate::domain::refusal::{Refusal, ThingState};
use crate::domain::transition::row::ActorRule;
use crate::domain::vocabulary::{Role, words};

words! {
    /// An action on an endorsement that was entered for a leader.
    enum EndorsementAction {
        /// The leader confirms the text.
        Confirm = "confirm",
        /// A second person has compared the text with the scan.
        Countersign = "countersign",
        /// Rejects a wrong endorsement.
        Reject = "reject",
        /// The person who decided undoes the decision, before anybody is informed of it.
        Undo = "undo",
    }
}

/// The facts that the rules consider.
#[derive(Debug, Clone, Copy)]
pub struct EndorsementCase<'a> {
    /// The manuscript's standing to people.
    pub standing: &'a ManuscriptStanding,
    /// The endorsement's state.
    pub state: EndorsementState,
    /// The leader who wrote it.
    pub leader: UserId,
    /// The person who entered it.
    pub entered_by: UserId,
    /// Whether there is a scan to compare it with.
    pub scanned: bool,
    /// The person whose decision gave it effect.
    pub decided_by: Option<UserId>,
    /// The end of the undo window of that decision; `None` once the effects were carried out.
    pub held_until: Option<Moment>,
    /// The time of the act.
    pub now: Moment,
}

/// Returns the leader for whom a grant acts on received manuscripts: the holder, the absent leader of a stand-in, or the leader of a
/// secretary.
#[must_use]
pub fn leader_of(grant: &Grant, user: UserId) -> Option<UserId> {
    match grant.role {
        Role::Leader => Some(grant.for_user.unwrap_or(user)),
        Role::Secretary => grant.serves,
        _ => None,
    }
}

/// Decides whether `actor` may perform this action on an endorsement, and by which grant.
///
/// Only the leader confirms. A second person countersigns: another secretary of that leader, or a reviewer or dispatcher of the department,
/// who is certainly not the person who entered it; this requires the scan, without which there is nothing to compare. All of these may
/// reject it, and so may the person who entered it, who may have noticed a mistake of their own. The person who decided may undo that,
/// within the channel's undo window.
///
/// # Errors
/// The [`Refusal`] with the reason: that about the person first, then that about the state.
pub fn decide(case: &EndorsementCase<'_>, actor: &Actor, action: EndorsementAction) -> Result<Permit, Refusal> {
    let narrowed = ManuscriptStanding { recipients: vec![case.leader], ..case.standing.clone() };
    let may = |who: &[ActorRule]| permit(actor, &narrowed, who);
    let permit = match action {
        EndorsementAction::Confirm => may(&[ActorRule::Leader])?,
        EndorsementAction::Countersign => may(&[ActorRule::Secretary, ActorRule::Reviewer, ActorRule::Dispatcher])?,
        EndorsementAction::Reject | EndorsementAction::Undo => {
            may(&[ActorRule::Leader, ActorRule::Secretary, ActorRule::Reviewer, ActorRule::Dispatcher])?
        }
    };
    if action == EndorsementAction::Undo {
        return undoable(case, actor).map(|()| permit);
    }
    if action != EndorsementAction::Reject && actor.user == case.entered_by {
        return Err(Refusal::SecondPerson);
    }
    if case.state != EndorsementState::Entered {
        return Err(Refusal::WrongState { state: ThingState::Endorsement(case.state) });
    }
    if action == EndorsementAction::Countersign && !case.scanned {
        return Err(Refusal::ScanMissing);
    }
    Ok(permit)
}

fn undoable(case: &EndorsementCase<'_>, actor: &Actor) -> Result<(), Refusal> {
    match case.held_until {
        _ if !case.state.has_effect() => Err(Refusal::NothingToUndo),
        _ if case.decided_by != Some(actor.user) => Err(Refusal::NotYours),
        Some(until) if until > case.now => Ok(()),
        _ => Err(Refusal::UndoClosed),
    }
}

/// Returns every action that this person may perform now.
#[must_use]
pub fn allowed(case: &EndorsementCase<'_>, actor: &Actor) -> Vec<EndorsementAction> {
    EndorsementAction::ALL.iter().copied().filter(|action| decide(case, actor, *action).is_ok()).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::ids::{ChannelId, GrantId, OrganizationId};
    use crate::domain::permission::{Author, ReachedDesks};

    const LEADER: UserId = UserId(Uuid::from_u128(1));
    const CLERK: UserId = UserId(Uuid::from_u128(2));
    const AUTHOR: UserId = UserId(Uuid::from_u128(3));
    const OTHER: UserId = UserId(Uuid::from_u128(4));

    fn actor(user: UserId, role: Role, serves: Option<UserId>) -> Actor {
        let grant = Grant { id: GrantId(Uuid::from_u128(9)), role, organization: OrganizationId(Uuid::nil()), serves, for_user: None };
        Actor { user, channel: ChannelId(Uuid::nil()), grants: vec![grant] }
    }

    fn standing() -> ManuscriptStanding {
        ManuscriptStanding {
            channel: ChannelId(Uuid::nil()),
            organization: OrganizationId(Uuid::nil()),
            authors: vec![Author { user: AUTHOR, first: true, signed: true }],
            merged_authors: Vec::new(),
            prepared_by: Vec::new(),
            entered_by: None,
            reached: ReachedDesks { screening: true, review: true, signing: true, accepted: true },
            recipients: vec![LEADER, OTHER],
            charged: Vec::new(),
            through: None,
        }
    }

    #[test]
    fn who_confirms_countersigns_and_rejects() {
        use EndorsementAction::{Confirm, Countersign, Reject};
        let standing = standing();
        let case = EndorsementCase {
            standing: &standing,
            state: EndorsementState::Entered,
            leader: LEADER,
            entered_by: CLERK,
            scanned: true,
            decided_by: None,
            held_until: None,
            now: Moment::from_micros(0),
        };
        let say = |user, role, serves| allowed(&case, &actor(user, role, serves));
        assert_eq!(say(LEADER, Role::Leader, None), [Confirm, Reject]);
        assert_eq!(say(CLERK, Role::Secretary, Some(LEADER)), [Reject], "who entered it can only take it back");
        assert_eq!(say(OTHER, Role::Secretary, Some(LEADER)), [Countersign, Reject]);
        assert_eq!(say(OTHER, Role::Reviewer, None), [Countersign, Reject]);
        assert_eq!(say(OTHER, Role::Dispatcher, None), [Countersign, Reject]);
        assert_eq!(say(OTHER, Role::Leader, None), [], "another leader has no part in it");
        assert_eq!(say(CLERK, Role::Secretary, Some(OTHER)), []);
        assert_eq!(say(AUTHOR, Role::Reviewer, None), [], "nobody decides on his own manuscript");
        assert_eq!(say(OTHER, Role::Signer, None), []);
        let unscanned = EndorsementCase { scanned: false, ..case };
        assert_eq!(decide(&unscanned, &actor(OTHER, Role::Reviewer, None), Countersign), Err(Refusal::ScanMissing));
        assert_eq!(decide(&case, &actor(CLERK, Role::Dispatcher, None), Countersign), Err(Refusal::SecondPerson));
        let settled = EndorsementCase { state: EndorsementState::Rejected, ..case };
        assert_eq!(
            decide(&settled, &actor(LEADER, Role::Leader, None), Confirm),
            Err(Refusal::WrongState { state: ThingState::Endorsement(EndorsementState::Rejected) })
        );
    }

    #[test]
    fn whoever_decided_takes_it_back_while_the_window_is_open() {
        let standing = standing();
        let now = Moment::from_micros(1_000);
        let case = EndorsementCase {
            standing: &standing,
            state: EndorsementState::Countersigned,
            leader: LEADER,
            entered_by: CLERK,
            scanned: true,
            decided_by: Some(OTHER),
            held_until: Some(Moment::from_micros(2_000)),
            now,
        };
        let undo = |case: &EndorsementCase<'_>, user, role| decide(case, &actor(user, role, None), EndorsementAction::Undo).map(drop);
        assert_eq!(undo(&case, OTHER, Role::Reviewer), Ok(()));
        assert_eq!(undo(&case, LEADER, Role::Leader), Err(Refusal::NotYours), "another decided");
        assert_eq!(undo(&EndorsementCase { held_until: Some(now), ..case }, OTHER, Role::Reviewer), Err(Refusal::UndoClosed));
        assert_eq!(undo(&EndorsementCase { held_until: None, ..case }, OTHER, Role::Reviewer), Err(Refusal::UndoClosed));
        let entered = EndorsementCase { state: EndorsementState::Entered, decided_by: None, held_until: None, ..case };
        assert_eq!(undo(&entered, OTHER, Role::Reviewer), Err(Refusal::NothingToUndo));
        assert_eq!(undo(&case, AUTHOR, Role::Reviewer), Err(Refusal::OwnManuscript));
    }
}
