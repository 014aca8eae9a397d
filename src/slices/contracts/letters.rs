//! What people are told by message: links, never an amount, an account or a word of health. The letter before a
//! debit, which names an amount, is in `notices`.

use jiff::civil::Date;

use crate::kernel::french;
use crate::slices::messages::Letter;

fn letter(subject: &str, lines: &[String], action: Option<(&str, String)>) -> Letter {
    Letter {
        subject: subject.to_owned(),
        paragraphs: lines.to_vec(),
        code: None,
        action: action.map(|(label, link)| (label.to_owned(), link)),
        short: subject.to_owned(),
    }
}

/// It is signed.
pub(super) fn signed(number: &str, until: Date, link: String) -> Letter {
    letter(
        "Votre contrat est signé",
        &[
            format!("Votre contrat {number} est conclu. Vos documents sont dans votre espace."),
            format!("Vous pouvez y renoncer jusqu’au {}, sans motif ni frais.", french::day(until)),
        ],
        Some(("Ouvrir mes documents", link)),
    )
}

/// The lender has the demand.
pub(super) fn asked(received: Date, due: Date) -> Letter {
    letter(
        "Votre banque a reçu la demande",
        &[format!(
            "Votre banque a reçu la demande le {}. Elle doit répondre avant le {}.",
            french::day(received),
            french::day(due)
        )],
        None,
    )
}

/// The lender has not answered in time.
pub(super) fn late(due: Date) -> Letter {
    letter(
        "Votre banque n’a pas répondu",
        &[
            format!("Votre banque devait répondre avant le {}.", french::day(due)),
            "Relancez-la par écrit. Sans réponse, vous pouvez saisir l’ACPR ou la DDPP.".to_owned(),
        ],
        None,
    )
}

/// Cover has begun.
pub(super) fn in_force(number: &str, link: String) -> Letter {
    letter(
        "Votre assurance a commencé",
        &[format!("Votre contrat {number} est en vigueur.")],
        Some(("Ouvrir mon espace", link)),
    )
}

/// They renounced.
pub(super) fn withdrawn(number: &str) -> Letter {
    letter(
        "Votre renonciation est enregistrée",
        &[
            format!("Votre contrat {number} est annulé. Rien ne sera prélevé."),
            "Ce que vous avez payé vous est rendu sous 30 jours.".to_owned(),
        ],
        None,
    )
}

/// They want it to end.
pub(super) fn termination_asked(number: &str, wanted: Date) -> Letter {
    letter(
        "Votre demande de résiliation est reçue",
        &[
            format!("Vous demandez la fin du contrat {number} au {}.", french::day(wanted)),
            "Envoyez-nous l’accord de votre banque sur la nouvelle assurance\u{a0}: le contrat prend fin \
             10 jours après, ou à la date d’effet de la nouvelle assurance si elle est plus tardive."
                .to_owned(),
        ],
        None,
    )
}
