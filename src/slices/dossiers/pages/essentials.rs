//! «L’essentiel en 8 lignes», on the page before the signature: what the information document (IPID) and the
//! conditions say, in one line each. It adds nothing to them.

use super::cover::Cover;
use crate::domain::guarantee::Guarantee;
use crate::kernel::french;
use crate::kernel::money::Cents;
use crate::slices::quotes::wire::QuoteResponse;

/// The eight lines, for the person at this place.
pub(super) fn essentials(quote: &QuoteResponse, place: u8) -> [String; 8] {
    let costs = &quote.result.project.costs;
    let euros = |cents| french::euros(Cents::new(cents));
    let days = quote.request.options.franchise_days;
    let cover = Cover::of(quote, place);
    let work = if cover.has(Guarantee::Itt) {
        format!("rien n’est payé avant {days}\u{a0}jours d’arrêt")
    } else if cover.has(Guarantee::Ipt) || cover.has(Guarantee::Ipp) {
        "pas assuré".to_owned()
    } else {
        "pas assuré, l’invalidité non plus".to_owned()
    };
    [
        format!("Assuré\u{a0}: {}.", cover.in_words()),
        "Pas assuré\u{a0}: la perte d’emploi, les échéances déjà dues, les pénalités de la banque.".to_owned(),
        // Art. L132-7 C. ass. for the first.
        "Exclu\u{a0}: le suicide la première année (au-delà de 120\u{a0}000\u{a0}€ pour une résidence \
         principale), le fait intentionnel, l’ivresse au volant, la guerre."
            .to_owned(),
        format!("Arrêt de travail\u{a0}: {work}."),
        format!(
            "Prix\u{a0}: {} le premier mois, {} en tout.",
            euros(costs.first_month_cents),
            euros(costs.total_cents)
        ),
        // Art. L113-12-2 C. ass.
        "Résilier\u{a0}: à tout moment et sans frais, dès qu’un autre contrat accepté par votre banque le \
         remplace."
            .to_owned(),
        "Renoncer\u{a0}: dans les 30\u{a0}jours qui suivent la conclusion, tout vous est remboursé.".to_owned(),
        "Réclamation\u{a0}: à nous d’abord, puis à la Médiation de l’Assurance, gratuitement.".to_owned(),
    ]
}
