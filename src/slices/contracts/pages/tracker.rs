//! How far the lender of a contract is: in a line for cards, step by step for its page.

use jiff::civil::Date;

use crate::kernel::french;
use crate::platform::clock::date_in_paris;
use crate::slices::contracts::model::{BankRequest, Contract, Identified};

/// How far the lender of a contract is, in a line.
pub(super) fn standing(contract: &Contract, request: &BankRequest) -> String {
    let day = |date: Option<Date>| date.map(french::day).unwrap_or_default();
    match request.state.as_str() {
        "accepted" => format!("Accord donné le {}", day(request.answered_on)),
        "refused" => format!("Refus du {}", day(request.answered_on)),
        "late" => format!("En retard depuis le {}", day(request.answer_due)),
        "received" => format!("Réponse attendue au plus tard le {}", day(request.answer_due)),
        _ if request.is_sent_back() => "Il manque une pièce".to_owned(),
        "sent" => "Demande préparée".to_owned(),
        _ if contract.content.is_substitution => "Demande à préparer".to_owned(),
        _ => "Attestation à remettre".to_owned(),
    }
}

/// What happened and what is awaited, in order, with whether it is done.
pub(super) fn tracker(
    contract: &Contract,
    request: &BankRequest,
    today: Date,
) -> Vec<(String, bool)> {
    let day = |date: Option<Date>| date.map(french::day).unwrap_or_default();
    let mut steps = Vec::new();
    if contract.content.is_substitution {
        let line = match request.asked_at {
            Some(at) => format!("Demande préparée et datée du {}", french::day(date_in_paris(at))),
            None => "Demande à la banque préparée et datée".to_owned(),
        };
        steps.push((line, request.is_asked()));
        let received = request.received_on.is_some();
        let line = if received {
            format!("Reçue par la banque le {}", day(request.received_on))
        } else {
            "Reçue par la banque".to_owned()
        };
        steps.push((line, received));
        if received && !request.is_answered() {
            let due = day(request.answer_due);
            let line = format!("Réponse attendue au plus tard le {due}");
            steps.push((line, false));
        }
    } else {
        steps.push(("Attestation prête, à remettre à votre banque".to_owned(), true));
    }
    match request.state.as_str() {
        "accepted" => steps.push((format!("Acceptée le {}", day(request.answered_on)), true)),
        "refused" => {
            steps.push((format!("Refusée le {}", day(request.answered_on)), true));
            return steps;
        }
        "late" => steps.push(("La banque est en retard\u{a0}: relancez-la".to_owned(), false)),
        _ => steps.push(("Accord de la banque".to_owned(), false)),
    }
    let begins = request.cover_from(contract);
    let is_begun = request.state == "accepted"
        && begins <= today
        && contract.identity == Identified::Verified
        && contract.ended_at.is_none();
    steps.push((format!("Début de l’assurance le {}", french::day(begins)), is_begun));
    steps
}
