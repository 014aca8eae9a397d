//! What is due of documents that were asked for (*pièces demandées*): reminders after 7, 15 and 30 days,
//! and the end without follow-up after 90 (row `PENDING_EVIDENCE` of the reference's table of decisions).

/// Days after the demand on which somebody is reminded.
const REMINDERS: [u16; 3] = [7, 15, 30];

/// Days after the demand when it is closed without follow-up.
const CLOSED: u16 = 90;

/// What is due next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The person is reminded.
    Remind,
    /// The demand is closed (*classement sans suite*): nothing is accepted, nothing refused.
    Close,
}

/// What follows so many reminders, and how many days after the demand.
pub fn next(reminders: u8) -> (Step, u16) {
    let day = REMINDERS.get(usize::from(reminders));
    day.map_or((Step::Close, CLOSED), |day| (Step::Remind, *day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_reminders_then_the_end() {
        let steps: Vec<_> = (0..5).map(next).collect();
        let remind = |day| (Step::Remind, day);
        let close = (Step::Close, 90);
        assert_eq!(steps, [remind(7), remind(15), remind(30), close, close]);
    }
}
