//! What the documents of a contract say, for the templates of `templates/pdf/`: words and figures of
//! the frozen quote and of the people who sign. Nothing is computed here.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::beginning;
use super::course::carrying;
use super::mandates::debits_of;
use super::model::{Content, Mandate, Premium};
use super::payers::Typed;
use crate::domain::guarantee::{ExclusionCategory, Guarantee};
use crate::domain::loan::{LoanKind, Purpose};
use crate::kernel::french::{self, HARD};
use crate::kernel::iban::Iban;
use crate::kernel::money::Cents;
use crate::slices::documents::Kind;
use crate::slices::dossiers::{Signable, SignableInsured};
use crate::slices::quotes::form::terms;
use crate::slices::quotes::wire::{
    GuaranteeResponse, InsuredRequest, InsuredResponse, LenderRequest, LoanRequest, QuoteResponse,
};

/// A label and its value.
type Fact = (&'static str, String);

/// What all the documents of one contract have in common.
pub(super) struct Matter<'a> {
    pub(super) number: &'a str,
    pub(super) signable: &'a Signable,
    pub(super) mandate: &'a Mandate,
    pub(super) premiums: &'a [Premium],
}

pub(super) fn euros(cents: i64) -> String {
    french::euros(Cents::new(cents))
}

const fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::ResidencePrincipale => "Résidence principale",
        Purpose::ResidenceSecondaire => "Résidence secondaire",
        Purpose::Locatif => "Logement à louer",
        Purpose::Travaux => "Travaux",
        Purpose::RachatSoulte => "Rachat de la part d’un copropriétaire",
        Purpose::Professionnel => "Local ou équipement professionnel",
    }
}

/// The lines of an address.
pub(super) fn lines(one: &SignableInsured) -> Vec<String> {
    let person = &one.person;
    let town = [&person.postcode, &person.city].into_iter().flatten().cloned();
    let town = town.collect::<Vec<_>>().join(" ");
    let lines = [person.street.clone(), person.complement.clone(), Some(town)];
    lines.into_iter().flatten().filter(|line| !line.trim().is_empty()).collect()
}

pub(super) fn loan_name(place: usize) -> String {
    format!("Prêt {}", place + 1)
}

/// The same with what it is, for who has its offer beside it: «Prêt 2 (prêt à taux zéro, différé de 60 mois)». A loan of
/// constant instalments is called by its number alone.
pub(super) fn loan_title(place: usize, loan: &LoanRequest) -> String {
    let name = loan_name(place);
    let deferral = loan.deferral_months.filter(|months| *months > 0);
    let deferral = deferral.map(|months| format!(", différé de {months}{HARD}mois"));
    match loan.kind {
        LoanKind::Amortissable => name,
        kind => format!("{name} ({}{})", terms::called(kind), deferral.unwrap_or_default()),
    }
}

fn until(quote: &QuoteResponse, found: &GuaranteeResponse) -> String {
    let day = french::day(found.end_date);
    let whole = found.end_date >= quote.result.project.end_date;
    if whole { format!("Jusqu’au {day} (fin du prêt)") } else { format!("Jusqu’au {day}") }
}

/// The share of a person on a loan, in words.
fn share(one: &InsuredResponse, loan: &LoanRequest) -> Option<String> {
    let found = one.loans.iter().find(|share| share.reference == loan.reference);
    found.map(|share| format!("{}{HARD}%", share.percent))
}

/// The shares of every person on a loan.
pub(super) fn shares(quote: &QuoteResponse, loan: &LoanRequest) -> String {
    let all = quote.result.insured.iter().filter_map(|one| share(one, loan));
    all.collect::<Vec<_>>().join(" et ")
}

