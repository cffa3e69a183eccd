//! The keys of this process: a sharded map of bounded size.

use std::array;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::gcra;
use super::model::{Decision, RateLimitKey};

const SHARDS: usize = 16;

/// The most keys of a shard: all together take some 30 MB at most, whatever floods in.
const SHARD_CAPACITY: usize = 16 * 1024;

/// How many keys of a full shard are compared to find one to forget.
const CANDIDATES: usize = 8;

/// The TAT of each key that has units to get back.
type Shard = HashMap<String, u64>;

#[derive(Debug)]
pub(super) struct MemoryStore {
    shards: [Mutex<Shard>; SHARDS],
    hasher: RandomState,
    started: Instant,
}

impl MemoryStore {
    pub(super) fn new() -> Self {
        Self {
            shards: array::from_fn(|_| Mutex::default()),
            hasher: RandomState::new(),
            started: Instant::now(),
        }
    }

    /// Microseconds since the process started.
    pub(super) fn now(&self) -> u64 {
        let elapsed = self.started.elapsed();
        elapsed.as_secs() * 1_000_000 + u64::from(elapsed.subsec_micros())
    }

    /// Charges all keys, or none if one cannot pay.
    pub(super) fn charge(&self, keys: &[RateLimitKey], units: u32, now: u64) -> Vec<Decision> {
        let indexes: Vec<_> = keys.iter().map(|key| self.shard_of(key)).collect();
        // In ascending order, so that two requests never wait for each other.
        let mut shards: [_; SHARDS] =
            array::from_fn(|index| indexes.contains(&index).then(|| self.lock(index)));
        let mut tats = Vec::with_capacity(keys.len());
        for (key, index) in keys.iter().zip(&indexes) {
            tats.push(
                locked(&mut shards, *index)
                    .get(&key.name)
                    .copied()
                    .unwrap_or(now),
            );
        }
        let allowed = gcra::charge(&mut tats, keys, units, now);
        if allowed {
            for ((key, index), tat) in keys.iter().zip(&indexes).zip(&tats) {
                insert(locked(&mut shards, *index), &key.name, *tat);
            }
        }
        let decide = |(key, tat): (_, &u64)| gcra::decide(key, tat - now, units, allowed);
        keys.iter().zip(&tats).map(decide).collect()
    }

    /// Gives `units` back to a key. One that was forgotten has all of them back already.
    pub(super) fn refund(&self, key: &RateLimitKey, units: u32) {
        if let Some(tat) = self.lock(self.shard_of(key)).get_mut(&key.name) {
            *tat = gcra::refund(*tat, key, units);
        }
    }

    /// Forgets the keys that have all their units back.
    pub(super) fn evict(&self, now: u64) {
        for index in 0..SHARDS {
            let mut shard = self.lock(index);
            shard.retain(|_, tat| *tat > now);
            shard.shrink_to_fit();
        }
    }

    fn shard_of(&self, key: &RateLimitKey) -> usize {
        let [byte, ..] = self.hasher.hash_one(&key.name).to_le_bytes();
        usize::from(byte) % SHARDS
    }

    fn lock(&self, index: usize) -> MutexGuard<'_, Shard> {
        let shard = self.shards[index].lock();
        shard.unwrap_or_else(PoisonError::into_inner)
    }
}

type Locked<'a> = [Option<MutexGuard<'a, Shard>>; SHARDS];

fn locked<'a>(shards: &'a mut Locked<'_>, index: usize) -> &'a mut Shard {
    let shard = shards[index].as_deref_mut();
    shard.unwrap_or_else(|| unreachable!("the shard of each key is locked"))
}

