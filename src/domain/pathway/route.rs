//! The routing table of `docs/domain/route.md`: the first row that matches wins.

use jiff::civil::Date;

use super::rules::Rules;
use crate::kernel::calendar::{anniversary, completed_years};
use crate::kernel::money::Cents;

/// Medical path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Path {
    /// No medical question.
    P1,
    /// Short declaration.
    P2,
    /// Full questionnaire.
    P3,
    /// No new question: an earlier decision still holds.
    Reused,
}

impl Path {
    /// As in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::P1 => "P1",
            Self::P2 => "P2",
            Self::P3 => "P3",
            Self::Reused => "REUSED",
        }
    }
}

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Too young or too old at the first day of cover, or at the last repayment.
    EligAge,
    /// More capital than is insured.
    EligCapital,
    /// Resident outside France.
    EligCountry,
    /// Protected by art. L113-2-1 C. ass. (loi Lemoine).
    Lemoine,
    /// A decision of less than six months still holds.
    DecisionReused,
    /// Short declaration.
    ShortDecl,
    /// Full questionnaire.
    FullQuest,
}

impl Reason {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::EligAge => "ELIG_AGE",
            Self::EligCapital => "ELIG_CAPITAL",
            Self::EligCountry => "ELIG_COUNTRY",
            Self::Lemoine => "LEMOINE",
            Self::DecisionReused => "DECISION_REUSED",
            Self::ShortDecl => "SHORT_DECL",
            Self::FullQuest => "FULL_QUEST",
        }
    }
}

/// A decision already taken for the same person and not yet six months old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PreviousDecision {
    /// Day of the decision.
    pub on: Date,
    /// Cumulated capital that was decided.
    pub capital: Cents,
    /// Whether this project asks for a guarantee that was not decided.
    pub adds_guarantee: bool,
}

/// What the path depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts<'a> {
    /// Birth date.
    pub birth: Date,
    /// First day of cover.
    pub effect: Date,
    /// Last repayment of all the loans insured.
    pub last_repayment: Date,
    /// Insured share of the loans of this project and of the others (`cum`).
    pub cumulated: Cents,
    /// Housing or mixed use: a credit of art. L313-1 1° C. conso.
    pub housing: bool,
    /// Country of residence.
    pub country: &'a str,
    /// A decision that could be reused.
    pub previous: Option<PreviousDecision>,
}

/// The path and what led to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The path; none when the person cannot be insured online.
    pub path: Option<Path>,
    /// Why; several only when not eligible.
    pub reasons: Vec<Reason>,
    /// Age at the first day of cover.
    pub age_at_effect: i32,
    /// Age at the last repayment.
    pub age_at_end: i32,
}

impl Route {
    /// Whether the person can be insured online.
    pub const fn is_eligible(&self) -> bool {
        self.path.is_some()
    }
}

/// The medical path of one insured.
pub fn route(facts: &Facts<'_>, rules: &Rules) -> Route {
    let age_at_effect = completed_years(facts.birth, facts.effect);
    let age_at_end = completed_years(facts.birth, facts.last_repayment);
    let refusals = refusals(facts, rules, age_at_effect, age_at_end);
    let (path, reasons) = if refusals.is_empty() {
        let (path, reason) = eligible(facts, rules, age_at_effect, age_at_end);
        (Some(path), vec![reason])
    } else {
        (None, refusals)
    };
    Route { path, reasons, age_at_effect, age_at_end }
}

/// Row R0.
fn refusals(facts: &Facts<'_>, rules: &Rules, age: i32, age_at_end: i32) -> Vec<Reason> {
    let too_young_or_old = age < rules.entry_age_min
        || age >= rules.entry_age_end
        || age_at_end >= rules.end_before_age;
    let abroad = !rules.countries.iter().any(|country| country == facts.country);
    let checks = [
        (too_young_or_old, Reason::EligAge),
        (facts.cumulated > rules.capital_max_cents, Reason::EligCapital),
        (abroad, Reason::EligCountry),
    ];
    checks.into_iter().filter(|(applies, _)| *applies).map(|(_, reason)| reason).collect()
}

/// Rows R1 to R5.
fn eligible(facts: &Facts<'_>, rules: &Rules, age: i32, age_at_end: i32) -> (Path, Reason) {
    if is_protected(facts, rules) {
        return (Path::P1, Reason::Lemoine);
    }
    if facts.previous.is_some_and(|previous| is_reusable(&previous, facts)) {
        return (Path::Reused, Reason::DecisionReused);
    }
    let short = rules.short_declaration.iter().any(|band| {
        age < band.age_below
            && facts.cumulated <= band.capital_max_cents
            && age_at_end < band.end_age_below
    });
    if short { (Path::P2, Reason::ShortDecl) } else { (Path::P3, Reason::FullQuest) }
}

