//! The cast of the tests: every role in every relation to one manuscript.

use uuid::Uuid;

use crate::domain::clock::Moment;
use crate::domain::ids::{ChannelId, GrantId, OrganizationId, UserId};
use crate::domain::outgoing::EditedTextState;
use crate::domain::permission::{Actor, Author, Grant, ManuscriptStanding, ReachedDesks};
use crate::domain::transition::{Case, Pending};
use crate::domain::vocabulary::{Role, Stage};

pub(super) const CHANNEL: ChannelId = ChannelId(Uuid::from_u128(1));
pub(super) const ELSEWHERE: ChannelId = ChannelId(Uuid::from_u128(2));
/// The organisation of the author.
pub(super) const PARTY: OrganizationId = OrganizationId(Uuid::from_u128(10));
/// A department to which the manuscript is assigned.
pub(super) const BUREAU: OrganizationId = OrganizationId(Uuid::from_u128(11));
/// An organisation without any relation to it.
pub(super) const OTHERS: OrganizationId = OrganizationId(Uuid::from_u128(12));

pub(super) const AUTHOR: UserId = UserId(Uuid::from_u128(100));
pub(super) const CO_AUTHOR: UserId = UserId(Uuid::from_u128(101));
pub(super) const CLERK: UserId = UserId(Uuid::from_u128(102));
pub(super) const LEADER: UserId = UserId(Uuid::from_u128(103));
pub(super) const OTHER_LEADER: UserId = UserId(Uuid::from_u128(104));
pub(super) const SOMEBODY: UserId = UserId(Uuid::from_u128(105));
pub(super) const COLLEAGUE: UserId = UserId(Uuid::from_u128(106));

/// The relation of the person to the manuscript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// They are its first author.
    First,
    /// They are invited as a joint author.
    Co,
    /// They entered it for the author.
    Entered,
    /// It belongs to their organisation, or they or their leader received it, or it is assigned to their department.
    Near,
    /// Same channel, but another organisation, another leader, another department.
    Far,
    /// As `Near`, but by the grant of an absent colleague.
    StandIn,
    /// As `StandIn`, but the absent person is an author.
    StandInOfAuthor,
    /// As `Near`, but in another channel.
    Elsewhere,
}

pub(super) const RELATIONS: [Relation; 8] = [
    Relation::First,
    Relation::Co,
    Relation::Entered,
    Relation::Near,
    Relation::Far,
    Relation::StandIn,
    Relation::StandInOfAuthor,
    Relation::Elsewhere,
];

/// Returns a person of this relation who holds only this role.
pub(super) fn actor(role: Role, relation: Relation) -> Actor {
    let user = match relation {
        Relation::First => AUTHOR,
        Relation::Co => CO_AUTHOR,
        Relation::Entered => CLERK,
        Relation::Near | Relation::Elsewhere if role == Role::Leader => LEADER,
        Relation::Far if role == Role::Leader => OTHER_LEADER,
        Relation::Near | Relation::Far | Relation::StandIn | Relation::StandInOfAuthor | Relation::Elsewhere => SOMEBODY,
    };
    let far = relation == Relation::Far;
    let organization = match role {
        _ if far => OTHERS,
        Role::Handler => BUREAU,
        _ => PARTY,
    };
    let serves = (role == Role::Secretary).then_some(if far { OTHER_LEADER } else { LEADER });
    let for_user = match relation {
        Relation::StandIn if role == Role::Leader => Some(LEADER),
        Relation::StandIn => Some(COLLEAGUE),
        Relation::StandInOfAuthor => Some(AUTHOR),
        _ => None,
    };
    let grant = Grant { id: GrantId(Uuid::from_u128(1000)), role, organization, serves, for_user };
    let channel = if relation == Relation::Elsewhere { ELSEWHERE } else { CHANNEL };
    Actor { user, channel, grants: vec![grant] }
}

