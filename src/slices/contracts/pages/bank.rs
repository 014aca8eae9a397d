//! Page 11: the lender is told, and its answer is followed.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;

use super::frame::{Answer, Frame, sheets, unkept};
use crate::kernel::french;
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet;
use crate::slices::contracts::core::Contracts;
use crate::slices::contracts::form;
use crate::slices::contracts::model::{BankRequest, Contract, Identified};
use crate::slices::dossiers::pages::{Guest, Stop, guest};

#[derive(Template)]
#[template(path = "contracts/bank.html")]
struct BankPage {
    frame: Frame,
    contract: Contract,
    request: BankRequest,
    /// What happened and what is awaited, in order, with whether it is done.
    tracker: Vec<(String, bool)>,
    /// When we sent the demand, if we did.
    sent: String,
}

sheets!(BankPage);

impl BankPage {
    fn is_asked(&self) -> bool {
        self.request.state != "draft"
    }

    fn is_answered(&self) -> bool {
        matches!(self.request.state.as_str(), "accepted" | "refused")
    }

    /// Whether the demand can leave from here: the customer gave an e-mail address, and nobody has answered.
    fn can_be_sent(&self) -> bool {
        let waits = self.is_asked() && !self.is_answered() && self.sent.is_empty();
        waits && !self.is_new_loan() && self.request.email().is_some()
    }

    /// Whether it is known who pays, before which nothing leaves.
    fn is_vouched(&self) -> bool {
        self.contract.identity == Identified::Verified
    }

    fn is_new_loan(&self) -> bool {
        !self.contract.content.is_substitution
    }
}

/// The contract of this guest's dossier; `None` before the signature.
async fn found(contracts: &Contracts, guest: &Guest) -> Result<Option<Contract>, Stop> {
    Ok(contracts.of_dossier(guest.visit.dossier).await?)
}

fn to(guest: &Guest, path: &str) -> Response {
    Redirect::to(&format!("/d/{}/{path}", guest.visit.dossier)).into_response()
}

fn tracker(contract: &Contract, request: &BankRequest) -> Vec<(String, bool)> {
    let day = |date: Option<Date>| date.map(french::day).unwrap_or_default();
    let mut steps = Vec::new();
    if contract.content.is_substitution {
        let asked = request.state != "draft";
        steps.push(("Demande à la banque préparée et datée".to_owned(), asked));
        let received = request.received_on.is_some();
        let line = if received {
            format!("Reçue par la banque le {}", day(request.received_on))
        } else {
            "Reçue par la banque".to_owned()
        };
        steps.push((line, received));
        if received {
            let due = day(request.answer_due);
            steps
                .push((format!("Réponse attendue au plus tard le {due}"), request.state == "late"));
        }
    } else {
        steps.push(("Attestation prête, à remettre à votre banque".to_owned(), true));
    }
    match request.state.as_str() {
        "accepted" => steps.push((format!("Acceptée le {}", day(request.answered_on)), true)),
        "refused" => steps.push((format!("Refusée le {}", day(request.answered_on)), true)),
        "late" => steps.push(("La banque est en retard\u{a0}: relancez-la".to_owned(), false)),
        _ => steps.push(("Accord de la banque".to_owned(), false)),
    }
    let begins = request.effect_on.max(contract.effect_on);
    steps.push((format!("Début de l’assurance le {}", french::day(begins)), false));
    steps
}

async fn page(
    contracts: &Contracts,
    guest: &Guest,
    contract: Contract,
    mut form: Form,
) -> Result<BankPage, Stop> {
    let request = contracts.bank(&contract).await?;
    if !form.has("effet_j") && !form.has("agence") {
        let day = request.effect_on;
        form.set("effet_j", day.day().to_string());
        form.set("effet_m", day.month().to_string());
        form.set("effet_a", day.year().to_string());
    }
    let sent = contracts.bank_link(&contract).await?;
    let sent = sent.and_then(|link| french::day_of_moment(&link.sent_at.to_string()));
    Ok(BankPage {
        tracker: tracker(&contract, &request),
        sent: sent.unwrap_or_default(),
        frame: Frame::new(guest, "Prévenir votre banque", 0, "fin", form),
        contract,
        request,
    })
}

pub(super) async fn show(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let guest = guest(&contracts.core.dossiers, &headers, &id).await?;
    match found(&contracts, &guest).await? {
        Some(contract) => Ok(unkept(page(&contracts, &guest, contract, Form::default()).await?)),
        None => Ok(to(&guest, "signature")),
    }
}

/// «Préparer la demande».
pub(super) async fn ask(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    headers: HeaderMap,
    mut form: Form,
) -> Answer {
    let guest = guest(&contracts.core.dossiers, &headers, &id).await?;
    guest.check(&contracts.core.dossiers, &headers, &form)?;
    let Some(contract) = found(&contracts, &guest).await? else {
        return Ok(to(&guest, "signature"));
    };
    let Some(demand) = form::demand(&mut form, (contracts.today(), contract.effect_on)) else {
        return Ok(unkept(page(&contracts, &guest, contract, form).await?));
    };
    contracts.ask_bank(&contract, demand, guest.visit.insured).await?;
    Ok(to(&guest, "banque"))
}

/// «Envoyer pour moi».
pub(super) async fn send(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let guest = guest(&contracts.core.dossiers, &headers, &id).await?;
    guest.check(&contracts.core.dossiers, &headers, &form)?;
    let Some(contract) = found(&contracts, &guest).await? else {
        return Ok(to(&guest, "signature"));
    };
    contracts.send_to_bank(&contract, guest.visit.insured).await?;
    Ok(to(&guest, "banque"))
}

/// What the lender did, as the customer says it.
pub(super) async fn answer(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    headers: HeaderMap,
    mut form: Form,
) -> Answer {
    let guest = guest(&contracts.core.dossiers, &headers, &id).await?;
    guest.check(&contracts.core.dossiers, &headers, &form)?;
    let Some(contract) = found(&contracts, &guest).await? else {
        return Ok(to(&guest, "signature"));
    };
    let Some(said) = form::answer(&mut form, contracts.today()) else {
        return Ok(unkept(page(&contracts, &guest, contract, form).await?));
    };
    contracts.answered(&contract, said, Some(guest.visit.insured)).await?;
    Ok(to(&guest, "banque"))
}
