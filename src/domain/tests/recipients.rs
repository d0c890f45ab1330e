//! Compares the recipients of letters with the rules as written, over generated facts.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::domain::ids::{ManuscriptId, OrganizationId, UserId};
use crate::domain::notice::{Audience, Letter, tell};
use crate::domain::queues::{QUEUES, WorkQueue};
use crate::domain::recipients::{Holder, MergedAuthors, RecipientFacts, resolve_recipients, resolve_reminder};
use crate::domain::vocabulary::Role;

const HERE: OrganizationId = OrganizationId(Uuid::from_u128(1));
const THERE: OrganizationId = OrganizationId(Uuid::from_u128(2));

fn user(n: u64) -> UserId {
    UserId(Uuid::from_u128(n.into()))
}

fn manuscript(n: u64) -> ManuscriptId {
    ManuscriptId(Uuid::from_u128(n.into()))
}

/// A small generator with a fixed seed, so that every run tests the same.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn some(&mut self, n: u64) -> Vec<UserId> {
        let count = self.below(3);
        (0..count).map(|_| user(self.below(n))).collect()
    }

    fn holder(&mut self, role: Role) -> Holder {
        let organization = if self.below(2) == 0 { HERE } else { THERE };
        let serves = (role == Role::Secretary).then(|| user(self.below(8)));
        let for_user = (role != Role::Secretary && self.below(3) == 0).then(|| user(self.below(8)));
        Holder { user: user(self.below(8)), organization, serves, for_user }
    }

    fn facts(&mut self) -> RecipientFacts {
        let holders = Role::ALL.iter().map(|role| {
            let count = self.below(5);
            (*role, (0..count).map(|_| self.holder(*role)).collect())
        });
        RecipientFacts {
            holders: holders.collect(),
            actor: (self.below(2) == 0).then(|| user(self.below(8))),
            authors: self.some(8),
            merged: (0..self.below(3)).map(|n| MergedAuthors { manuscript: manuscript(n), authors: self.some(8) }).collect(),
            tells_merged: self.below(2) == 0,
            organization: Some(HERE),
            charged: if self.below(2) == 0 { vec![HERE] } else { vec![HERE, THERE] },
            named: self.some(8),
            leaders: self.some(8),
            endorsers: self.some(8),
            prepared_by: self.some(8),
            only_merged: (self.below(4) == 0).then(|| vec![manuscript(1)]),
        }
    }
}

#[test]
fn nobody_is_told_twice_nor_what_they_did_nor_at_a_desk_of_their_own_manuscript() {
    let mut chance = Chance(7);
    let mut told = 0;
    for _ in 0..4_000 {
        let facts = chance.facts();
        let letter = [Letter::Forwarded, Letter::Returned, Letter::Submitted][usize::try_from(chance.below(3)).unwrap()];
        for audience in Audience::ALL {
            let found = resolve_recipients(&[tell(*audience, letter)], &facts);
            let users: BTreeSet<UserId> = found.iter().map(|one| one.user).collect();
            assert_eq!(users.len(), found.len(), "each once: {audience}");
            told += users.len();
            if *audience == Audience::Authors {
                let only = |one: &&MergedAuthors| facts.only_merged.as_ref().is_none_or(|only| only.contains(&one.manuscript));
                let merged = facts.merged.iter().filter(|_| facts.tells_merged).filter(only);
                let merged = merged.flat_map(|one| one.authors.iter().copied()).filter(|user| !facts.authors.contains(user));
                let own = facts.authors.iter().copied().filter(|_| facts.only_merged.is_none());
                assert_eq!(users, own.chain(merged).collect(), "all authors, who acts among them");
                for one in &found {
                    let own: Vec<_> = facts
                        .merged
                        .iter()
                        .filter(only)
                        .filter(|merged| merged.authors.contains(&one.user))
                        .map(|one| one.manuscript)
                        .collect();
                    let expected: BTreeSet<_> = if facts.authors.contains(&one.user) { BTreeSet::new() } else { own.into_iter().collect() };
                    assert_eq!(one.merged.iter().copied().collect::<BTreeSet<_>>(), expected, "told of their own manuscripts, all of them");
                    let known = if facts.authors.contains(&one.user) { letter } else { letter.to_merged() };
                    assert_eq!(one.letter, known, "nobody is asked to correct what is not theirs");
                }
                continue;
            }
            assert!(found.iter().all(|one| one.letter == letter && one.merged.is_empty()), "{audience}");
            for user in users {
                assert_ne!(Some(user), facts.actor, "{audience}");
                assert!(!facts.authors.contains(&user) && facts.merged.iter().all(|one| !one.authors.contains(&user)), "{audience}");
            }
        }
    }
    assert!(told > 10_000, "the facts were not empty: {told}");
}