/// Stores a TAT. For a new key of a full shard, another is forgotten that would be idle soon.
fn insert(shard: &mut Shard, name: &str, tat: u64) {
    if let Some(known) = shard.get_mut(name) {
        *known = tat;
        return;
    }
    if shard.len() >= SHARD_CAPACITY {
        let candidates = shard.iter().take(CANDIDATES);
        let first_idle = candidates.min_by_key(|(_, tat)| **tat);
        if let Some(name) = first_idle.map(|(name, _)| name.clone()) {
            shard.remove(&name);
        }
    }
    shard.insert(name.to_owned(), tat);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::super::cost::Bucket;
    use super::super::model::{Limit, RateLimitKey};
    use super::{MemoryStore, SHARD_CAPACITY, SHARDS};

    const SECOND: u64 = 1_000_000;

    fn key(subject: &str) -> RateLimitKey {
        RateLimitKey::new(
            Limit::User,
            Bucket::General,
            "10/s".parse().unwrap(),
            subject,
        )
    }

    fn len(store: &MemoryStore) -> usize {
        (0..SHARDS).map(|index| store.lock(index).len()).sum()
    }

    #[test]
    fn a_key_without_units_waits_for_the_next_ones() {
        let store = MemoryStore::new();
        let charge = |subject, now| store.charge(&[key(subject)], 4, now)[0];
        assert_eq!(charge("anna", 0).remaining, 6);
        assert_eq!(charge("anna", 0).remaining, 2);
        let refused = charge("anna", 0);
        assert_eq!(refused.remaining, 2);
        assert_eq!(refused.wait, Some(Duration::from_millis(200)));
        assert_eq!(charge("ben", 0).wait, None);
        assert_eq!(charge("anna", SECOND / 5).wait, None);
    }

    #[test]
    fn all_keys_are_charged_or_none() {
        let store = MemoryStore::new();
        store.charge(&[key("anna")], 8, 0);
        let both = store.charge(&[key("ben"), key("anna")], 4, 0);
        assert_eq!((both[0].remaining, both[0].wait), (10, None));
        assert_eq!(both[1].remaining, 2);
        assert!(both[1].wait.is_some());
    }

    #[test]
    fn idle_keys_are_evicted() {
        let store = MemoryStore::new();
        for number in 0..10_000 {
            store.charge(&[key(&number.to_string())], 4, 0);
        }
        store.evict(0);
        assert_eq!(len(&store), 10_000);
        store.charge(&[key("late")], 4, 2 * SECOND);
        store.evict(2 * SECOND);
        assert_eq!(len(&store), 1);
    }

    #[test]
    fn the_number_of_keys_is_bounded_and_a_key_in_debt_outlives_a_flood() {
        let store = MemoryStore::new();
        store.charge(&[key("anna")], 10, 0);
        for number in 0..2 * SHARDS * SHARD_CAPACITY {
            store.charge(&[key(&number.to_string())], 1, 0);
        }
        assert_eq!(len(&store), SHARDS * SHARD_CAPACITY);
        assert_eq!(store.charge(&[key("anna")], 1, 0)[0].remaining, 0);
    }

    proptest! {
        /// The model: a bucket of ten units, into which one drops every 100 ms.
        #[test]
        fn a_key_is_a_bucket_that_is_refilled(
            steps in proptest::collection::vec((0_u32..6, 1_u32..5, any::<bool>()), 1..60),
        ) {
            let store = MemoryStore::new();
            let key = key("anna");
            let (mut bucket, mut now) = (10, 0);
            for (refilled, units, keeps) in steps {
                now += u64::from(refilled) * SECOND / 10;
                bucket = (bucket + refilled).min(10);
                let decision = store.charge(std::slice::from_ref(&key), units, now)[0];
                prop_assert_eq!(decision.wait.is_none(), units <= bucket);
                if decision.wait.is_some() {
                    let missing = Duration::from_millis(100) * (units - bucket);
                    prop_assert_eq!(decision.wait, Some(missing));
                } else if keeps {
                    bucket -= units;
                    prop_assert_eq!(decision.remaining, bucket);
                } else {
                    store.refund(&key, units);
                }
            }
        }
    }
}
