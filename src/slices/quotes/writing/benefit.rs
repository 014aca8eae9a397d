//! What each guarantee pays, in one plain sentence (`docs/domain/product.md`).

use crate::domain::guarantee::Guarantee;
use crate::domain::tariff::Choices;

/// The sentence of a guarantee, for these choices.
pub(super) fn sentence(guarantee: Guarantee, choices: &Choices) -> String {
    match guarantee {
        Guarantee::Deces | Guarantee::Ptia => {
            "Nous remboursons à la banque la part assurée du capital restant dû, jusqu’à 3\u{202f}000\u{202f}000\u{a0}€.".into()
        }
        Guarantee::Ipt => {
            "À partir de 66\u{a0}% d’invalidité, nous remboursons à la banque la part assurée du capital restant dû, jusqu’à 3\u{202f}000\u{202f}000\u{a0}€.".into()
        }
        Guarantee::Itt => format!(
            "Après {} jours d’arrêt de travail, nous payons la part assurée de vos mensualités, jusqu’à 7\u{202f}500\u{a0}€ par mois.{}",
            choices.franchise.days(),
            if choices.mno { " Dos et troubles psychiques compris, sans condition d’hospitalisation." } else { "" }
        ),
        Guarantee::Ipp => {
            "De 33 à 65\u{a0}% d’invalidité, nous payons la moitié de la part assurée de vos mensualités, jusqu’à 7\u{202f}500\u{a0}€ par mois.".into()
        }
    }
}
