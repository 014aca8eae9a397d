//! The letter before a debit: the one letter that names an amount, because the scheme asks for it (SEPA Core
//! rulebook, *pre-notification*). Never an account. To another payer: nothing of the loan, of the contract or
//! of who is insured.

use jiff::civil::Date;

use crate::kernel::french;
use crate::kernel::money::Cents;
use crate::slices::documents::InsurerSettings;
use crate::slices::messages::Letter;

/// A debit that is coming.
#[derive(Clone, Debug)]
pub(super) struct Debit {
    pub(super) amount: Cents,
    /// Day of the schedule.
    pub(super) due_on: Date,
    /// Day of the debit: a TARGET day.
    pub(super) on: Date,
    /// How many premiums it pays.
    pub(super) premiums: u32,
    pub(super) rum: String,
    /// Whether nothing was announced under this contract before.
    pub(super) is_first: bool,
}

/// The letter. `own` is the number of the contract and the address of the customer's area, for who is insured;
/// another payer is not told of them.
pub(super) fn notice(
    insurer: &InsurerSettings,
    debit: &Debit,
    own: Option<(&str, String)>,
) -> Letter {
    let subject =
        if debit.is_first { "Votre premier prélèvement" } else { "Votre prochain prélèvement" };
    let reason = match &own {
        Some((number, _)) => format!("pour votre contrat {number}"),
        None => "selon le mandat que vous avez signé".to_owned(),
    };
    let mut paragraphs = vec![format!(
        "{} prélèvera {} sur votre compte le {}, {reason}.",
        insurer.company,
        french::euros(debit.amount),
        french::day(debit.on)
    )];
    if debit.premiums > 1 {
        paragraphs.push(format!(
            "Ce prélèvement réunit {} échéances\u{a0}: un montant trop faible n’est pas prélevé seul.",
            debit.premiums
        ));
    }
    if debit.on != debit.due_on {
        paragraphs.push(format!(
            "L’échéance est le {}. Les banques ne prélèvent pas ce jour-là\u{a0}: le prélèvement a lieu le \
             premier jour ouvré qui suit.",
            french::day(debit.due_on)
        ));
    }
    paragraphs.push(format!(
        "Identifiant du créancier (ICS)\u{a0}: {}. Référence unique du mandat (RUM)\u{a0}: {}.",
        insurer.creditor, debit.rum
    ));
    paragraphs.extend(rights(insurer));
    Letter {
        subject: subject.to_owned(),
        paragraphs,
        code: None,
        action: own.map(|(_, link)| ("Voir mon échéancier".to_owned(), link)),
        short: subject.to_owned(),
    }
}

/// How a debtor objects before the debit (art. L133-8 CMF) and is paid back after it (art. L133-24, L133-25-1
/// CMF).
fn rights(insurer: &InsurerSettings) -> [String; 2] {
    [
        format!(
            "Vous n’êtes pas d’accord avec ce montant ou cette date\u{202f}? Appelez le {}. Vous pouvez aussi \
             demander à votre banque de ne pas payer ce prélèvement, au plus tard à la fin du jour \
             ouvrable qui précède.",
            insurer.phone
        ),
        "Après le débit, votre banque vous rembourse à votre demande, sans motif, pendant huit semaines. \
         Vous avez treize mois pour un prélèvement que vous n’avez pas autorisé."
            .to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn insurer() -> InsurerSettings {
        InsurerSettings {
            company: "Assurly".to_owned(),
            address: "1 rue de la Paix, 75002 Paris".to_owned(),
            phone: "01\u{a0}23".to_owned(),
            siren: "000".to_owned(),
            approval: "ACPR".to_owned(),
            creditor: "FR72ZZZ123456".to_owned(),
            mediator: "CMAP".to_owned(),
        }
    }

    fn debit() -> Debit {
        Debit {
            amount: Cents::new(123_456),
            due_on: date(2027, 1, 10),
            on: date(2027, 1, 11),
            premiums: 1,
            rum: "ASL-2026-0000042-7-2".to_owned(),
            is_first: true,
        }
    }

    #[test]
    fn a_debtor_is_told_amount_day_creditor_mandate_and_rights() {
        let own = Some(("CT-2026-0000042-7", "https://assurly.fr/espace".to_owned()));
        let letter = notice(&insurer(), &debit(), own);
        let text = letter.paragraphs.join(" ").replace(['\u{a0}', '\u{202f}'], " ");
        for words in [
            "1 234,56 €",
            "le 11 janvier 2027",
            "L’échéance est le 10 janvier 2027",
            "CT-2026-0000042-7",
            "FR72ZZZ123456",
            "ASL-2026-0000042-7-2",
            "01 23",
            "huit semaines",
            "treize mois",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert_eq!(letter.subject, "Votre premier prélèvement");
        assert!(letter.action.is_some());
    }

    #[test]
    fn another_payer_is_told_nothing_of_the_loan() {
        let letter = notice(&insurer(), &Debit { is_first: false, ..debit() }, None);
        let text = letter.paragraphs.join(" ").to_lowercase();
        for hidden in ["contrat", "assurance", "prêt", "emprunt", "ct-2026", "santé"] {
            assert!(!text.contains(hidden), "{hidden}: {text}");
        }
        assert_eq!((letter.subject.as_str(), letter.action), ("Votre prochain prélèvement", None));
    }

    #[test]
    fn a_debit_of_several_premiums_says_so() {
        let said = |premiums: u32| {
            let debit = Debit { premiums, on: date(2027, 1, 10), ..debit() };
            notice(&insurer(), &debit, None).paragraphs.join(" ")
        };
        assert!(said(3).contains("réunit 3 échéances"), "{}", said(3));
        assert!(!said(1).contains("réunit"), "{}", said(1));
    }

    #[test]
    fn a_debit_on_its_day_has_no_other_day() {
        let letter = notice(&insurer(), &Debit { on: date(2027, 1, 10), ..debit() }, None);
        assert!(!letter.paragraphs.join(" ").contains("échéance"));
    }
}
