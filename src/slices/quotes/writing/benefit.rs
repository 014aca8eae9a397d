//! What each guarantee pays, in one plain sentence (`docs/domain/product.md`).

use crate::domain::guarantee::Guarantee;
use crate::domain::tariff::Choices;

/// The sentence of a guarantee, for these choices.
pub(super) fn sentence(guarantee: Guarantee, choices: &Choices) -> String {
    match guarantee {
        Guarantee::Deces | Guarantee::Ptia => {
            "Nous remboursons le prêt à la banque, pour la part assurée, jusqu’à 3\u{202f}000\u{202f}000\u{a0}€.".into()
        }
        Guarantee::Ipt => {
            "Invalidité de 66\u{a0}% ou plus\u{a0}: nous remboursons le prêt, pour la part assurée, jusqu’à 3\u{202f}000\u{202f}000\u{a0}€.".into()
        }
        Guarantee::Itt => format!(
            "Après {} jours d’arrêt de travail, nous payons la part assurée de vos mensualités, jusqu’à 7\u{202f}500\u{a0}€ par mois.{}",
            choices.franchise.days(),
            if choices.mno { " Dos et troubles psychiques compris, sans condition d’hospitalisation." } else { "" }
        ),
        Guarantee::Ipp => {
            "Invalidité de 33 à 65\u{a0}%\u{a0}: nous payons la moitié de ce que verse l’ITT, jusqu’à 7\u{202f}500\u{a0}€ par mois.".into()
        }
    }
}
