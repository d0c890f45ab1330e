//! The states of rate limits, in bounded memory.
//!
//! The stores of `governor` hold every key until all of them are swept, and have no bound. Here keys are held by the minute, and the minute
//! before the last one is dropped as a whole: every request costs the same, however many keys there are.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Mutex, PoisonError};

use governor::nanos::Nanos;
use governor::state::StateStore;

use crate::domain::clock::Clock;

/// Parts with a lock of their own, so that requests seldom wait for each other.
const SHARDS: usize = 16;
/// Keys of one minute that a part holds. Further keys share states, so that a flood of addresses takes no more memory.
const NAMED: usize = 8_192;
/// Shared states of a part.
const SHARED: usize = 4_096;
const MINUTE: i64 = 60_000_000;

/// The states of all keys that were seen in this minute and the one before. A state says until when a key has used up its requests, which is a
/// minute ahead at most: what was written before the last minute has no effect any more, so nothing is lost by dropping it.
#[derive(Debug)]
pub(super) struct RecentStates<K> {
    clock: Clock,
    shards: [Mutex<Shard<K>>; SHARDS],
    hasher: RandomState,
}

/// A part of the keys.
#[derive(Debug)]
struct Shard<K> {
    minute: i64,
    current: StatesOfMinute<K>,
    previous: StatesOfMinute<K>,
}

/// The states that were written in one minute. Zero is the state of a key that has used nothing.
#[derive(Debug)]
struct StatesOfMinute<K> {
    named: HashMap<K, Nanos>,
    /// By the hash of the key; empty until it is needed.
    shared: Vec<Nanos>,
}

impl<K> Default for StatesOfMinute<K> {
    fn default() -> Self {
        Self { named: HashMap::new(), shared: Vec::new() }
    }
}

impl<K> RecentStates<K> {
    pub(super) fn new(clock: Clock) -> Self {
        let shard = || Shard { minute: 0, current: StatesOfMinute::default(), previous: StatesOfMinute::default() };
        Self { clock, shards: std::array::from_fn(|_| Mutex::new(shard())), hasher: RandomState::new() }
    }
}

impl<K: Hash + Eq + Clone> StateStore for RecentStates<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let minute = self.clock.now().micros().div_euclid(MINUTE);
        let hash = usize::try_from(self.hasher.hash_one(key) & 0xffff_ffff).unwrap_or(0);
        let mut shard = self.shards[hash % SHARDS].lock().unwrap_or_else(PoisonError::into_inner);
        let outdated = shard.turn_to(minute);
        let hash = hash / SHARDS;
        let state = shard.current.get(key, hash).max(shard.previous.get(key, hash));
        let measured = measure(Some(state)).map(|(outcome, state)| {
            shard.current.put(key, hash, state);
            outcome
        });
        // Memory is freed after the lock was released.
        drop(shard);
        drop(outdated);
        measured
    }
}

impl<K> Shard<K> {
    /// Begins this minute, and returns outdated states. After a clock was set back all states are outdated: otherwise keys would wait until
    /// it has caught up.
    fn turn_to(&mut self, minute: i64) -> [StatesOfMinute<K>; 2] {
        let passed = minute - self.minute;
        self.minute = minute;
        match passed {
            0 => [StatesOfMinute::default(), StatesOfMinute::default()],
            1 => [std::mem::replace(&mut self.previous, std::mem::take(&mut self.current)), StatesOfMinute::default()],
            _ => [std::mem::take(&mut self.previous), std::mem::take(&mut self.current)],
        }
    }
}

impl<K: Hash + Eq + Clone> StatesOfMinute<K> {
    fn get(&self, key: &K, hash: usize) -> Nanos {
        self.named.get(key).or_else(|| self.shared.get(hash % SHARED)).copied().unwrap_or_default()
    }

    fn put(&mut self, key: &K, hash: usize, state: Nanos) {
        if let Some(known) = self.named.get_mut(key) {
            *known = state;
        } else if self.named.len() < NAMED {
            self.named.insert(key.clone(), state);
        } else {
            self.shared.resize(SHARED, Nanos::default());
            self.shared[hash % SHARED] = state;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::Moment;

    /// Replaces the state of a key, and returns the former one.
    fn replace(states: &RecentStates<String>, key: &str, state: u64) -> u64 {
        let replaced: Result<_, ()> =
            states.measure_and_replace(&key.to_owned(), |old| Ok((old.unwrap_or_default().as_u64(), state.into())));
        replaced.unwrap()
    }

    fn number_of_keys(states: &RecentStates<String>) -> usize {
        states.shards.iter().map(|shard| shard.lock().unwrap()).map(|shard| shard.current.named.len() + shard.previous.named.len()).sum()
    }

    #[test]
    fn a_state_is_there_for_a_whole_minute() {
        let clock = Clock::at(Moment::from_micros(2 * MINUTE - 1));
        let states = RecentStates::new(clock.clone());
        assert_eq!(replace(&states, "a", 7), 0);
        clock.set(Moment::from_micros(3 * MINUTE - 1));
        assert_eq!(replace(&states, "a", 8), 7);
        clock.set(Moment::from_micros(4 * MINUTE - 1));
        assert_eq!(replace(&states, "a", 9), 8);
        clock.set(Moment::from_micros(6 * MINUTE));
        assert_eq!(replace(&states, "a", 1), 0);
        clock.set(Moment::from_micros(0));
        assert_eq!(replace(&states, "a", 1), 0, "a clock that was put back begins anew");
    }

    #[test]
    fn a_flood_of_addresses_takes_no_more_memory_and_no_more_time() {
        let clock = Clock::at(Moment::from_micros(90 * 1_000_000));
        let states = RecentStates::new(clock.clone());
        replace(&states, "known before", 7);
        for n in 0..400_000 {
            replace(&states, &format!("address {n}"), 1);
        }
        assert_eq!(number_of_keys(&states), NAMED * SHARDS);
        assert_eq!(replace(&states, "known before", 7), 7, "a key is its own through the flood");
        clock.advance(chrono::Duration::minutes(2));
        for n in 0..10_000 {
            replace(&states, &format!("address {n}"), 1);
        }
        assert_eq!(number_of_keys(&states), 10_000);
    }
}
