//! The counters of statistics agree with the manuscripts themselves, for each reader, whether changes are counted or still marked.

use proptest::prelude::*;

use super::program::Program;
use crate::app::statistics;
use crate::domain::permission::{Countable, countable};

/// Counts all waiting manuscripts.
pub(super) fn count_all(program: &Program) {
    while program.app.write_now("test", statistics::count_on).unwrap() > 0 {}
}

/// Compares both computations of the sums after a step, for another person at each step; at every third one all is counted before.
pub(super) fn statistics_agree(program: &Program, step: usize) -> Result<(), TestCaseError> {
    if step.is_multiple_of(3) {
        count_all(program);
    }
    let person = step % program.people.len();
    let scopes = program.seen_by(person, |_, actor| {
        let organizations = actor.grants.iter().map(|grant| grant.organization).collect();
        Ok([countable(actor), Countable::Channel, Countable::Organizations(organizations)])
    });
    for scope in scopes.unwrap() {
        let (counted, added_up) = program.seen_by(person, |tx, actor| statistics::both_ways(tx, actor, &scope)).unwrap();
        match (counted, &scope) {
            (None, Countable::Own(_)) => {}
            (counted, _) => prop_assert_eq!(counted, Some(added_up), "step {} by {} of {:?}", step, person, scope),
        }
    }
    Ok(())
}