/// The share of one person: one for all loans, or each with its name.
pub(super) fn own_shares(quote: &QuoteResponse, one: &InsuredResponse) -> String {
    let loans = quote.request.loans.iter().enumerate();
    let named = loans.filter_map(|(place, loan)| Some((loan_name(place), share(one, loan)?)));
    let named: Vec<_> = named.collect();
    match named.as_slice() {
        [(_, first), rest @ ..] if rest.iter().all(|(_, share)| share == first) => first.clone(),
        all => {
            let all = all.iter().map(|(name, share)| format!("{name}\u{a0}: {share}"));
            all.collect::<Vec<_>>().join(", ")
        }
    }
}

/// The conditions particulières of one person, from 1, with the schedule of the contract month by month. Each has
/// their own: what somebody's health led to is nobody else's to read.
pub(super) fn conditions(matter: &Matter<'_>, place: usize) -> Value {
    let (signable, quote) = (matter.signable, &matter.signable.quote);
    let costs = &quote.result.project.costs;
    let payer = signable.insured.first().map(|one| one.person.legal_name());
    let smallest = quote.result.project.smallest_collection_cents;
    let schedule = matter.premiums.iter().map(|row| {
        json!({
            "month": row.month.to_string(),
            "date": french::day(row.due_on),
            "premium": euros(row.premium_cents),
            "owed": euros(row.outstanding_cents),
        })
    });
    let mut contract: Vec<Fact> = vec![
        ("Contrat", matter.number.to_owned()),
        ("Souscripteur", payer.unwrap_or_default()),
        ("Date d’effet", french::day(quote.request.effect_date)),
        (
            "Signature",
            "Électronique\u{202f}; la date, l’heure et le moyen sont dans la preuve de signature"
                .into(),
        ),
        ("Objet du financement", purpose(quote.request.purpose).into()),
        ("Devis d’origine", quote.number.clone()),
    ];
    let own = guarantees(quote, place);
    if own.iter().any(|one| one["initials"] == Guarantee::Itt.initials()) {
        let days = quote.request.options.franchise_days;
        contract.push(("Franchise", format!("{days} jours d’arrêt de travail")));
    }
    let others = (1..).zip(&signable.insured).filter(|(other, _)| *other != place);
    contract.extend(others.map(|(_, one)| ("Autre personne assurée", one.person.legal_name())));
    json!({
        "contract": contract,
        "persons": person(signable, place).into_iter().collect::<Vec<_>>(),
        "loans": loans(signable, place),
        "owed": quote.request.is_running().then(|| french::euros(quote.owed_at_start())),
        "guarantees": own,
        "costs": prices(matter),
        "first_debit": debits_of(quote, matter.premiums).first().map(|one| french::day(one.due_on)),
        "total": euros(costs.total_cents),
        "beginning": beginning::sentence(quote),
        "carrying": carrying(matter.premiums, quote.request.effect_date, smallest),
        "schedule": schedule.collect::<Vec<_>>(),
    })
}

/// What the contract costs: one debit for all who are insured by it.
fn prices(matter: &Matter<'_>) -> Vec<Fact> {
    let quote = &matter.signable.quote;
    let costs = &quote.result.project.costs;
    let mut prices: Vec<Fact> = vec![
        (beginning::first_month(quote), euros(costs.first_month_cents)),
        ("Évolution", course(quote)),
        ("Coût sur les 8 premières années", euros(costs.total_8y_cents)),
        ("Coût total", euros(costs.total_cents)),
        ("TAEA", french::percent(&costs.taea, 2)),
        ("Jour de prélèvement", format!("Le {} de chaque mois", matter.mandate.day)),
    ];
    if matter.signable.insured.len() > 1 {
        prices.insert(0, ("Montants", "Pour toutes les personnes assurées, ensemble".to_owned()));
    }
    prices
}

fn course(quote: &QuoteResponse) -> String {
    let costs = &quote.result.project.costs;
    if costs.min_month_cents == costs.max_month_cents {
        return "Constante, la même chaque mois".to_owned();
    }
    let (least, most) = (euros(costs.min_month_cents), euros(costs.max_month_cents));
    format!("Variable, de {least} à {most} par mois")
}

