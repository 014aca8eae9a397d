//! Time and randomness: the only `now()` and the only random source of the program.
//!
//! Both are values handed down from the composition root, so that a test stops the clock, moves it
//! on, and gets the same identifiers twice. Nothing else may ask the system for either.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::platform::digest::hex;

/// Legal time of metropolitan France, by its rule rather than from the machine's zone files, which
/// a small container image does not have. The rule has not changed since 1996.
static PARIS: LazyLock<TimeZone> = LazyLock::new(|| {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("the rule of Paris is well formed")
});

/// Tells the time. Cheap to clone: clones of a test's clock move together.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    /// Microseconds since 1970: what a `DATETIME(6)` keeps.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `start` until [`Self::advance`] moves it.
    pub fn fixed(start: Timestamp) -> Self {
        Self(Source::Fixed(Arc::new(AtomicI64::new(start.as_microsecond()))))
    }

    /// Moves a fixed clock on; the system's clock is nobody's to move.
    pub fn advance(&self, by: Duration) {
        if let Source::Fixed(micros) = &self.0 {
            let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
            micros.fetch_add(by, Ordering::Relaxed);
        }
    }

    /// Puts a fixed clock at an instant: that of another program, which has a clock of its own.
    pub fn set(&self, to: Timestamp) {
        if let Source::Fixed(micros) = &self.0 {
            micros.store(to.as_microsecond(), Ordering::Relaxed);
        }
    }

    /// Now, to the microsecond: an instant that is stored comes back equal.
    pub fn now(&self) -> Timestamp {
        let micros = match &self.0 {
            Source::System => system_now().as_microsecond(),
            Source::Fixed(micros) => micros.load(Ordering::Relaxed),
        };
        Timestamp::from_microsecond(micros).expect("a clock stands between the years 1 and 9999")
    }

    /// The day in Paris: the day that a French contract speaks of.
    pub fn today_in_paris(&self) -> Date {
        date_in_paris(self.now())
    }
}

/// The day in Paris of this instant.
pub fn date_in_paris(at: Timestamp) -> Date {
    at.to_zoned(PARIS.clone()).date()
}

/// The time of the day in Paris at this instant.
pub fn time_in_paris(at: Timestamp) -> Time {
    at.to_zoned(PARIS.clone()).time()
}

/// The first instant of a day in Paris. Both changes of the hour come after it.
pub fn midnight_in_paris(day: Date) -> Timestamp {
    let midnight = day.to_zoned(PARIS.clone());
    midnight.map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks")]
fn system_now() -> Timestamp {
    Timestamp::now()
}

/// Draws at random. Cheap to clone: clones of a seeded source share one sequence.
#[derive(Clone, Debug)]
pub struct Entropy(Draw);

#[derive(Clone, Debug)]
enum Draw {
    System,
    Seeded(Arc<AtomicU64>),
}

impl Entropy {
    /// The operating system's generator, by way of the program's one library of cryptography.
    pub const fn system() -> Self {
        Self(Draw::System)
    }

    /// A sequence that is the same for the same seed: for tests, never for secrets.
    pub fn seeded(seed: u64) -> Self {
        Self(Draw::Seeded(Arc::new(AtomicU64::new(seed))))
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.0 {
            // A machine without randomness must not sign anything: stopping is the safe answer.
            Draw::System => {
                let drawn = aws_lc_rs::rand::fill(&mut bytes);
                drawn.expect("the operating system gives random bytes");
            }
            Draw::Seeded(state) => {
                for chunk in bytes.chunks_mut(8) {
                    chunk.copy_from_slice(&split_mix(state).to_le_bytes()[..chunk.len()]);
                }
            }
        }
        bytes
    }

    /// An identifier that sorts by the time it was made: UUIDv7 of `at`, 74 bits of it random.
    pub fn uuid_v7(&self, at: Timestamp) -> Uuid {
        let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    /// A random key of `N` bytes, as lower-case hex digits.
    pub fn hex<const N: usize>(&self) -> String {
        hex(&self.bytes::<N>())
    }

    /// A key that nobody can guess: 128 random bits in 32 hex digits.
    pub fn key(&self) -> String {
        self.hex::<16>()
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): small, and well spread from any seed.
fn split_mix(state: &AtomicU64) -> u64 {
    const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut z = state.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    #[test]
    fn the_day_changes_at_midnight_in_paris_in_both_seasons() {
        let winter = Clock::fixed(at("2026-01-31T22:59:59Z"));
        assert_eq!(winter.today_in_paris(), date(2026, 1, 31));
        winter.advance(Duration::from_secs(1));
        assert_eq!(winter.today_in_paris(), date(2026, 2, 1));
        let summer = Clock::fixed(at("2026-06-30T22:00:00Z"));
        assert_eq!(summer.today_in_paris(), date(2026, 7, 1));
    }

    #[test]
    fn clones_of_a_fixed_clock_move_together() {
        let clock = Clock::fixed(at("2026-11-23T10:00:00Z"));
        let other = clock.clone();
        clock.advance(Duration::from_millis(1500));
        assert_eq!(other.now(), at("2026-11-23T10:00:01.5Z"));
    }

    #[test]
    fn identifiers_are_version_7_sort_by_time_and_differ() {
        for entropy in [Entropy::system(), Entropy::seeded(7)] {
            let early = entropy.uuid_v7(at("2026-11-23T10:00:00Z"));
            let twin = entropy.uuid_v7(at("2026-11-23T10:00:00Z"));
            let late = entropy.uuid_v7(at("2026-11-23T10:00:00.001Z"));
            assert_eq!(early.get_version_num(), 7);
            assert_ne!(early, twin);
            assert!(early < late && twin < late);
        }
    }

    #[test]
    fn a_seed_repeats_itself_and_the_system_does_not() {
        assert_eq!(Entropy::seeded(1).key(), Entropy::seeded(1).key());
        assert_ne!(Entropy::seeded(1).key(), Entropy::seeded(2).key());
        let system = Entropy::system();
        assert_ne!(system.key(), system.key());
        assert_eq!(system.key().len(), 32);
        assert_eq!(hex(&[0, 255, 16]), "00ff10");
    }
}
