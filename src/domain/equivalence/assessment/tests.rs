//! Each criterion both ways, and what must hold whatever the lender asks.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::domain::{
    equivalence::profile::{JobLoss, MAX_CRITERIA},
    guarantee::Pack,
};
use crate::kernel::calendar::anniversary;

fn good_cover() -> Cover {
    Cover {
        birth_date: date(1990, 9, 15),
        loan_end: date(2046, 6, 5),
        pack: Pack::Full,
        franchise_days: 90,
        mno_included: true,
        sport_excluded: false,
        travel_excluded: false,
        shares_percent: vec![110, 110],
    }
}

fn requiring(number: u8, value: Option<&str>) -> Profile {
    let requirement = Requirement::parse(number, value).expect("a requirement");
    Profile::try_new(vec![requirement], JobLoss::NotRequired, None).expect("a profile")
}

fn verdict(cover: &Cover, number: u8, value: Option<&str>) -> Verdict {
    let assessment = assess(cover, &requiring(number, value));
    let verdict = assessment.criteria[usize::from(number) - 1].verdict;
    assert_eq!(assessment.is_equivalent(), verdict == Verdict::Ok);
    verdict
}

/// The cover with another loan end, the day of a birthday or the day before.
fn ending(years: i32, on_birthday: bool) -> Cover {
    let birthday = anniversary(good_cover().birth_date, years);
    let loan_end = if on_birthday { birthday } else { birthday.yesterday().expect("a day") };
    Cover { loan_end, ..good_cover() }
}

#[test]
fn exclusions_answer_the_first_two() {
    let sport = Cover { sport_excluded: true, ..good_cover() };
    assert_eq!(verdict(&good_cover(), 1, None), Verdict::Ok);
    assert_eq!(verdict(&sport, 1, None), Verdict::Ko);
    let travel = Cover { travel_excluded: true, ..good_cover() };
    for (cover, value, expected) in [
        (&good_cover(), "personnel", Verdict::Ok),
        (&good_cover(), "professionnel", Verdict::Ok),
        (&travel, "personnel", Verdict::Ok),
        (&travel, "professionnel", Verdict::Ko),
    ] {
        assert_eq!(verdict(cover, 2, Some(value)), expected, "{value}");
    }
}

#[test]
fn ages_answer_the_four_on_the_whole_term() {
    for (number, years) in [(3, 85), (4, 71), (5, 65), (13, 65)] {
        assert_eq!(verdict(&ending(years, false), number, None), Verdict::Ok, "{number}");
        assert_eq!(verdict(&ending(years, true), number, None), Verdict::Ko, "{number}");
    }
}

#[test]
fn the_waiting_period_answers_the_sixth() {
    for (days, met_from) in [(30, 0), (60, 1), (90, 2)] {
        let cover = Cover { franchise_days: days, ..good_cover() };
        for (rank, value) in ["30", "60", "90", "120", "180"].into_iter().enumerate() {
            let expected = if rank >= met_from { Verdict::Ok } else { Verdict::Ko };
            assert_eq!(verdict(&cover, 6, Some(value)), expected, "{days} for {value}");
        }
    }
    let never = Cover { franchise_days: 365, ..good_cover() };
    assert_eq!(verdict(&never, 6, Some("180")), Verdict::Ko);
}

#[test]
fn back_and_psychic_disorders_answer_by_their_condition() {
    let excluded = Cover { mno_included: false, ..good_cover() };
    for number in [11, 12, 17, 18] {
        for (value, without_option) in [
            ("sans_condition", Verdict::Ko),
            ("hospitalisation_moins_10_jours", Verdict::Ko),
            ("hospitalisation_10_jours_ou_chirurgie", Verdict::Ok),
        ] {
            assert_eq!(verdict(&good_cover(), number, Some(value)), Verdict::Ok);
            assert_eq!(verdict(&excluded, number, Some(value)), without_option, "{number} {value}");
        }
    }
}

#[test]
fn the_contract_answers_the_others_and_a_smaller_pack_does_not() {
    let small = Cover { pack: Pack::DcPtia, ..good_cover() };
    for number in [7, 8, 9, 14, 15, 16] {
        assert_eq!(verdict(&good_cover(), number, None), Verdict::Ok, "{number}");
        assert_eq!(verdict(&small, number, None), Verdict::Ko, "{number}");
    }
    for value in ["100", "50_99", "1_49"] {
        assert_eq!(verdict(&good_cover(), 10, Some(value)), Verdict::Ok, "{value}");
        assert_eq!(verdict(&small, 10, Some(value)), Verdict::Ko, "{value}");
    }
    for number in 5..=18 {
        let weakest = Criterion::numbered(number).and_then(|c| c.values.last());
        let weakest = weakest.map(|value| value.code);
        assert_eq!(verdict(&small, number, weakest), Verdict::Ko, "{number}");
    }
    for number in [1, 3, 4] {
        assert_eq!(verdict(&small, number, None), Verdict::Ok, "{number}");
    }
}

#[test]
fn job_loss_is_not_sold() {
    let required = JobLoss::Required(vec![]);
    let profile = Profile::try_new(vec![], required, None).expect("a profile");
    let assessment = assess(&good_cover(), &profile);
    assert_eq!(assessment.job_loss.verdict, Verdict::Ko);
    assert!(!assessment.is_equivalent());
}

