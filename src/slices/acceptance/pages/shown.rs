//! Conditions in plain words: what each supplement is, what is not covered, what it costs before and
//! after, what the lender may say to it. Nothing is computed here.

use crate::domain::underwriting::words;
use crate::kernel::french::{self, spaced};
use crate::kernel::money::Cents;
use crate::slices::acceptance::conditions::{named, supplement};
use crate::slices::acceptance::model::Proposed;
use crate::slices::quotes::wire::{LoadingRequest, QuoteResponse};

/// A price: what, as asked, with the conditions.
pub(super) struct Price {
    pub(super) what: &'static str,
    pub(super) before: String,
    pub(super) after: String,
}

/// An exclusion to acknowledge.
pub(super) struct Exclusion {
    /// Name of its box.
    pub(super) name: String,
    pub(super) wording: String,
    /// The guarantees that it limits.
    pub(super) limits: String,
}

/// The supplements, guarantee by guarantee; those of the price, when it is capped.
pub(super) fn supplements(it: &Proposed, place: u8) -> Vec<(String, String)> {
    if it.proposal.is_capped {
        return capped(it, place);
    }
    let one = |found: &crate::domain::underwriting::GuaranteeOutcome| {
        let name = french::capitalised(words::guarantee(found.guarantee));
        Some((name, supplement(found)?))
    };
    it.conditions.changed.iter().filter_map(one).collect()
}

fn capped(it: &Proposed, place: u8) -> Vec<(String, String)> {
    let at = usize::from(place).saturating_sub(1);
    let asked = it.after.request.insured.get(at).and_then(|one| one.conditions.as_ref());
    let all = asked.map(|conditions| conditions.loadings.as_slice()).unwrap_or_default();
    let one = |loading: &LoadingRequest| {
        let percent = loading.percent.as_ref().map(|it| format!("{}\u{a0}%", comma(it)));
        let mille = loading.per_mille.as_ref();
        let mille = mille.map(|it| format!("{}\u{a0}‰ du capital par an", comma(it)));
        let name = french::capitalised(words::guarantee(loading.guarantee));
        Some((name, percent.or(mille)?))
    };
    all.iter().filter_map(one).collect()
}

/// Whether nothing is left of the supplements once they are capped.
pub(super) fn is_free(it: &Proposed, place: u8) -> bool {
    let at = usize::from(place).saturating_sub(1);
    let asked = it.after.request.insured.get(at).and_then(|one| one.conditions.as_ref());
    let is_nothing = |text: &Option<String>| text.as_deref().is_none_or(|it| it == "0");
    let mut all = asked.iter().flat_map(|conditions| &conditions.loadings);
    all.all(|it| is_nothing(&it.percent) && is_nothing(&it.per_mille))
}

fn comma(text: &str) -> String {
    text.replace('.', ",")
}

/// The exclusions, each with the box that acknowledges it.
pub(super) fn exclusions(it: &Proposed) -> Vec<Exclusion> {
    let one = |(code, wording): (String, String)| {
        let limits = it.conditions.changed.iter().filter(|found| found.exclusions.contains(&code));
        Exclusion {
            name: format!("exclusion_{}", code.to_lowercase()),
            wording: spaced(&wording),
            limits: named(limits.map(|found| found.guarantee)),
        }
    };
    it.exclusions().into_iter().map(one).collect()
}

/// The guarantees that are not sold.
pub(super) fn removed(it: &Proposed) -> String {
    named(it.conditions.removed.iter().copied())
}

/// What it costs.
pub(super) fn prices(it: &Proposed) -> Vec<Price> {
    let (before, after) = (&it.before.result.project.costs, &it.after.result.project.costs);
    let euros = |cents| french::euros(Cents::new(cents));
    let price = |what, before, after| Price { what, before: euros(before), after: euros(after) };
    let rate = |text: &str| french::percent(text, 2);
    vec![
        price("Premier mois", before.first_month_cents, after.first_month_cents),
        price("Sur les 8 premières années", before.total_8y_cents, after.total_8y_cents),
        price("En tout", before.total_cents, after.total_cents),
        Price {
            what: "TAEA (taux annuel effectif de l’assurance)",
            before: rate(&before.taea),
            after: rate(&after.taea),
        },
    ]
}

/// «La surprime coûte … le premier mois», or nothing when the price does not rise.
pub(super) fn rise(it: &Proposed) -> String {
    let first = |quote: &QuoteResponse| quote.result.project.costs.first_month_cents;
    let more = first(&it.after) - first(&it.before);
    if more <= 0 {
        return String::new();
    }
    format!("Le premier mois coûte {} de plus.", french::euros(Cents::new(more)))
}

/// What the lender's own list says of the cover with these conditions (art. L313-30 C. conso.).
pub(super) fn lender(it: &Proposed, place: u8) -> Vec<String> {
    let at = usize::from(place).saturating_sub(1);
    let found = it.after.result.insured.get(at).and_then(|one| one.equivalence.as_ref());
    let Some(equivalence) = found else {
        let unknown = "Vous ne nous avez pas donné les critères de votre banque\u{a0}: montrez-lui ces \
            conditions avant de signer. Elle peut refuser une assurance qui couvre moins que ce qu’elle \
            demande.";
        return vec![unknown.to_owned()];
    };
    let short = equivalence.criteria.iter().filter(|one| one.status == "ko");
    let short: Vec<_> = short.map(|one| spaced(&one.detail)).collect();
    if short.is_empty() {
        return vec!["Ces conditions répondent aux critères de votre banque.".to_owned()];
    }
    let warning =
        "Votre banque peut refuser cette assurance\u{a0}: elle ne répond pas à tous ses critères.";
    std::iter::once(warning.to_owned()).chain(short).collect()
}
