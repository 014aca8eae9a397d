//! The persons of the simulator: one or two, each with a birth date, smoking, and a share.

use jiff::civil::Date;

use super::loans::REFS as LOANS;
use super::{ask, birth};
use crate::domain::person::{ManualWork, Occupation};
use crate::platform::web::form::Form;
use crate::slices::quotes::wire::{InsuredRequest, ShareRequest};

/// Names of the persons inside the documents made here.
const REFS: [&str; 2] = ["personne1", "personne2"];

/// The persons; `None` when one answer is to be corrected.
pub(super) fn read(form: &mut Form, today: Date, loans: usize) -> Option<Vec<InsuredRequest>> {
    let first = person(form, 0, today);
    if !form.is("deux", "1") {
        let (birth, smoker) = first?;
        return Some(vec![insured(0, birth, smoker, 100, loans)]);
    }
    let share = ask::share(form, "part1");
    let second = person(form, 1, today);
    let other = ask::share(form, "part2");
    whole_loan(form, share, other);
    let ((birth, smoker), (birth2, smoker2)) = (first?, second?);
    Some(vec![insured(0, birth, smoker, share?, loans), insured(1, birth2, smoker2, other?, loans)])
}

/// Two shares that leave a part of the loan uncovered.
pub(super) fn whole_loan(form: &mut Form, share: Option<u32>, other: Option<u32>) {
    if let (Some(share), Some(other)) = (share, other)
        && share + other < 100
    {
        let message = format!(
            "À deux, vos parts doivent couvrir tout le prêt : il manque {}\u{A0}%",
            100 - share - other
        );
        form.refuse_group("part2", "part2", &["part1", "part2"], message);
    }
}

fn person(form: &mut Form, place: usize, today: Date) -> Option<(Date, bool)> {
    let (group, smoker) = [("naissance", "fumeur"), ("naissance2", "fumeur2")][place];
    let birth = birth::read(form, group, today);
    let missing = [
        "Indiquez si vous avez fumé ou vapoté au cours des 24 derniers mois",
        "Indiquez si la deuxième personne a fumé ou vapoté au cours des 24 derniers mois",
    ][place];
    let smoker = ask::chosen(form, smoker, &["oui", "non"], missing);
    Some((birth?, smoker? == "oui"))
}

/// Office work is assumed, and said under the price, until the person says otherwise.
fn insured(
    place: usize,
    birth_date: Date,
    smoker: bool,
    percent: u32,
    loans: usize,
) -> InsuredRequest {
    let share = |loan: &&str| ShareRequest { loan: (*loan).to_owned(), percent, from: None };
    InsuredRequest {
        reference: REFS[place].to_owned(),
        birth_date,
        smoker,
        occupation: Occupation::SalarieCadre,
        manual_work: ManualWork::None,
        km_per_year: None,
        work_hazards: Vec::new(),
        long_stays_abroad: false,
        residence_country: None,
        other_insured_cents: 0,
        shares: LOANS.iter().take(loans).map(share).collect(),
        sports: Vec::new(),
        loadings: Vec::new(),
        conditions: None,
    }
}