/// Returns the queues that a manuscript at `stage` has reached on the longest way.
pub(super) fn reached(stage: Stage) -> ReachedDesks {
    let all = ReachedDesks { screening: true, review: true, signing: true, accepted: true };
    match stage {
        Stage::Draft => ReachedDesks::default(),
        Stage::Screening => ReachedDesks { screening: true, ..ReachedDesks::default() },
        Stage::Review | Stage::Returned | Stage::Declined | Stage::Merged | Stage::Withdrawn => {
            ReachedDesks { signing: false, accepted: false, ..all }
        }
        Stage::Signing => ReachedDesks { accepted: false, ..all },
        Stage::Accepted | Stage::Forwarded | Stage::Handling | Stage::Concluded | Stage::Archived => all,
    }
}

/// Returns a manuscript of `AUTHOR` and `CO_AUTHOR`, entered by `CLERK`, received by `LEADER`, and assigned to `BUREAU`.
pub(super) fn standing(stage: Stage) -> ManuscriptStanding {
    ManuscriptStanding {
        channel: CHANNEL,
        organization: PARTY,
        authors: vec![Author { user: AUTHOR, first: true, signed: true }, Author { user: CO_AUTHOR, first: false, signed: true }],
        merged_authors: Vec::new(),
        prepared_by: Vec::new(),
        entered_by: Some(CLERK),
        reached: reached(stage),
        recipients: vec![LEADER],
        charged: vec![BUREAU],
        through: None,
    }
}

pub(super) fn now() -> Moment {
    Moment::from_micros(1_790_000_000_000_000)
}

/// Returns a manuscript at `stage` for which no guard excludes any act but undo.
pub(super) fn case(stage: Stage) -> Case {
    Case {
        standing: standing(stage),
        stage,
        former: (stage == Stage::Archived).then_some(Stage::Concluded),
        returned_from: (stage == Stage::Returned).then_some(Stage::Review),
        screening_wanted: true,
        merged_here: 0,
        merged_open: 0,
        unassigned: 0,
        answered_alone: false,
        target: None,
        target_authors: Vec::new(),
        open_assignments: 0,
        edited: EditedTextState::None,
        was_forwarded: true,
        pending: None,
        unannounced: None,
    }
}

/// Returns a decision by `by` that can still be undone.
pub(super) fn pending(by: UserId, former: Stage) -> Pending {
    Pending { by: Some(by), until: now() + chrono::Duration::minutes(10), former, acted_on: false }
}

pub(super) fn user(n: u128) -> UserId {
    UserId(Uuid::from_u128(n))
}

/// Returns three authors, the second of whom is also a reviewer and a joint author of the first's; two screeners; one person of each other
/// role.
pub(super) fn cast() -> Vec<Actor> {
    let grants: [(u128, &[(Role, OrganizationId)]); 11] = [
        (1, &[(Role::Submitter, PARTY)]),
        (2, &[(Role::Submitter, PARTY), (Role::Reviewer, PARTY)]),
        (3, &[(Role::Submitter, OTHERS)]),
        (4, &[(Role::Screener, PARTY)]),
        (5, &[(Role::Screener, OTHERS)]),
        (6, &[(Role::Reviewer, PARTY)]),
        (7, &[(Role::Signer, PARTY)]),
        (8, &[(Role::Dispatcher, PARTY)]),
        (9, &[(Role::Leader, OTHERS)]),
        (10, &[(Role::Secretary, OTHERS)]),
        (11, &[(Role::Handler, BUREAU)]),
    ];
    let person = |(n, held): &(u128, &[(Role, OrganizationId)])| {
        let grant = |(role, organization): &(Role, OrganizationId)| Grant {
            id: GrantId(Uuid::from_u128(n * 100)),
            role: *role,
            organization: *organization,
            serves: (*role == Role::Secretary).then(|| user(9)),
            for_user: None,
        };
        Actor { user: user(*n), channel: CHANNEL, grants: held.iter().map(grant).collect() }
    };
    grants.iter().map(person).collect()
}
