//! What programs say and read of the lender of a contract.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::slices::contracts::model::{BankRequest, Contract};
use crate::slices::contracts::sending::BankLink;

/// What is asked of the lender, for an insurance that is replaced.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SubstitutionRequest {
    /// Where the lender is written to, a postal address or an e-mail; 200 characters at most.
    pub(super) agency: String,
    /// Number of the loan, 40 characters at most.
    pub(super) loan_number: String,
    /// Number of the insurance that is replaced.
    #[serde(default)]
    pub(super) old_contract: Option<String>,
    /// Day on which the new insurance takes over, after today.
    #[schema(example = "2027-03-01")]
    pub(super) effect_on: String,
}

/// What the lender did.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswerRequest {
    /// What it did.
    pub(super) answer: Said,
    /// The day on which it did; today when absent. Not to come, and not before the demand.
    #[serde(default)]
    #[schema(example = "2026-11-24")]
    pub(super) on: Option<String>,
    /// Why, if it refuses: `CCSF_01` to `CCSF_18`, `PE_1` to `PE_8`, `QUOTITE`, `DOSSIER_INCOMPLET` (no refusal: the
    /// ten days do not begin) or `OTHER`, which is meant when it is absent.
    #[serde(default)]
    #[schema(example = "CCSF_11")]
    pub(super) reason_code: Option<String>,
    /// What it writes, if it refuses; needed for `DOSSIER_INCOMPLET` and `OTHER`, 200 characters at most.
    #[serde(default)]
    pub(super) reason: Option<String>,
}

/// What a lender does.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Said {
    /// It has the demand: its ten business days begin (art. L313-31 C. conso.).
    Received,
    /// It accepts.
    Accepted,
    /// It refuses.
    Refused,
    /// It has not refused: that was said by mistake, and its days go on. `on` is not read.
    NotRefused,
}

/// How far the lender is.
#[derive(Serialize, ToSchema)]
pub(super) struct LenderDocument {
    /// `draft` (nothing is dated), `sent`, `received`, `late`, `accepted` or `refused`.
    state: String,
    /// An insurance is replaced; else the loan is new, and the certificate is all that the lender needs.
    is_substitution: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    agency: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    loan_number: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    old_contract: String,
    /// Day on which the insurance begins, or takes over.
    effect_on: String,
    /// When the lender had the demand.
    #[serde(skip_serializing_if = "Option::is_none")]
    received_on: Option<String>,
    /// Last day for its answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer_due: Option<String>,
    /// When it answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    answered_on: Option<String>,
    /// Why it refused, or sent the demand back.
    #[serde(skip_serializing_if = "String::is_empty")]
    reason_code: String,
    /// The same in its words.
    #[serde(skip_serializing_if = "String::is_empty")]
    reason: String,
    /// When the demand was dated.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_at: Option<String>,
    /// The letter to hand over, once the demand is dated.
    #[serde(skip_serializing_if = "Option::is_none")]
    letter: Option<String>,
    /// When we sent the demand to the agency by e-mail, if we did.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered_at: Option<String>,
    /// After a refusal: where other guarantees are asked for (POST).
    #[serde(skip_serializing_if = "Option::is_none")]
    amendment: Option<String>,
}

/// The dossier in which other guarantees are chosen.
#[derive(Serialize, ToSchema)]
pub(super) struct AmendmentDocument {
    /// Identifier, `dos_…`.
    #[schema(example = "dos_01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    pub(super) dossier: String,
    /// Its address.
    pub(super) href: String,
    /// Where the guarantees are said (PUT), the first thing that is left to do.
    pub(super) next: String,
}

impl LenderDocument {
    pub(super) fn of(contract: &Contract, request: BankRequest, link: Option<BankLink>) -> Self {
        let is_substitution = contract.content.is_substitution;
        let is_dated = is_substitution && request.state != "draft";
        let text = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
        Self {
            letter: is_dated
                .then(|| format!("/v1/contracts/{}/documents/lettre_banque", contract.id)),
            amendment: (request.is_refused() && contract.ended_at.is_none())
                .then(|| format!("/v1/contracts/{}/lender/amendment", contract.id)),
            is_substitution,
            state: request.state,
            agency: request.agency,
            loan_number: request.loan_number,
            old_contract: request.old_contract,
            effect_on: request.effect_on.to_string(),
            received_on: text(request.received_on),
            answer_due: text(request.answer_due),
            answered_on: text(request.answered_on),
            reason_code: request.reason_code,
            reason: request.reason,
            asked_at: request.asked_at.map(|at| at.to_string()),
            delivered_at: link.map(|link| link.sent_at.to_string()),
        }
    }
}
