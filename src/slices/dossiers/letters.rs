//! What people are told by message. Never health, an amount, or why.

use super::receiving::SIGNATURE;
use crate::kernel::french;
use crate::platform::web::insurer::phone;
use crate::slices::messages::{Letter, Recipient};
use jiff::civil::Date;

/// A code. The last line lets a telephone fill it in on our pages only.
pub(super) fn code(code: &str, purpose: &str, origin: &str) -> Letter {
    let what = match purpose {
        SIGNATURE => "signer votre assurance de prêt",
        "mandate" => "signer le mandat de prélèvement",
        "number-email" | "number-sms" => "changer de numéro de mobile",
        _ => "continuer votre dossier d’assurance de prêt",
    };
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    let host = host.split(':').next().unwrap_or(host);
    let short =
        format!("{code} est votre code pour {what}. Ne le donnez à personne.\n@{host} #{code}");
    Letter {
        subject: "Votre code".to_owned(),
        paragraphs: vec![format!("Voici votre code pour {what}. Ne le donnez à personne.")],
        code: Some(code.to_owned()),
        action: None,
        short,
    }
}

/// The way back.
pub(super) fn resume(link: String, until: Date) -> Letter {
    let kept = format!("Votre dossier est gardé jusqu’au {}.", french::day(until));
    Letter {
        subject: "Reprendre votre dossier".to_owned(),
        paragraphs: vec![
            kept,
            "Nous vous demanderons un code, envoyé par SMS sur votre mobile.".to_owned(),
        ],
        code: None,
        action: Some(("Reprendre mon dossier".to_owned(), link)),
        short: "Reprenez votre dossier par le lien reçu par e-mail.".to_owned(),
    }
}

/// The number that signs is another one: told to the address, and to the number that it was.
pub(super) fn renumbered(mobile: &str) -> Letter {
    let masked = Recipient::Mobile(mobile.to_owned()).masked();
    let said =
        format!("Le mobile de votre dossier d’assurance de prêt est maintenant le {masked}.");
    let call = format!("Ce n’est pas vous\u{202f}? Appelez-nous au {}", phone());
    Letter {
        subject: "Votre numéro de mobile a changé".to_owned(),
        paragraphs: vec![
            said.clone(),
            "Les codes, et celui de la signature, partent à ce numéro.".to_owned(),
            format!("{call}, et ne signez rien."),
        ],
        code: None,
        action: None,
        short: format!("{said} {call}."),
    }
}

/// The other person is invited.
pub(super) fn invitation(by: &str, link: String, until: Date) -> Letter {
    let (until, by) = (french::day(until), short_name(by));
    let text = format!("{by} vous invite à remplir votre partie de l’assurance de prêt");
    Letter {
        subject: "Votre partie de l’assurance de prêt".to_owned(),
        paragraphs: vec![
            format!("{text}. Cela prend environ 4\u{a0}minutes."),
            format!("Le lien est valable jusqu’au {until}."),
        ],
        code: None,
        short: format!("{by} vous invite dans son assurance de prêt\u{a0}: {link}"),
        action: Some(("Remplir ma partie".to_owned(), link)),
    }
}

/// The invitation was frozen.
pub(super) fn frozen(link: String) -> Letter {
    Letter {
        subject: "Un lien de votre dossier a été bloqué".to_owned(),
        paragraphs: vec![
            "Le lien a été bloqué\u{a0}: vérifiez la date de naissance ou renvoyez un lien."
                .to_owned(),
        ],
        code: None,
        short: "Un lien de votre dossier d’assurance de prêt a été bloqué.".to_owned(),
        action: Some(("Ouvrir mon dossier".to_owned(), link)),
    }
}

/// Something is left to do.
pub(super) fn reminder(link: String, steps: &str, minutes: u32, until: Date) -> Letter {
    Letter {
        subject: "Votre dossier vous attend".to_owned(),
        paragraphs: vec![
            format!("Il vous reste {steps} (environ {minutes}\u{a0}minutes)."),
            format!("Votre dossier est gardé jusqu’au {}.", french::day(until)),
            "Vous ne recevrez pas d’autre rappel.".to_owned(),
        ],
        code: None,
        short: "Votre dossier d’assurance de prêt vous attend.".to_owned(),
        action: Some(("Reprendre mon dossier".to_owned(), link)),
    }
}

/// A name that leaves room for the link.
fn short_name(name: &str) -> String {
    name.chars().take(24).collect()
}

/// An answer about somebody's demand is there. Not which: that is read on the page, after the code.
pub(super) fn answer(link: String) -> Letter {
    Letter {
        subject: "Une réponse vous attend".to_owned(),
        paragraphs: vec![
            "Une réponse à votre demande d’assurance de prêt est dans votre dossier.".to_owned(),
            "Nous vous demanderons un code, envoyé par SMS sur votre mobile.".to_owned(),
        ],
        code: None,
        action: Some(("Lire la réponse".to_owned(), link)),
        short:
            "Une réponse à votre demande d’assurance de prêt est dans votre dossier. Le lien est \
            dans votre e-mail."
                .to_owned(),
    }
}

