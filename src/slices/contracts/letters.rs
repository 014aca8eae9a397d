//! What people, and a lender, are told by message: links, never an amount, an account or a word of health. The demand
//! to a lender alone names who is insured and the loan. The letter before a debit, which names an amount, is in
//! `notices`.

use jiff::Timestamp;
use jiff::civil::Date;

use super::leaving::REPAID;
use super::model::{BankRequest, Contract};
use crate::kernel::french;
use crate::slices::documents::InsurerSettings;
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

/// The documents are there, and the other person has signed.
pub(super) fn to_sign(link: Option<String>) -> Letter {
    let way = if link.is_some() {
        "Nous vous demanderons un code, envoyé par SMS sur votre mobile."
    } else {
        "Ouvrez le lien de votre invitation\u{a0}: il vous y mène."
    };
    letter(
        "Vous pouvez signer",
        &[
            "Les documents de votre assurance de prêt sont prêts, et l’autre personne a signé."
                .to_owned(),
            way.to_owned(),
        ],
        link.map(|link| ("Signer", link)),
    )
}

/// It is signed. Only who subscribed may renounce, for both.
pub(super) fn signed(number: &str, until: Date, is_holder: bool, link: String) -> Letter {
    let who = if is_holder {
        "Vous pouvez y renoncer"
    } else {
        "La personne qui a commencé le dossier peut y renoncer, pour vous deux,"
    };
    let mut lines = vec![
        format!("Votre contrat {number} est conclu. Vos documents sont dans votre espace."),
        format!("{who} jusqu’au {}, sans motif ni frais.", french::day(until)),
    ];
    if link.ends_with("/espace") {
        // Their account may be one that was made for their address, without a password.
        let line = "Pas encore de mot de passe\u{202f}? Sur la page de connexion, «\u{a0}Mot de passe \
             oublié\u{a0}» vous envoie un lien pour en choisir un.";
        lines.push(line.to_owned());
    }
    letter("Votre contrat est signé", &lines, Some(("Ouvrir mes documents", link)))
}

/// A lender refused it, and another one was signed. Why is for who subscribed, who followed the lender; the others are
/// told which contract holds, and no more.
pub(super) fn replaced(old: &str, new: &str, is_holder: bool) -> Letter {
    let why = if is_holder { ", que la banque a refusé" } else { "" };
    let lines = [
        format!("Le contrat {new} remplace le contrat {old}{why}."),
        format!("Le contrat {old} n’a jamais commencé\u{a0}: rien n’est prélevé pour lui."),
    ];
    letter("Un contrat est remplacé", &lines, None)
}

/// To the lender: the demand, by a link to its papers.
pub(super) fn demanded(
    contract: &Contract,
    request: &BankRequest,
    link: String,
    until: Timestamp,
) -> Letter {
    let persons: Vec<_> = contract.content.persons.iter().map(|one| &*one.name).collect();
    let until = french::day_of_moment(&until.to_string()).unwrap_or_default();
    let asks = if persons.len() > 1 { "demandent" } else { "demande" };
    letter(
        "Demande de substitution d’assurance emprunteur",
        &[
            format!(
                "Prêt n°\u{a0}{}\u{a0}: {} vous {asks}, par notre intermédiaire, d’accepter le contrat \
                 {} à la place de l’assurance actuelle, à partir du {}.",
                request.loan_number,
                french::together(&persons),
                contract.number,
                french::day(request.effect_on)
            ),
            "Le lien ouvre la lettre, l’attestation et la notice, et vous permet d’en accuser réception. Vous \
             avez 10\u{a0}jours ouvrés pour répondre à la personne qui emprunte (article L313-31 du \
             Code de la consommation)."
                .to_owned(),
            format!("Ce lien s’ouvre jusqu’au {until}."),
        ],
        Some(("Ouvrir la demande", link)),
    )
}

/// The lender has the demand.
pub(super) fn asked(received: Date, due: Date, link: String) -> Letter {
    letter(
        "Votre banque a reçu la demande",
        &[format!(
            "Votre banque a reçu la demande le {}. Elle doit répondre au plus tard le {}.",
            french::day(received),
            french::day(due)
        )],
        Some(("Suivre ma demande", link)),
    )
}

/// The lender has not answered in time.
pub(super) fn late(due: Date, link: String) -> Letter {
    letter(
        "Votre banque n’a pas répondu",
        &[
            format!("Votre banque devait répondre au plus tard le {}.", french::day(due)),
            "Relancez-la par écrit. Sans réponse, vous pouvez saisir l’ACPR ou la DDPP.".to_owned(),
        ],
        Some(("Suivre ma demande", link)),
    )
}

/// It could not be verified who pays.
pub(super) fn not_vouched(number: &str, phone: &str) -> Letter {
    letter(
        "Nous n’avons pas pu vérifier une identité",
        &[
            format!(
                "Nous n’avons pas pu vérifier l’identité de la personne qui paie votre contrat \
                 {number}. La loi nous le demande avant le début de l’assurance, qui ne commence \
                 donc pas encore."
            ),
            format!(
                "Gardez votre assurance actuelle, et appelez-nous au {phone}\u{a0}: nous verrons \
                 ensemble ce qui manque."
            ),
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
pub(super) fn termination_asked(
    (number, wanted, reason): (&str, Date, &str),
    insurer: &InsurerSettings,
) -> Letter {
    let InsurerSettings { company, address, phone, .. } = insurer;
    letter(
        "Votre demande de résiliation est reçue",
        &[
            format!("Vous demandez la fin du contrat {number} au {}.", french::day(wanted)),
            needed(reason).to_owned(),
            format!("Écrivez-nous\u{a0}: {company}, {address}. Téléphone\u{a0}: {phone}."),
        ],
        None,
    )
}

/// What we still need to end a contract for this reason.
pub(super) fn needed(reason: &str) -> &'static str {
    if reason == REPAID {
        return "Envoyez-nous le document de votre banque qui dit que le prêt est remboursé\u{a0}: il n’y a \
            plus rien à assurer à partir de ce jour.";
    }
    "Envoyez-nous l’accord de votre banque sur la nouvelle assurance\u{a0}: le contrat prend fin 10\u{a0}jours \
     après, ou à la date d’effet de la nouvelle assurance si elle est plus tardive."
}
