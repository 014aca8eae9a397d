//! How long to wait after a failure: twice as long each time, up to a limit, and never quite the
//! same, so that copies which failed together do not come back together.

use std::time::Duration;

/// The wait after so many attempts (the first is 1). `draw` is random: half of the wait is certain,
/// the other half is drawn.
pub fn wait(attempts: u32, first: Duration, longest: Duration, draw: u32) -> Duration {
    let doublings = attempts.saturating_sub(1).min(31);
    let whole = first.saturating_mul(1 << doublings).min(longest);
    let half = whole / 2;
    half + half.mul_f64(f64::from(draw) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Duration = Duration::from_secs(5);
    const LONGEST: Duration = Duration::from_secs(900);

    #[test]
    fn the_wait_doubles_up_to_its_limit() {
        let most = |attempts| wait(attempts, FIRST, LONGEST, u32::MAX);
        assert_eq!(most(1), FIRST);
        assert_eq!(most(2), FIRST * 2);
        assert_eq!(most(5), FIRST * 16);
        assert_eq!(most(9), LONGEST);
        assert_eq!(most(u32::MAX), LONGEST);
    }

    #[test]
    fn half_of_it_is_drawn() {
        let least = wait(3, FIRST, LONGEST, 0);
        let middle = wait(3, FIRST, LONGEST, u32::MAX / 2);
        assert_eq!(least, FIRST * 2);
        assert!(least < middle && middle < FIRST * 4, "{middle:?}");
    }
}
