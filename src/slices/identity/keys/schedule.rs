//! When a key signs, when it is published, when the next one is made: a function of the keys and the
//! time, with no memory of its own.
//!
//! Verifiers keep a key set for up to an hour, so a key is published before it signs; and tokens
//! outlive the day that their key stops signing, so a key stays published for a while after.

use std::time::Duration;

use jiff::Timestamp;

/// A key signs for so long.
const SIGNS_FOR: Duration = Duration::from_secs(90 * 24 * 3600);

/// Its successor is made that long before.
const READY_BEFORE: Duration = Duration::from_secs(7 * 24 * 3600);

/// Least time between publication and first signature: the hour that others remember a key set, and
/// the time that our own copies do.
const PUBLISHED_BEFORE: Duration = Duration::from_secs(75 * 60);

/// No access or ID token lives longer, whatever a pool or an application says.
pub(in super::super) const LONGEST_TOKEN: Duration = Duration::from_secs(3600);

/// Clocks that differ, and copies that read the keys a moment ago.
const SLACK: Duration = Duration::from_secs(10 * 60);

/// The dates of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Times {
    pub(in super::super) created_at: Timestamp,
    pub(in super::super) active_from: Timestamp,
    pub(in super::super) revoked_at: Option<Timestamp>,
}

impl Times {
    /// Whether its turn came or may come: a key that was dropped before it signed counts for nothing.
    fn counts(&self) -> bool {
        self.revoked_at.is_none_or(|at| at >= self.active_from)
    }
}

/// The key that signs now. None when there is none yet, or when it was dropped: an older one never
/// takes its place, because verifiers may have forgotten it.
pub(in super::super) fn signer(keys: &[Times], now: Timestamp) -> Option<usize> {
    let youngest = youngest(keys, now)?;
    keys[youngest].revoked_at.is_none().then_some(youngest)
}

fn youngest(keys: &[Times], now: Timestamp) -> Option<usize> {
    let active = (0..keys.len()).filter(|&it| keys[it].counts() && keys[it].active_from <= now);
    // A key that is made in the very instant that another is dropped is the younger of the two.
    active.max_by_key(|&it| {
        (keys[it].active_from, keys[it].created_at, keys[it].revoked_at.is_none())
    })
}

/// Whether verifiers are told of this key: from its making until no token of it is alive.
pub(in super::super) fn is_published(keys: &[Times], key: usize, now: Timestamp) -> bool {
    let Times { created_at, active_from, revoked_at } = keys[key];
    let others = keys.iter().filter(|it| it.counts() && it.active_from > active_from);
    let end = others.map(|it| it.active_from + LONGEST_TOKEN + SLACK).min();
    revoked_at.is_none() && created_at <= now && end.is_none_or(|end| now < end)
}

/// When the key that must be made now is to sign from; `None` when none must be made.
pub(in super::super) fn due(keys: &[Times], now: Timestamp) -> Option<Timestamp> {
    let Some(signer) = signer(keys, now) else { return Some(now) };
    let is_waiting = |it: &Times| it.revoked_at.is_none() && it.active_from > now;
    let end = keys[signer].active_from + SIGNS_FOR;
    if now + READY_BEFORE < end || keys.iter().any(is_waiting) {
        return None;
    }
    Some(end.max(soonest(now)))
}

/// The soonest that a key made now may sign without surprising a verifier.
pub(in super::super) fn soonest(now: Timestamp) -> Timestamp {
    now + PUBLISHED_BEFORE
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 3600);

    fn start() -> Timestamp {
        "2026-01-01T00:00:00Z".parse().expect("an instant")
    }

    fn load(keys: &mut Vec<Times>, now: Timestamp) {
        if let Some(active_from) = due(keys, now) {
            keys.push(Times { created_at: now, active_from, revoked_at: None });
        }
    }

    #[test]
    fn the_first_key_signs_at_once_and_the_next_one_is_announced() {
        let mut keys = Vec::new();
        load(&mut keys, start());
        assert_eq!(signer(&keys, start()), Some(0));
        load(&mut keys, start() + 82 * DAY);
        assert_eq!(keys.len(), 1);
        load(&mut keys, start() + 83 * DAY);
        load(&mut keys, start() + 84 * DAY);
        assert_eq!(keys.len(), 2, "one successor, not one per reading");
        assert_eq!(keys[1].active_from, start() + 90 * DAY);
        assert!(is_published(&keys, 1, start() + 83 * DAY));
        let change = start() + 90 * DAY;
        assert_eq!(signer(&keys, change), Some(1));
        assert!(is_published(&keys, 0, change + LONGEST_TOKEN));
        assert!(!is_published(&keys, 0, change + LONGEST_TOKEN + SLACK));
    }

    #[test]
    fn a_dropped_key_is_replaced_at_once_and_no_old_one_comes_back() {
        let mut keys = Vec::new();
        load(&mut keys, start());
        load(&mut keys, start() + 83 * DAY);
        let now = start() + 100 * DAY;
        keys[1].revoked_at = Some(now);
        assert_eq!(signer(&keys, now), None);
        assert_eq!(due(&keys, now), Some(now));
        assert!(!is_published(&keys, 1, now));
        let mut keys = Vec::new();
        load(&mut keys, start());
        keys[0].revoked_at = Some(start());
        load(&mut keys, start());
        assert_eq!(signer(&keys, start()), Some(1), "all within one instant");
        keys.reverse();
        assert_eq!(signer(&keys, start()), Some(0), "in whatever order they are read");
        let mut keys = Vec::new();
        load(&mut keys, start());
        load(&mut keys, start() + 83 * DAY);
        keys[1].revoked_at = Some(start() + 84 * DAY);
        assert_eq!(
            signer(&keys, start() + 91 * DAY),
            Some(0),
            "the dropped one never had its turn"
        );
        assert!(due(&keys, start() + 84 * DAY).is_some());
    }

    /// A token: the key that signed it, and its end.
    type Token = (usize, Timestamp);

    /// A key set that a verifier fetched, and when.
    type Known = (Vec<usize>, Timestamp);

    fn published(keys: &[Times], now: Timestamp) -> Vec<usize> {
        (0..keys.len()).filter(|&key| is_published(keys, key, now)).collect()
    }

    proptest! {
        /// Whatever the pauses: tokens are good until their end, for us and for verifiers who fetched
        /// the keys an hour ago or later, and a key that has stopped never signs again.
        #[test]
        fn no_valid_token_fails_and_no_retired_key_signs(
            pauses in proptest::collection::vec(
                prop_oneof![1_u64..4_000, 3_000_u64..90_000, 500_000_u64..12_000_000], 1..120),
        ) {
            let (mut keys, mut now) = (Vec::new(), start());
            let (mut tokens, mut sets): (Vec<Token>, Vec<Known>) = (Vec::new(), Vec::new());
            let mut last = 0;
            for pause in pauses {
                now += Duration::from_secs(pause);
                load(&mut keys, now);
                let by = signer(&keys, now).expect("there is always one");
                prop_assert!(by >= last, "an older key signed again");
                last = by;
                let visible = published(&keys, now);
                prop_assert!(visible.contains(&by));
                tokens.retain(|(_, end)| now < *end);
                for (key, _) in &tokens {
                    prop_assert!(visible.contains(key), "a living token lost its key");
                }
                sets.retain(|(_, at)| now <= *at + Duration::from_secs(3600));
                for (set, _) in &sets {
                    prop_assert!(set.contains(&by), "a verifier was surprised");
                }
                tokens.push((by, now + LONGEST_TOKEN));
                sets.push((visible, now));
            }
        }
    }
}
