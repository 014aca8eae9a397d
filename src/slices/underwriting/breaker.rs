//! When to leave a server alone that fails: closed, open, and one try to find out.
//!
//! A value that is told what happens; time is a parameter.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How many failures are too many, within how much time, and for how long nobody asks then.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    pub(super) failures: usize,
    pub(super) window: Duration,
    pub(super) open: Duration,
}

/// The state of the breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Position {
    /// Everybody may ask.
    Closed,
    /// Nobody may.
    Open,
    /// One asks, the others wait for what becomes of it.
    Trying,
}

impl Position {
    /// As a figure: 0 closed, 1 trying, 2 open.
    pub(super) const fn figure(self) -> u8 {
        match self {
            Self::Closed => 0,
            Self::Trying => 1,
            Self::Open => 2,
        }
    }
}

/// A breaker.
#[derive(Debug)]
pub(super) struct Breaker {
    patience: Patience,
    failures: VecDeque<Instant>,
    position: Position,
    /// When it opened, or when the try began.
    since: Option<Instant>,
}

impl Breaker {
    pub(super) const fn new(patience: Patience) -> Self {
        Self { patience, failures: VecDeque::new(), position: Position::Closed, since: None }
    }

    pub(super) const fn position(&self) -> Position {
        self.position
    }

    /// Whether somebody may ask now; else how long to wait. A try whose end nobody told does not keep the
    /// breaker for ever.
    pub(super) fn admit(&mut self, now: Instant) -> Result<(), Duration> {
        let waited = self.since.map_or(self.patience.open, |since| now - since);
        match self.position {
            Position::Closed => Ok(()),
            Position::Open | Position::Trying if waited >= self.patience.open => {
                self.position = Position::Trying;
                self.since = Some(now);
                Ok(())
            }
            Position::Open | Position::Trying => Err(self.patience.open.saturating_sub(waited)),
        }
    }

    /// Whether nobody may ask now.
    pub(super) fn rests(&self, now: Instant) -> bool {
        let waited = self.since.map_or(self.patience.open, |since| now - since);
        self.position != Position::Closed && waited < self.patience.open
    }

    /// Somebody was answered.
    pub(super) fn succeeded(&mut self) {
        if self.position != Position::Closed {
            self.failures.clear();
        }
        self.position = Position::Closed;
        self.since = None;
    }

    /// Somebody was not.
    pub(super) fn failed(&mut self, now: Instant) {
        self.failures.push_back(now);
        let window = self.patience.window;
        while self.failures.front().is_some_and(|at| now - *at > window) {
            self.failures.pop_front();
        }
        // No more than it takes to open are remembered.
        while self.failures.len() > self.patience.failures {
            self.failures.pop_front();
        }
        let is_too_much = self.failures.len() >= self.patience.failures;
        if self.position == Position::Trying || (is_too_much && self.position == Position::Closed) {
            self.position = Position::Open;
            self.since = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: Duration = Duration::from_secs(1);

    fn breaker() -> Breaker {
        Breaker::new(Patience { failures: 3, window: 10 * S, open: 5 * S })
    }

    #[test]
    fn it_opens_after_failures_close_together_and_closes_after_a_good_try() {
        let (mut breaker, start) = (breaker(), Instant::now());
        for second in 0..3 {
            assert_eq!(breaker.admit(start + second * S), Ok(()));
            breaker.failed(start + second * S);
        }
        assert_eq!(breaker.admit(start + 3 * S), Err(4 * S));
        assert!(breaker.rests(start + 6 * S) && !breaker.rests(start + 7 * S));
        assert_eq!(breaker.admit(start + 7 * S), Ok(()), "one tries");
        assert_eq!(breaker.admit(start + 7 * S), Err(5 * S), "the others do not");
        breaker.succeeded();
        assert_eq!(breaker.admit(start + 7 * S), Ok(()));
        breaker.failed(start + 8 * S);
        assert_eq!(breaker.position(), Position::Closed, "the old failures are forgotten");
    }

    #[test]
    fn a_bad_try_opens_it_again_and_a_lost_one_does_not_close_it_for_ever() {
        let (mut breaker, start) = (breaker(), Instant::now());
        (0..3).for_each(|_| breaker.failed(start));
        assert!(breaker.admit(start + 5 * S).is_ok());
        breaker.failed(start + 6 * S);
        assert_eq!(breaker.admit(start + 10 * S), Err(S));
        assert!(breaker.admit(start + 11 * S).is_ok(), "a try that nobody ends");
        assert!(breaker.admit(start + 15 * S).is_err());
        assert!(breaker.admit(start + 16 * S).is_ok());
    }

    #[test]
    fn failures_far_apart_do_not_open_it() {
        let (mut breaker, start) = (breaker(), Instant::now());
        for second in 0..20 {
            breaker.failed(start + 6 * second * S);
        }
        assert_eq!(breaker.position(), Position::Closed);
    }
}