/// This person, from 1.
fn person(signable: &Signable, place: usize) -> Option<Value> {
    let (quote, at) = (&signable.quote, place.checked_sub(1)?);
    let (one, asked) = (signable.insured.get(at)?, quote.request.insured.get(at)?);
    let mut facts: Vec<Fact> = vec![
        ("Date de naissance", french::day(asked.birth_date)),
        ("Lieu de naissance", one.person.birth_place.clone().unwrap_or_default()),
        ("Adresse", lines(one).join(", ")),
        ("Fumeur dans les 24 derniers mois", if asked.smoker { "Oui" } else { "Non" }.into()),
    ];
    facts.extend(supplements(asked).map(|words| ("Surprime", words)));
    let exclusions = quote.result.insured.get(at).map(|priced| &priced.exclusions);
    let exclusions = exclusions.into_iter().flatten().map(|found| french::spaced(&found.wording));
    Some(json!({
        "name": one.person.legal_name(),
        "facts": facts,
        "exclusions": exclusions.collect::<Vec<_>>(),
    }))
}

/// The supplements that the person accepted, guarantee by guarantee.
fn supplements(asked: &InsuredRequest) -> impl Iterator<Item = String> {
    let loadings = asked.conditions.iter().flat_map(|it| &it.loadings);
    loadings.filter_map(|it| {
        let comma = |text: &String| text.replace('.', ",");
        let percent = it.percent.as_ref().map(|it| format!("{}{HARD}%", comma(it)));
        let mille = it.per_mille.as_ref();
        let mille = mille.map(|it| format!("{}{HARD}‰ du capital par an", comma(it)));
        Some(format!("{}\u{a0}: {} de plus", it.guarantee.title(), percent.or(mille)?))
    })
}

/// The loans, with the share of this person, from 1.
fn loans(signable: &Signable, place: usize) -> Vec<Value> {
    let quote = &signable.quote;
    let priced = place.checked_sub(1).and_then(|at| quote.result.insured.get(at));
    let one = quote.request.loans.iter().enumerate().map(|(place, loan)| {
        json!({
            "name": loan_title(place, loan),
            "lender": signable.lender,
            "capital": french::euros_short(Cents::new(loan.capital_cents)),
            "term": french::duration(loan.months),
            "rate": french::rate(&loan.nominal_rate),
            "share": priced.and_then(|one| share(one, loan)),
        })
    });
    one.collect()
}

/// The guarantees of this person, from 1: what each pays, and until when.
pub(super) fn guarantees(quote: &QuoteResponse, place: usize) -> Vec<Value> {
    let own = place.checked_sub(1).and_then(|at| quote.result.insured.get(at));
    let found = |code: Guarantee| {
        let found = own?.guarantees.iter().find(|found| found.code == code)?;
        Some(json!({
            "name": code.title(),
            "initials": code.initials(),
            "benefit": found.benefit,
            "until": until(quote, found),
        }))
    };
    Guarantee::ALL.into_iter().filter_map(found).collect()
}

/// The SEPA mandate.
pub(super) fn mandate(matter: &Matter<'_>) -> Value {
    let (mandate, signable) = (matter.mandate, matter.signable);
    let payer = signable.insured.first();
    let city = payer.and_then(|one| one.person.city.clone()).unwrap_or_default();
    let iban = Iban::read(&mandate.account.iban).map(|iban| iban.grouped()).unwrap_or_default();
    json!({
        "rum": mandate.rum,
        "debtor": {
            "name": mandate.account.holder,
            "address": payer.map(|one| lines(one).join(", ")).unwrap_or_default(),
        },
        "iban": iban,
        "bank": "Celle que désigne l’IBAN",
        "day": format!("Le {} de chaque mois", mandate.day),
        "place": city,
        "signed_on": "Date de la preuve de signature",
    })
}

