//! What an officer types of a decision, guarantee by guarantee, and the outcomes that it makes. The
//! outcome follows from what was typed: a supplement cannot hide behind an acceptance.

use crate::domain::guarantee::Guarantee;
use crate::domain::underwriting::{GuaranteeOutcome, Outcome, words};
use crate::kernel::french::capitalised;
use crate::platform::web::form::Form;

/// What may be chosen for a guarantee.
const CHOICES: [(&str, &str); 5] = [
    ("accept", "Accepter (avec ou sans surprime ou exclusion)"),
    ("evidence", "Demander une pièce"),
    ("refer", "Laisser à l’étude"),
    ("postpone", "Ajourner"),
    ("decline", "Refuser"),
];

/// The largest supplement that is typed, in percent.
const PERCENT_MAX: u16 = 1000;

/// Months of an adjournment.
const MONTHS: std::ops::RangeInclusive<u16> = 3..=24;

/// The controls of one guarantee.
pub(super) struct Row {
    pub(super) code: &'static str,
    pub(super) name: String,
    pub(super) choices: [(&'static str, &'static str); 5],
    pub(super) exclusions: Vec<(&'static str, &'static str)>,
    pub(super) evidence: Vec<(&'static str, &'static str)>,
}

impl Row {
    /// Name of a control of this guarantee.
    pub(super) fn at(&self, what: &str) -> String {
        format!("{what}_{}", self.code)
    }
}

/// The controls of the guarantees that were decided.
pub(super) fn rows(outcomes: &[GuaranteeOutcome]) -> Vec<Row> {
    let none = ("", "Aucune");
    let worded = || words::exclusions().filter_map(|it| Some((it, words::exclusion(it)?.1)));
    let row = |it: &GuaranteeOutcome| Row {
        code: it.guarantee.code(),
        name: capitalised(words::guarantee(it.guarantee)),
        choices: CHOICES,
        exclusions: std::iter::once(none).chain(worded()).collect(),
        evidence: std::iter::once(none).chain(words::evidences()).collect(),
    };
    outcomes.iter().map(row).collect()
}

/// Shows what is decided now.
pub(super) fn fill(form: &mut Form, outcomes: &[GuaranteeOutcome]) {
    for it in outcomes {
        let code = it.guarantee.code();
        let choice = if it.outcome.is_acceptance() { "accept" } else { it.outcome.code() };
        form.set(&format!("decision_{code}"), choice);
        form.set(&format!("surprime_{code}"), it.loading_percent.to_string());
        form.set(&format!("exclusion_{code}"), it.exclusions.first().cloned().unwrap_or_default());
        form.set(&format!("piece_{code}"), it.evidence.first().cloned().unwrap_or_default());
        let months = it.postpone_months.map(|months| months.to_string());
        form.set(&format!("mois_{code}"), months.unwrap_or_default());
    }
}

/// The outcomes that were typed, of the same guarantees; `None` with messages at what cannot be taken.
pub(super) fn read(form: &mut Form, asked: &[GuaranteeOutcome]) -> Option<Vec<GuaranteeOutcome>> {
    let outcomes: Vec<_> = asked.iter().map(|it| one(form, it.guarantee)).collect();
    if form.is_sound() { outcomes.into_iter().collect() } else { None }
}

fn one(form: &mut Form, guarantee: Guarantee) -> Option<GuaranteeOutcome> {
    let at = |what: &str| format!("{what}_{}", guarantee.code());
    let mut it = GuaranteeOutcome::accepted(guarantee);
    match form.value(&at("decision")).to_owned().as_str() {
        "accept" => {
            it.loading_percent = percent(form, &at("surprime"))?;
            let code = form.value(&at("exclusion")).to_owned();
            if !code.is_empty() {
                if words::exclusion(&code).is_none() {
                    form.refuse(&at("exclusion"), "Choisissez une exclusion de la liste");
                    return None;
                }
                it.exclusions = vec![code];
            }
            it.outcome = match (it.exclusions.is_empty(), it.loading_percent) {
                (false, _) => Outcome::Exclusion,
                (true, 0) => Outcome::Accept,
                (true, _) => Outcome::Loading,
            };
        }
        "evidence" => {
            let code = form.value(&at("piece")).to_owned();
            if !words::evidences().any(|(known, _)| known == code) {
                form.refuse(&at("piece"), "Choisissez la pièce demandée");
                return None;
            }
            (it.outcome, it.evidence) = (Outcome::Evidence, vec![code]);
        }
        "refer" => it.outcome = Outcome::Refer,
        "postpone" => {
            let months = form.value(&at("mois")).trim().parse().ok();
            let Some(months) = months.filter(|it| MONTHS.contains(it)) else {
                form.refuse(&at("mois"), "Donnez un nombre de mois de 3 à 24");
                return None;
            };
            (it.outcome, it.postpone_months) = (Outcome::Postpone, Some(months));
        }
        "decline" => it.outcome = Outcome::Decline,
        _ => {
            form.refuse(&at("decision"), "Choisissez une décision pour chaque garantie");
            return None;
        }
    }
    Some(it)
}

fn percent(form: &mut Form, name: &str) -> Option<u16> {
    let typed = form.value(name).trim().to_owned();
    if typed.is_empty() {
        return Some(0);
    }
    let read = typed.parse().ok().filter(|it| *it <= PERCENT_MAX);
    if read.is_none() {
        form.refuse(name, "La surprime est un nombre entier de 0 à 1000");
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(pairs: &[(&str, &str)]) -> Result<GuaranteeOutcome, String> {
        let mut form = Form::default();
        for (name, value) in pairs {
            form.set(&format!("{name}_itt"), *value);
        }
        let asked = [GuaranteeOutcome::accepted(Guarantee::Itt)];
        let read = read(&mut form, &asked).and_then(|mut it| it.pop());
        read.ok_or_else(|| form.errors().first().map(|it| it.message.clone()).unwrap_or_default())
    }

    #[test]
    fn the_outcome_follows_from_what_was_typed() {
        let accepted = typed(&[("decision", "accept")]).expect("taken");
        assert_eq!(accepted.outcome, Outcome::Accept);
        let loaded = typed(&[("decision", "accept"), ("surprime", "75")]).expect("taken");
        assert_eq!((loaded.outcome, loaded.loading_percent), (Outcome::Loading, 75));
        let limited = [("decision", "accept"), ("exclusion", "EX_DIABETE"), ("surprime", "50")];
        let limited = typed(&limited).expect("taken");
        assert_eq!((limited.outcome, limited.loading_percent), (Outcome::Exclusion, 50));
        let later = typed(&[("decision", "postpone"), ("mois", "12")]).expect("taken");
        assert_eq!(later.postpone_months, Some(12));
        // What belongs to another choice does not count.
        let refused = typed(&[("decision", "decline"), ("surprime", "75")]).expect("taken");
        assert_eq!((refused.outcome, refused.loading_percent), (Outcome::Decline, 0));
    }

    #[test]
    fn what_cannot_be_meant_is_said_at_its_place() {
        for pairs in [
            &[("decision", "accept"), ("surprime", "1001")][..],
            &[("decision", "accept"), ("surprime", "abc")],
            &[("decision", "accept"), ("exclusion", "EX_TOUT")],
            &[("decision", "evidence"), ("piece", "")],
            &[("decision", "postpone"), ("mois", "2")],
            &[("decision", "oui")],
            &[],
        ] {
            assert!(typed(pairs).is_err_and(|message| !message.is_empty()), "{pairs:?}");
        }
    }
}