/// Row R1, the law's test to the cent and to the day (art. L113-2-1 C. ass., `docs/domain/route.md`):
/// the cumulated insured share does not pass the limit, and the last repayment comes strictly
/// before the birthday.
fn is_protected(facts: &Facts<'_>, rules: &Rules) -> bool {
    let birthday = anniversary(facts.birth, rules.protected_before_age);
    facts.housing
        && facts.cumulated <= rules.protected_capital_cents
        && facts.last_repayment < birthday
}

/// Row R2.
fn is_reusable(previous: &PreviousDecision, facts: &Facts<'_>) -> bool {
    let expires = crate::kernel::calendar::add_months(previous.on, 6);
    facts.effect < expires && facts.cumulated <= previous.capital && !previous.adds_guarantee
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::kernel::calendar::add_months;

    fn rules() -> Rules {
        Rules::shipped().expect("products/routing.toml").remove(0)
    }

    const EFFECT: Date = date(2026, 6, 5);

    /// A person of `age` on the first day of cover, half a year after the birthday.
    fn facts(age: i32, euros: i64, years: i32) -> Facts<'static> {
        Facts {
            birth: add_months(EFFECT, -age * 12 - 6),
            effect: EFFECT,
            last_repayment: add_months(EFFECT, years * 12),
            cumulated: Cents::from_euros(euros),
            housing: true,
            country: "FR",
            previous: None,
        }
    }

    fn path(facts: &Facts<'_>) -> Option<Path> {
        route(facts, &rules()).path
    }

    #[test]
    fn cases_of_the_routing_table() {
        // `docs/domain/route.md`, test cases.
        let cases = [
            (35, 200_000, 20, Path::P1),
            (41, 200_000, 20, Path::P2),
            (35, 250_000, 20, Path::P2),
            (35, 190_000, 20, Path::P1),
            (35, 380_000, 20, Path::P2),
            (54, 280_000, 15, Path::P2),
            (54, 310_000, 15, Path::P3),
            (62, 100_000, 10, Path::P3),
            (45, 600_000, 20, Path::P3),
            (30, 210_000, 20, Path::P2),
        ];
        for (age, euros, years, expected) in cases {
            assert_eq!(path(&facts(age, euros, years)), Some(expected), "{age} {euros} {years}");
        }
    }

    #[test]
    fn the_law_protects_to_the_day_and_to_the_cent() {
        let person = |last_repayment, cents| Facts {
            birth: date(1968, 9, 15),
            last_repayment,
            cumulated: Cents::new(cents),
            ..facts(57, 0, 1)
        };
        let day_before = date(2028, 9, 14);
        assert_eq!(path(&person(day_before, 20_000_000)), Some(Path::P1));
        assert_ne!(path(&person(date(2028, 9, 15), 20_000_000)), Some(Path::P1));
        assert_ne!(path(&person(day_before, 20_000_001)), Some(Path::P1));
        let business = Facts { housing: false, ..person(day_before, 100) };
        assert_ne!(path(&business), Some(Path::P1));
    }

    #[test]
    fn who_cannot_be_insured_online_learns_every_reason() {
        let reasons = |facts: &Facts<'_>| route(facts, &rules()).reasons;
        assert_eq!(reasons(&facts(17, 1000, 10)), [Reason::EligAge]);
        assert_eq!(reasons(&facts(70, 1000, 10)), [Reason::EligAge]);
        assert_eq!(reasons(&facts(69, 1000, 16)), [Reason::EligAge]);
        assert_eq!(reasons(&facts(40, 3_000_001, 10)), [Reason::EligCapital]);
        let abroad = Facts { country: "BE", ..facts(80, 1000, 10) };
        assert_eq!(reasons(&abroad), [Reason::EligAge, Reason::EligCountry]);
        assert_eq!(path(&Facts { country: "RE", ..facts(40, 1000, 10) }), Some(Path::P1));
    }

    #[test]
    fn a_recent_decision_is_reused_while_nothing_grew() {
        let previous = PreviousDecision {
            on: date(2026, 1, 5),
            capital: Cents::from_euros(600_000),
            adds_guarantee: false,
        };
        let with = |previous| Facts { previous: Some(previous), ..facts(45, 600_000, 20) };
        let reason = |previous| route(&with(previous), &rules()).reasons[0];
        assert_eq!(reason(previous), Reason::DecisionReused);
        let old = PreviousDecision { on: date(2025, 12, 5), ..previous };
        let smaller = PreviousDecision { capital: Cents::from_euros(599_999), ..previous };
        let narrower = PreviousDecision { adds_guarantee: true, ..previous };
        for other in [old, smaller, narrower] {
            assert_eq!(reason(other), Reason::FullQuest);
        }
    }
}
