//! The bank's contract of a document.

use super::faults::Faults;
use crate::domain::product::{BANK_MONTHLY_MAX, BANK_RATE_MAX};
use crate::domain::rule::Rule;
use crate::domain::simulation::BankOffer;
use crate::kernel::money::Cents;
use crate::kernel::rate::Rate;
use crate::slices::quotes::wire::{BankBasis, BankOfferRequest};

/// Reads the bank's offer, if there is one.
pub(super) fn read(offer: Option<&BankOfferRequest>, faults: &mut Faults) -> Option<BankOffer> {
    let offer = offer?;
    match offer.basis {
        BankBasis::Initial => rate(offer, faults).map(BankOffer::Initial),
        BankBasis::Outstanding => rate(offer, faults).map(BankOffer::Outstanding),
        BankBasis::Monthly => monthly(offer, faults).map(BankOffer::Monthly),
    }
}

fn rate(offer: &BankOfferRequest, faults: &mut Faults) -> Option<Rate> {
    let alone = offer.monthly_cents.is_none();
    let detail = "Avec cette base, donnez un taux et pas de montant par mois.";
    faults.check(alone, "/bank_offer/monthly_cents", Rule::BankOffer, detail);
    let rate = offer.rate.as_deref().and_then(|rate| rate.parse::<Rate>().ok());
    let rate = rate.filter(|rate| *rate <= BANK_RATE_MAX);
    let detail = "Le taux de l’assurance de la banque va de 0 à 5 %, comme \"0.34\".";
    faults.check(rate.is_some(), "/bank_offer/rate", Rule::BankOffer, detail);
    rate
}

fn monthly(offer: &BankOfferRequest, faults: &mut Faults) -> Option<Cents> {
    let alone = offer.rate.is_none();
    let detail = "Avec cette base, donnez un montant par mois et pas de taux.";
    faults.check(alone, "/bank_offer/rate", Rule::BankOffer, detail);
    let amount = offer.monthly_cents.filter(|cents| (1..=BANK_MONTHLY_MAX.get()).contains(cents));
    let detail = "Le montant par mois va de 0,01 à 5 000,00 €, en centimes.";
    faults.check(amount.is_some(), "/bank_offer/monthly_cents", Rule::BankOffer, detail);
    amount.map(Cents::new)
}