/// The same of a payer who is not insured: every word is theirs.
pub(super) fn mandate_of_payer(rum: &str, typed: &Typed) -> Value {
    json!({
        "rum": rum,
        "debtor": { "name": typed.name, "address": typed.address() },
        "iban": Iban::read(&typed.iban).map(|iban| iban.grouped()).unwrap_or_default(),
        "bank": "Celle que désigne l’IBAN",
        "day": format!("Le {} de chaque mois", typed.day),
        "place": typed.city,
        "signed_on": "Date de la preuve de signature",
    })
}

/// What goes with the letter to the bank. Not the conditions particulières: they may name what is excluded for health.
pub(super) const ENCLOSURES: [Kind; 2] = [Kind::AttestationPreteur, Kind::Notice];

/// Whether a lender's criteria are known: a share alone, or an empty list, says nothing of them.
pub(super) const fn is_known(lender: &LenderRequest) -> bool {
    !lender.criteria.is_empty()
}

/// What a customer can say to their lender of the level of the guarantees, by the frozen quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// The lender's criteria are known, and everybody's guarantees meet each of them: equivalence is claimed.
    Met,
    /// They are known, and one is not met.
    Short,
    /// They are not known: nothing is claimed, and the lender is asked which it requires.
    Unknown,
}

impl Level {
    /// Of this quote.
    pub(super) fn of(quote: &QuoteResponse) -> Self {
        let is_met =
            |one: &InsuredResponse| one.equivalence.as_ref().is_some_and(|it| it.equivalent);
        // What a decision excludes is compared with no criterion here: the lender reads it in the certificate.
        let is_limited = |one: &InsuredRequest| {
            let exclusions = one.conditions.iter().flat_map(|found| &found.exclusions);
            let kept = [ExclusionCategory::Medical, ExclusionCategory::Profession];
            exclusions.into_iter().any(|found| kept.contains(&found.category))
        };
        let is_met = quote.result.insured.iter().all(is_met);
        match &quote.request.lender {
            Some(lender) if is_known(lender) && is_met => {
                let is_limited = quote.request.insured.iter().any(is_limited);
                if is_limited { Self::Short } else { Self::Met }
            }
            Some(lender) if is_known(lender) => Self::Short,
            _ => Self::Unknown,
        }
    }

    /// As the template reads it.
    const fn code(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Short => "short",
            Self::Unknown => "unknown",
        }
    }
}

/// The letter to the bank (art. L313-31 C. conso.).
pub(super) struct Letter<'a> {
    pub(super) content: &'a Content,
    pub(super) agency: &'a str,
    pub(super) loan_number: &'a str,
    pub(super) old_contract: &'a str,
    pub(super) effect: Date,
    pub(super) level: Level,
}

/// Whether the number that was typed is of several loans: «123 / 456».
pub(super) fn are_several(loan_numbers: &str) -> bool {
    loan_numbers.contains(" / ")
}

impl Letter<'_> {
    /// What the template reads.
    pub(super) fn data(&self) -> Value {
        let payer = self.content.persons.first();
        let names: Vec<_> = self.content.persons.iter().map(|one| one.name.as_str()).collect();
        let agency: Vec<_> = self.agency.split(',').map(str::trim).collect();
        json!({
            "sender": {
                "name": payer.map(|one| one.name.as_str()).unwrap_or_default(),
                "lines": payer.map(|one| one.lines.clone()).unwrap_or_default(),
            },
            "bank": { "name": self.content.lender, "lines": agency },
            "place": payer.map(|one| one.city.as_str()).unwrap_or_default(),
            "loan_number": self.loan_number,
            "has_several": are_several(self.loan_number),
            "old_contract": self.old_contract,
            "effect": french::day(self.effect),
            "insured": french::together(&names),
            "enclosures": ENCLOSURES.map(Kind::title),
            "level": self.level.code(),
        })
    }
}
