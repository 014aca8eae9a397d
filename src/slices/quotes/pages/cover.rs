//! The guarantees in plain sentences, and until when each covers whom.

use super::words;
use crate::domain::guarantee::Guarantee;
use crate::kernel::calendar::{anniversary, completed_years};
use crate::kernel::french;
use crate::slices::quotes::wire::{GuaranteeResponse, OptionsRequest, QuoteResponse};

/// One guarantee of the quote.
#[derive(Clone, Debug)]
pub(super) struct Cover {
    guarantee: Guarantee,
    /// One line per person covered: who, and until when.
    pub(super) until: Vec<(String, String)>,
    /// What happens to the person, and what we then do.
    pub(super) promise: String,
}

impl Cover {
    /// The guarantees of the quote, in the order of the contract.
    pub(super) fn of(quote: &QuoteResponse) -> Vec<Self> {
        Guarantee::ALL.into_iter().filter_map(|guarantee| Self::one(quote, guarantee)).collect()
    }

    fn one(quote: &QuoteResponse, guarantee: Guarantee) -> Option<Self> {
        let insured = &quote.result.insured;
        let found: Vec<Option<&GuaranteeResponse>> = insured
            .iter()
            .map(|one| one.guarantees.iter().find(|found| found.code == guarantee))
            .collect();
        let benefit = found.iter().flatten().next()?.benefit.as_str();
        let until = found.iter().enumerate().map(|(place, found)| {
            let until = found.map_or("non couverte".to_owned(), |found| until(quote, place, found));
            (words::person(place, insured.len()), until)
        });
        let promise = promise(guarantee, &quote.request.options, benefit);
        Some(Self { guarantee, until: until.collect(), promise })
    }

    /// Its name, and the initials that the bank uses.
    pub(super) const fn name(&self) -> (&'static str, &'static str) {
        (self.guarantee.title(), self.guarantee.initials())
    }
}

/// What happens to the person where its name does not say it, then what we do, in the quote's own
/// words and amounts.
fn promise(guarantee: Guarantee, options: &OptionsRequest, benefit: &str) -> String {
    let situation = match guarantee {
        Guarantee::Ptia => {
            "Vous avez besoin de quelqu’un pour les gestes de tous les jours, pour toujours. "
        }
        Guarantee::Itt => return inability(options),
        Guarantee::Deces | Guarantee::Ipt | Guarantee::Ipp => "",
    };
    format!("{situation}{benefit}")
}

/// The inability to work has more to say: when we begin, when we end, and that a salary still paid
/// changes nothing.
fn inability(options: &OptionsRequest) -> String {
    let back = if options.mno {
        " Dos et troubles psychiques compris, sans condition d’hospitalisation."
    } else {
        ""
    };
    format!(
        "Un arrêt de travail vous empêche de travailler. Après {} jours d’arrêt, nous payons \
         la part assurée de vos mensualités, jusqu’à 7\u{202F}500\u{A0}€ par mois, pendant \
         1\u{202F}095 jours au plus (3\u{A0}ans), même si votre salaire est maintenu.{back}",
        options.franchise_days
    )
}

/// Until when, and why then: the last repayment, or a birthday before it.
pub(super) fn until(quote: &QuoteResponse, place: usize, found: &GuaranteeResponse) -> String {
    let end = found.end_date;
    let day = french::day(end);
    let birth = quote.request.insured.get(place).map(|person| person.birth_date);
    let birthday = birth.map(|birth| (birth, completed_years(birth, end)));
    match birthday {
        Some((birth, age))
            if end < quote.result.project.end_date && anniversary(birth, age) == end =>
        {
            format!("jusqu’au {day} ({age}e\u{A0}anniversaire)")
        }
        _ => format!("jusqu’au {day} (fin du prêt)"),
    }
}
