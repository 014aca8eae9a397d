//! The guarantees in plain sentences, and until when each covers whom.

use super::words;
use crate::domain::guarantee::Guarantee;
use crate::kernel::french;
use crate::slices::quotes::wire::{GuaranteeResponse, QuoteResponse};

/// One guarantee of the quote.
#[derive(Clone, Debug)]
pub(super) struct Cover<'a> {
    guarantee: Guarantee,
    /// One line per person covered: who, and until when.
    pub(super) until: Vec<(String, String)>,
    /// The benefit as the quote words it, with its own amounts.
    pub(super) benefit: &'a str,
}

impl<'a> Cover<'a> {
    /// The guarantees of the quote, in the order of the contract.
    pub(super) fn of(quote: &'a QuoteResponse) -> Vec<Self> {
        Guarantee::ALL.into_iter().filter_map(|guarantee| Self::one(quote, guarantee)).collect()
    }

    fn one(quote: &'a QuoteResponse, guarantee: Guarantee) -> Option<Self> {
        let insured = &quote.result.insured;
        let covered: Vec<(usize, &GuaranteeResponse)> = insured
            .iter()
            .enumerate()
            .filter_map(|(place, one)| {
                Some((place, one.guarantees.iter().find(|found| found.code == guarantee)?))
            })
            .collect();
        let benefit = covered.first().map(|(_, found)| found.benefit.as_str())?;
        let until = covered
            .into_iter()
            .map(|(place, found)| (words::person(place, insured.len()), until(quote, found)));
        Some(Self { guarantee, until: until.collect(), benefit })
    }

    /// Its name, and the initials that the bank uses.
    pub(super) const fn name(&self) -> (&'static str, &'static str) {
        match self.guarantee {
            Guarantee::Deces => ("Décès", ""),
            Guarantee::Ptia => ("Perte totale et irréversible d’autonomie", "PTIA"),
            Guarantee::Ipt => ("Invalidité permanente totale", "IPT"),
            Guarantee::Itt => ("Arrêt de travail", "ITT"),
            Guarantee::Ipp => ("Invalidité permanente partielle", "IPP"),
        }
    }

    /// What happens to the person; the benefit then says what we do.
    pub(super) const fn situation(&self) -> &'static str {
        match self.guarantee {
            Guarantee::Deces => "La personne assurée décède pendant le prêt.",
            Guarantee::Ptia => {
                "Vous avez besoin de quelqu’un pour les gestes de tous les jours, pour toujours."
            }
            Guarantee::Ipt => "Une maladie ou un accident vous laisse une invalidité importante.",
            Guarantee::Itt => {
                "Un arrêt de travail vous empêche de travailler, même si votre salaire est maintenu."
            }
            Guarantee::Ipp => "Une maladie ou un accident vous laisse une invalidité partielle.",
        }
    }
}

/// «jusqu’à la fin du prêt», or the birthday that ends the cover before.
fn until(quote: &QuoteResponse, found: &GuaranteeResponse) -> String {
    let day = french::day(found.end_date);
    if found.end_date >= quote.result.project.end_date {
        format!("jusqu’à la fin du prêt, le {day}")
    } else {
        format!("jusqu’au {day}")
    }
}