/// Documents are missing. Not which: that is read on the page, after the code.
pub(super) fn documents(link: String) -> Letter {
    Letter {
        subject: "Il manque des documents".to_owned(),
        paragraphs: vec![
            "Nous attendons des documents pour votre demande d’assurance de prêt. Votre dossier dit \
             lesquels."
                .to_owned(),
            "Nous vous demanderons un code, envoyé par SMS sur votre mobile.".to_owned(),
        ],
        code: None,
        action: Some(("Envoyer mes documents".to_owned(), link)),
        short: "Il manque des documents à votre demande d’assurance de prêt. Le lien pour les envoyer \
            est dans votre e-mail."
            .to_owned(),
    }
}

/// The questions can be answered again. Which ones is read on the page, after the code.
pub(super) fn returned(link: String) -> Letter {
    Letter {
        subject: "Vous pouvez continuer votre dossier".to_owned(),
        paragraphs: vec![
            "Notre questionnaire ne répondait plus quand vous avez voulu le remplir. Il est de nouveau \
             disponible."
                .to_owned(),
            "Ce que vous avez enregistré est gardé. Nous vous demanderons un code, envoyé par SMS sur votre \
             mobile."
                .to_owned(),
        ],
        code: None,
        action: Some(("Continuer mon dossier".to_owned(), link)),
        short: "Vous pouvez continuer votre dossier d’assurance de prêt. Le lien est dans votre e-mail."
            .to_owned(),
    }
}

/// Somebody may ask again. Why they had to wait is not in it.
pub(super) fn recall(link: String) -> Letter {
    Letter {
        subject: "Vous pouvez reprendre votre demande".to_owned(),
        paragraphs: vec![
            "Le délai de votre demande d’assurance de prêt est passé. Vous pouvez la reprendre.".to_owned(),
            "Nous vous demanderons un code, envoyé par SMS sur votre mobile.".to_owned(),
        ],
        code: None,
        action: Some(("Reprendre ma demande".to_owned(), link)),
        short: "Vous pouvez reprendre votre demande d’assurance de prêt. Le lien est dans votre e-mail."
            .to_owned(),
    }
}

/// A lender refused, and other guarantees can be chosen.
pub(super) fn amends(contract: &str, link: String) -> Letter {
    Letter {
        subject: "D’autres garanties pour votre assurance de prêt".to_owned(),
        paragraphs: vec![
            format!(
                "La banque a refusé le contrat {contract}. Un nouveau dossier reprend vos réponses, sauf \
                 celles sur la santé."
            ),
            "Rien ne change tant que le nouveau contrat n’est pas signé.".to_owned(),
            "Nous vous demanderons un code, envoyé par SMS sur votre mobile.".to_owned(),
        ],
        code: None,
        action: Some(("Ouvrir le nouveau dossier".to_owned(), link)),
        short: "Un nouveau dossier est ouvert pour votre assurance de prêt. Le lien est dans votre e-mail."
            .to_owned(),
    }
}

/// Answers that are too old to sign on are asked for again. Which ones is read on the page, after the code.
pub(super) fn again(link: String) -> Letter {
    Letter {
        subject: "Des réponses à donner de nouveau".to_owned(),
        paragraphs: vec![
            "Des réponses de votre dossier d’assurance de prêt ont plus de six mois. Nous vous les demandons de \
             nouveau avant la signature."
                .to_owned(),
            "Nous vous demanderons un code, envoyé par SMS sur votre mobile.".to_owned(),
        ],
        code: None,
        action: Some(("Continuer mon dossier".to_owned(), link)),
        short: "Des réponses de votre dossier d’assurance de prêt sont à donner de nouveau. Le lien est dans \
                votre e-mail."
            .to_owned(),
    }
}

/// The documents changed while they were being signed.
pub(super) fn anew(link: String) -> Letter {
    Letter {
        subject: "Des documents à signer de nouveau".to_owned(),
        paragraphs: vec![
            "Les documents de votre assurance de prêt ont changé avant que tout le monde ait signé. Ce qui \
             était signé ne compte plus."
                .to_owned(),
            "Relisez les nouveaux documents, puis signez-les.".to_owned(),
        ],
        code: None,
        action: Some(("Relire et signer".to_owned(), link)),
        short: "Les documents de votre assurance de prêt ont changé\u{a0}: il faut les signer de nouveau.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_number_says_whom_to_call_in_one_sms() {
        for mobile in ["+33612345678", "+447911123456"] {
            let letter = renumbered(mobile);
            let called = format!("Appelez-nous au {}", phone());
            assert!(letter.short.ends_with(&format!("{called}.")), "{}", letter.short);
            assert!(letter.short.chars().count() <= 160, "{}", letter.short);
            assert!(letter.paragraphs.iter().any(|one| one.contains(&called)));
        }
    }
}