#[test]
fn who_is_told_at_a_desk_could_act_there() {
    let mut chance = Chance(11);
    let mut lent = 0;
    for _ in 0..4_000 {
        let facts = chance.facts();
        for (audience, role) in [
            (Audience::Screeners, Role::Screener),
            (Audience::Reviewers, Role::Reviewer),
            (Audience::Signers, Role::Signer),
            (Audience::Handlers, Role::Handler),
        ] {
            for one in resolve_recipients(&[tell(audience, Letter::DueSoon)], &facts) {
                let conflicted = |user: UserId| {
                    let bound = role == Role::Signer && facts.prepared_by.contains(&user);
                    bound || facts.authors.contains(&user) || facts.merged.iter().any(|merged| merged.authors.contains(&user))
                };
                let able = facts.holders[&role].iter().filter(|holder| holder.user == one.user).any(|holder| {
                    let near = match role {
                        Role::Screener => holder.organization == HERE,
                        Role::Handler => facts.charged.contains(&holder.organization),
                        _ => true,
                    };
                    near && !conflicted(holder.user) && !holder.for_user.is_some_and(conflicted)
                });
                assert!(able, "{role}");
                lent += usize::from(facts.holders[&role].iter().all(|holder| holder.user != one.user || holder.for_user.is_some()));
            }
        }
    }
    assert!(lent > 100, "stand-ins get first letters, too: {lent}");
}

#[test]
fn a_leader_who_is_gone_is_not_written_to_and_takes_the_secretary_along() {
    let holder = |user, serves| Holder { user, organization: HERE, serves, for_user: None };
    let mut facts = RecipientFacts { leaders: vec![user(1), user(2)], ..RecipientFacts::default() };
    facts.holders.insert(Role::Leader, vec![holder(user(1), None)]);
    facts.holders.insert(Role::Secretary, vec![holder(user(3), Some(user(1))), holder(user(4), Some(user(5)))]);
    let users = |facts: &RecipientFacts| -> Vec<UserId> {
        resolve_recipients(&[tell(Audience::Recipients, Letter::ForYourReading)], facts).iter().map(|one| one.user).collect()
    };
    assert_eq!(users(&facts), [user(1), user(3)]);
    facts.authors = vec![user(1)];
    assert_eq!(users(&facts), [], "neither the leader who wrote it nor who serves that leader");
}

#[test]
fn a_reminder_tells_the_queue_and_those_above_only_what_they_may_know() {
    let holder = |n| Holder { user: user(n), organization: HERE, serves: None, for_user: None };
    let mut facts = RecipientFacts { charged: vec![HERE], organization: Some(HERE), ..RecipientFacts::default() };
    for (n, role) in (0..).zip(Role::ALL) {
        facts.holders.insert(*role, vec![holder(n)]);
    }
    for row in QUEUES.iter().filter(|row| row.deadline.is_some()) {
        let before = resolve_reminder(row, Letter::DueSoon, false, &facts);
        assert!(before.iter().all(|one| one.sees) && before.len() == 1, "{}", row.queue);
        let after = resolve_reminder(row, Letter::Overdue, true, &facts);
        let above = row.escalation.unwrap();
        assert_eq!(after.iter().map(|one| one.sees).collect::<Vec<_>>(), [true, above.sees], "{}", row.queue);
    }
    // A person with both roles reads what the office reads.
    facts.holders.insert(Role::Signer, vec![holder(3)]);
    facts.holders.insert(Role::Reviewer, vec![holder(3)]);
    let one = resolve_reminder(WorkQueue::Review.row(), Letter::Overdue, true, &facts);
    assert_eq!(one.iter().map(|one| (one.user, one.sees)).collect::<Vec<_>>(), [(user(3), true)]);
}
