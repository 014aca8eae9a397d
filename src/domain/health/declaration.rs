//! A declaration and what it leads to.

use jiff::civil::Date;

use super::Question;
use crate::kernel::calendar::add_months;

/// Months that a declaration is good for, from the day on which it was sent.
const MONTHS: i32 = 6;

/// Whether a declaration of `sent` still holds on `today`: until the same day six months later, that day
/// included.
pub fn is_current(sent: Date, today: Date) -> bool {
    today <= add_months(sent, MONTHS)
}

/// Height and weight, within what a person can be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Body {
    centimetres: u16,
    kilograms: u16,
}

/// Which measure cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Outside 100 to 250 cm.
    #[error("a height goes from 100 to 250 cm")]
    Height,
    /// Outside 30 to 300 kg.
    #[error("a weight goes from 30 to 300 kg")]
    Weight,
}

impl Body {
    /// A height in centimetres and a weight in kilograms.
    ///
    /// # Errors
    /// A measure that cannot be one.
    pub fn new(centimetres: u16, kilograms: u16) -> Result<Self, BodyError> {
        if !(100..=250).contains(&centimetres) {
            Err(BodyError::Height)
        } else if !(30..=300).contains(&kilograms) {
            Err(BodyError::Weight)
        } else {
            Ok(Self { centimetres, kilograms })
        }
    }

    /// Body mass index (kg/m²) in tenths, rounded half up: 25.04 is 250, 25.05 is 251.
    pub fn index_in_tenths(self) -> u32 {
        let (square, weight) = (u32::from(self.centimetres).pow(2), u32::from(self.kilograms));
        (weight * 200_000 + square) / (2 * square)
    }

    /// Whether the index asks nothing more: 18.0 to 30.0.
    fn is_usual(self) -> bool {
        (180..=300).contains(&self.index_in_tenths())
    }
}

/// The answers of one person, complete: every question and both measures.
#[derive(Clone)]
pub struct Declaration {
    /// Height and weight.
    pub body: Body,
    /// The questions that were answered by yes.
    pub yes: Vec<Question>,
}

/// What a declaration leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Accepted at standard conditions.
    Standard,
    /// The full questionnaire is asked (row R6 of the routing, reason `P2_POSITIVE`): never a refusal.
    Questionnaire,
}

impl Declaration {
    /// What these answers lead to.
    pub fn outcome(&self) -> Outcome {
        if self.yes.is_empty() && self.body.is_usual() {
            Outcome::Standard
        } else {
            Outcome::Questionnaire
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(centimetres: u16, kilograms: u16) -> Body {
        Body::new(centimetres, kilograms).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn the_index_is_exact_at_its_limits() {
        assert_eq!(body(180, 70).index_in_tenths(), 216);
        // 30.0 is still usual, 30.1 is not: 97 kg and 98 kg at 1.80 m are 29.9 and 30.2.
        assert_eq!(body(180, 97).index_in_tenths(), 299);
        assert_eq!(body(180, 98).index_in_tenths(), 302);
        assert_eq!(body(200, 120).index_in_tenths(), 300);
        assert_eq!(body(200, 72).index_in_tenths(), 180);
        let of = |body| Declaration { body, yes: Vec::new() }.outcome();
        assert_eq!(of(body(200, 120)), Outcome::Standard);
        assert_eq!(of(body(180, 98)), Outcome::Questionnaire);
        assert_eq!(of(body(200, 72)), Outcome::Standard);
        assert_eq!(of(body(200, 71)), Outcome::Questionnaire);
    }

    #[test]
    fn a_declaration_holds_for_six_months_of_the_calendar() {
        let day = |text: &str| text.parse::<Date>().unwrap_or_else(|error| panic!("{error}"));
        for (sent, last, after) in
            [("2026-11-27", "2027-05-27", "2027-05-28"), ("2026-08-31", "2027-02-28", "2027-03-01")]
        {
            assert!(is_current(day(sent), day(last)), "{sent}");
            assert!(!is_current(day(sent), day(after)), "{sent}");
        }
    }

    #[test]
    fn one_yes_asks_more_and_never_refuses() {
        for question in Question::ALL {
            let declaration = Declaration { body: body(175, 70), yes: vec![question] };
            assert_eq!(declaration.outcome(), Outcome::Questionnaire, "{}", question.code());
        }
    }

    #[test]
    fn measures_that_nobody_has_are_typing_errors() {
        assert_eq!(Body::new(99, 70).err(), Some(BodyError::Height));
        assert_eq!(Body::new(251, 70).err(), Some(BodyError::Height));
        assert_eq!(Body::new(175, 29).err(), Some(BodyError::Weight));
        assert_eq!(Body::new(175, 301).err(), Some(BodyError::Weight));
        // Nothing overflows at the corners.
        assert_eq!(body(100, 300).index_in_tenths(), 3000);
        assert_eq!(body(250, 30).index_in_tenths(), 48);
    }

    #[test]
    fn questions_have_codes_of_their_own_and_say_what_is_missing() {
        let codes: std::collections::BTreeSet<_> = Question::ALL.map(Question::code).into();
        assert_eq!(codes.len(), Question::ALL.len());
        assert!(
            Question::ALL.iter().all(|q| q.missing().starts_with("Répondez à la question sur"))
        );
    }
}
