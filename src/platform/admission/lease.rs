//! The seam towards the count that all copies share. A copy takes units in advance, many at once, and
//! serves them without asking again: what was leased by all copies together never passes the limit.

use uuid::Uuid;

use super::period::Window;
use crate::kernel::problem::Problem;
use crate::platform::access::Boxed;

/// Units that a copy asks for.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    /// The key that they are counted on.
    pub key: Uuid,
    /// Of which period.
    pub window: Window,
    /// Units of the whole period.
    pub limit: u64,
    /// With fewer than these, the call that asks is not served.
    pub least: u64,
}

/// Units that it got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its own now.
    pub granted: u64,
    /// What was left in the period after that, for everybody.
    pub rest: u64,
}

impl Grant {
    /// What an asking gets when `reserved` units of the period were leased before: a twentieth of what is
    /// left, at most fifty and at least one, so that little is lost with a copy that dies and the last
    /// units are shared; never less than it needs, never more than there is.
    pub fn of(limit: u64, reserved: u64, least: u64) -> Self {
        let left = limit.saturating_sub(reserved);
        if left < least {
            return Self { granted: 0, rest: left };
        }
        let granted = (left / 20).clamp(1, 50).max(least).min(left);
        Self { granted, rest: left - granted }
    }
}

/// The count that all copies share.
pub trait Leases: Send + Sync + 'static {
    /// Takes units. Those that were granted are written down before this returns.
    ///
    /// # Errors
    /// The count cannot be read or written now: nothing was granted.
    fn lease<'a>(&'a self, ask: &'a Ask) -> Boxed<'a, Result<Grant, Problem>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_is_a_twentieth_within_bounds() {
        for (limit, reserved, least, granted) in [
            (10_000, 0, 1, 50),
            (1000, 0, 1, 50),
            (1000, 600, 1, 20),
            (1000, 990, 1, 1),
            (1000, 1000, 1, 0),
            (1000, 1500, 1, 0),
            (1000, 0, 300, 300),
            (1000, 800, 300, 0),
            (1000, 700, 300, 300),
        ] {
            let grant = Grant::of(limit, reserved, least);
            assert_eq!(grant.granted, granted, "{limit} {reserved} {least}");
            assert_eq!(grant.rest, limit.saturating_sub(reserved) - granted);
        }
    }
}
