//! What is written to a payer and about them: links, the reference of the mandate, who asks; never an
//! account, an amount or a word of the loan.

use jiff::civil::Date;

use crate::kernel::french;
use crate::slices::messages::Letter;

fn letter(subject: &str, lines: Vec<String>, action: Option<(&str, String)>) -> Letter {
    Letter {
        subject: subject.to_owned(),
        paragraphs: lines,
        code: None,
        action: action.map(|(label, link)| (label.to_owned(), link)),
        short: subject.to_owned(),
    }
}

/// To the payer: the link.
pub(super) fn asked(by: &str, brand: &str, link: String, until: Date) -> Letter {
    letter(
        "Un mandat de prélèvement vous est demandé",
        vec![
            format!(
                "{by} vous demande d’autoriser {brand} à prélever sur votre compte les cotisations \
                 de son assurance de prêt."
            ),
            "Vous lisez le mandat, vous indiquez votre compte et vous signez avec un code. Vous \
             pouvez aussi refuser."
                .to_owned(),
            format!(
                "Le lien est pour vous seul. Il est valable jusqu’au {}. Il ne faut pas le \
                 transmettre.",
                french::day(until)
            ),
        ],
        Some(("Lire le mandat", link)),
    )
}

/// To the payer: they have given it.
pub(super) fn kept(rum: &str, company: &str, creditor: &str, phone: &str) -> Letter {
    letter(
        "Votre mandat de prélèvement est signé",
        vec![
            format!("Créancier\u{a0}: {company}. Identifiant du créancier (ICS)\u{a0}: {creditor}."),
            format!("Référence unique du mandat (RUM)\u{a0}: {rum}."),
            "Vous êtes prévenu avant chaque prélèvement. Votre banque rembourse un prélèvement sur \
             demande, pendant huit semaines."
                .to_owned(),
            format!(
                "Pour révoquer ce mandat, écrivez-nous ou appelez le {phone}. Rien n’est prélevé si \
                 le contrat n’est pas conclu."
            ),
        ],
        None,
    )
}

/// To the payer: they are not asked any more.
pub(super) fn released(rum: &str) -> Letter {
    letter(
        "Votre mandat de prélèvement ne sert plus",
        vec![format!("Le mandat {rum} est annulé\u{a0}: rien ne sera prélevé sur votre compte.")],
        None,
    )
}

/// To who asked: the mandate is there.
pub(super) fn given(name: &str, link: String) -> Letter {
    letter(
        "Le mandat de prélèvement est signé",
        vec![
            format!("{name} a signé le mandat. Son compte est enregistré."),
            "Si vous n’avez pas encore signé votre contrat, il vous attend.".to_owned(),
        ],
        Some(("Ouvrir mon dossier", link)),
    )
}

/// To who asked: the payer is somebody else, or does not want to.
pub(super) fn declined(name: &str, link: String) -> Letter {
    letter(
        "Le mandat de prélèvement est refusé",
        vec![
            format!(
                "La personne que vous avez indiquée, {name}, a répondu qu’elle ne donne pas ce mandat."
            ),
            "Vérifiez son adresse e-mail, ou indiquez un autre compte.".to_owned(),
        ],
        Some(("Ouvrir mon dossier", link)),
    )
}

/// To who asked: nobody is asked for the mandate any more. It names nobody.
pub(super) fn left(link: String) -> Letter {
    letter(
        "Le compte à prélever manque",
        vec![
            "La personne que vous aviez indiquée pour le prélèvement ne le donnera pas.".to_owned(),
            "Indiquez un autre compte pour terminer votre dossier.".to_owned(),
        ],
        Some(("Ouvrir mon dossier", link)),
    )
}
