//! The levels of the AERAS convention (2023 version): a refusal on health is studied again without being
//! asked for, by a specialised medical service (level 2), then by the pool of very aggravated risks
//! (level 3) when the loan is within the convention's limits.

/// Largest insured share for level 3, in euros.
const THIRD_LEVEL_EUROS: u32 = 420_000;

/// The cover ends before this birthday for level 3.
const THIRD_LEVEL_AGE: u32 = 71;

/// Business days within which a level answers: three weeks from the complete file.
pub const ANSWER_DAYS: u32 = 15;

/// Who studies a request that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// A specialised medical service studies it one by one.
    Second,
    /// The pool of very aggravated risks studies it.
    Third,
    /// Every level that there is has answered.
    Over,
}

/// The level that follows so many refusals by a person, for this insured share, age and term.
pub fn after(refusals: u32, capital_euros: u32, age: u8, months: u16) -> Level {
    let ends_at = u32::from(age) + u32::from(months).div_ceil(12);
    let is_within = capital_euros <= THIRD_LEVEL_EUROS && ends_at < THIRD_LEVEL_AGE;
    match refusals {
        0 | 1 => Level::Second,
        2 if is_within => Level::Third,
        _ => Level::Over,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_studied_again_and_twice_within_the_limits() {
        assert_eq!(after(1, 2_000_000, 60, 240), Level::Second, "whatever the amount");
        assert_eq!(after(2, 420_000, 50, 240), Level::Third);
        assert_eq!(after(2, 420_001, 50, 240), Level::Over);
        assert_eq!(after(2, 420_000, 51, 240), Level::Over, "ends at the 71st birthday");
        assert_eq!(after(3, 100_000, 30, 240), Level::Over);
    }
}