#[test]
fn the_least_covered_loan_answers_for_the_share() {
    let share = |percent, shares: &[u16]| {
        let profile = Profile::try_new(vec![], JobLoss::NotRequired, Some(percent));
        let cover = Cover { shares_percent: shares.to_vec(), ..good_cover() };
        assess(&cover, &profile.expect("a profile")).share.verdict
    };
    assert_eq!(share(100, &[100, 200]), Verdict::Ok);
    assert_eq!(share(100, &[99, 200]), Verdict::Ko);
    assert_eq!(share(1, &[]), Verdict::Ko);
}

#[test]
fn what_is_not_required_is_not_held_against_the_cover() {
    let poor = Cover {
        pack: Pack::DcPtia,
        sport_excluded: true,
        shares_percent: vec![10],
        ..ending(85, true)
    };
    let assessment = assess(&poor, &Profile::default());
    assert!(assessment.is_equivalent());
    let lines = assessment.criteria.iter();
    assert_eq!(lines.filter(|line| line.verdict == Verdict::NotRequired).count(), 18);
    assert_eq!(assessment.failures().count(), 0);
}

#[test]
fn sentences_say_what_is_required_and_what_is_offered() {
    let assessment = assess(&good_cover(), &requiring(6, Some("60")));
    let (criterion, line) = assessment.failures().next().expect("a failure");
    assert_eq!(criterion.refusal_code(), "CCSF_06");
    assert_eq!(
        line.sentence,
        "Incapacité : délai de franchise : exigé 60 jours ; le contrat offre 90 jours."
    );
}

#[test]
fn sentences_say_why_nothing_is_offered() {
    let why = |cover: &Cover, number| {
        let assessment = assess(cover, &requiring(number, None));
        let sentence = assessment.criteria[usize::from(number) - 1].sentence.clone();
        sentence.rsplit(" : ").next().map(str::to_owned).expect("a reason")
    };
    let small = Cover { pack: Pack::DcPtia, ..good_cover() };
    assert_eq!(why(&small, 13), "la garantie n’est pas souscrite.");
    assert_eq!(
        why(&ending(65, true), 13),
        "la garantie cesse au 65e anniversaire, avant la fin du prêt."
    );
    assert_eq!(why(&good_cover(), 13), "le contrat répond à l’exigence.");
}

fn any_cover() -> impl Strategy<Value = Cover> {
    let exclusions = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let facts = (18..70_i32, 1..30_i32, 0..200_u16, 0..200_u16);
    (facts, exclusions).prop_map(|((age, years, franchise_days, share), flags)| Cover {
        birth_date: anniversary(date(2026, 6, 5), -age),
        loan_end: anniversary(date(2026, 6, 5), years),
        pack: if flags.0 { Pack::Full } else { Pack::DcPtia },
        franchise_days,
        mno_included: flags.1,
        sport_excluded: flags.2,
        travel_excluded: flags.3,
        shares_percent: vec![share],
    })
}

fn any_requirements() -> impl Strategy<Value = Vec<Requirement>> {
    let numbers = prop::sample::subsequence((1..=18_u8).collect::<Vec<_>>(), 0..=MAX_CRITERIA);
    (numbers, any::<[prop::sample::Index; 18]>()).prop_map(|(numbers, picks)| {
        let pick = |number: u8| {
            let criterion = Criterion::numbered(number).expect("in the list");
            let pick = picks[usize::from(number) - 1];
            let values = criterion.values;
            let value = (!values.is_empty()).then(|| pick.get(values).code);
            Requirement::parse(number, value).expect("a requirement")
        };
        numbers.into_iter().map(pick).collect()
    })
}

fn is_equivalent(cover: &Cover, requirements: Vec<Requirement>) -> bool {
    let profile = Profile::try_new(requirements, JobLoss::NotRequired, None);
    assess(cover, &profile.expect("a profile")).is_equivalent()
}

/// The same requirements with the least demanding value each.
fn weakest(requirements: &[Requirement]) -> Vec<Requirement> {
    let weaken = |requirement: &Requirement| {
        let criterion = requirement.criterion();
        let value = criterion.values.last().map(|value| value.code);
        Requirement::parse(criterion.number, value).expect("a requirement")
    };
    requirements.iter().map(weaken).collect()
}

proptest! {
    #[test]
    fn asking_less_never_loses_the_equivalence(
        cover in any_cover(), requirements in any_requirements(), kept in 0..11_usize,
    ) {
        if is_equivalent(&cover, requirements.clone()) {
            prop_assert!(is_equivalent(&cover, weakest(&requirements)));
            let fewer = requirements.into_iter().take(kept).collect();
            prop_assert!(is_equivalent(&cover, fewer));
        }
    }

    #[test]
    fn offering_more_never_loses_the_equivalence(
        cover in any_cover(), requirements in any_requirements(), shorter in 0..200_u16,
    ) {
        if is_equivalent(&cover, requirements.clone()) {
            let better = Cover {
                pack: Pack::Full,
                mno_included: true,
                sport_excluded: false,
                travel_excluded: false,
                franchise_days: cover.franchise_days.saturating_sub(shorter),
                ..cover
            };
            prop_assert!(is_equivalent(&better, requirements));
        }
    }
}
