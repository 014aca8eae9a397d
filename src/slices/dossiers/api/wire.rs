//! The documents of dossiers, as programs read and write them. Nothing about anybody's health is in a
//! dossier's document but how far its reader's own step is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::model::{Dossier, Health, Insured};
use super::super::progress;
use crate::domain::dossier::{Act, Role, acts};
use crate::domain::person::{Occupation, Sport, WorkHazard};
use crate::slices::quotes::QuoteId;
use crate::slices::quotes::wire::LoanRequest;

/// A dossier to be begun.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BeginRequest {
    /// Identifier of the quote, `quo_…`: yours, or one that nobody owns.
    pub(super) quote: String,
    /// Where you are written to.
    #[schema(example = "camille@exemple.fr")]
    pub(super) email: String,
    /// The mobile number that codes are sent to.
    #[schema(example = "+33612345678")]
    pub(super) mobile: String,
    /// You answer for the second person too, who sits beside you; never about their health.
    #[serde(default)]
    pub(super) together: bool,
}

/// Who somebody is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct IdentityRequest {
    /// First name.
    pub(super) given_name: String,
    /// Name at birth (*nom de naissance*).
    pub(super) family_name: String,
    /// Name in use, when it is another (*nom d’usage*).
    #[serde(default)]
    pub(super) usage_name: Option<String>,
    /// Town and country of birth.
    #[schema(example = "Lille, France")]
    pub(super) birth_place: String,
}

/// Where somebody lives.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AddressRequest {
    /// Number and street.
    pub(super) street: String,
    /// Floor, building.
    #[serde(default)]
    pub(super) complement: Option<String>,
    /// Postal code.
    pub(super) postcode: String,
    /// Town.
    pub(super) city: String,
    /// Country, ISO 3166-1 alpha-2.
    #[schema(example = "FR")]
    pub(super) country: String,
}

/// What somebody does, at work and beside. Every field is a declaration: an empty list says «none».
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WorkRequest {
    /// Professional status.
    pub(super) occupation: Occupation,
    /// Dangerous sides of the job.
    pub(super) hazards: Vec<WorkHazard>,
    /// Heavy loads, heavy manual work.
    pub(super) heavy_loads: bool,
    /// More than 20 000 km a year for the job.
    pub(super) on_the_road: bool,
    /// Sports with a risk of their own.
    pub(super) sports: Vec<Sport>,
    /// Insured share of your other running home loans, all lenders together.
    pub(super) other_insured_cents: i64,
}

/// What the quote does not know of the loan.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LenderLoanRequest {
    /// Name of the bank.
    pub(super) lender: String,
    /// What the loan is for.
    #[schema(example = "residence_principale")]
    pub(super) purpose: String,
    /// Month of the first instalment, `YYYY-MM`.
    #[schema(example = "2027-01")]
    pub(super) first_instalment: String,
}

/// The loans to insure.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LoansRequest {
    /// All of them, 1 to 6, as in a quote. A loan keeps its files by its `ref`.
    pub(super) loans: Vec<LoanRequest>,
}

/// Shares and the waiting period.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GuaranteesRequest {
    /// Share of the loan of each person (*quotité*), in the order of the quote, in percent.
    pub(super) shares: Vec<u32>,
    /// Days before the first payment (*franchise*): 30, 60 or 90.
    pub(super) waiting_days: u32,
}

/// The short declaration of one person, with the consent that it needs.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeclarationRequest {
    /// Version of the text that the person consented to, word for word, before they answered.
    #[schema(example = "sante-2026-11")]
    pub(super) consent: String,
    /// Height.
    pub(super) height_cm: u32,
    /// Weight.
    pub(super) weight_kg: u32,
    /// Each question by its code, and the answer.
    pub(super) answers: BTreeMap<String, bool>,
}

/// How far one's own health step is.
#[derive(Serialize, ToSchema)]
pub(super) struct HealthDocument {
    /// `none` (the law protects you), `asked`, `answered`, `questionnaire` (more questions follow).
    pub(super) state: &'static str,
    /// Version of the text to consent to.
    pub(super) consent: &'static str,
    /// Whether you consented.
    pub(super) consented: bool,
    /// The questions that are asked; empty when none is.
    pub(super) questions: Vec<QuestionDocument>,
}

/// One question.
#[derive(Serialize, ToSchema)]
pub(super) struct QuestionDocument {
    /// Code.
    pub(super) code: &'static str,
    /// Words.
    pub(super) text: &'static str,
}

/// A declaration as the medical officer reads it.
#[derive(Serialize, ToSchema)]
pub(super) struct DeclarationDocument {
    /// Height.
    pub(super) height_cm: Option<u16>,
    /// Weight.
    pub(super) weight_kg: Option<u16>,
    /// Codes of the questions answered by yes.
    pub(super) yes: Vec<String>,
    /// Fingerprint of these answers as they were sent: that of the proof of signature, when they are what was signed.
    pub(super) fingerprint: Option<String>,
}

/// A page of dossiers, the latest first.
#[derive(Serialize, ToSchema)]
pub(super) struct DossierList {
    /// The dossiers.
    pub(super) dossiers: Vec<DossierDocument>,
    /// What to give as `after` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

/// A dossier.
#[derive(Serialize, ToSchema)]
pub(super) struct DossierDocument {
    /// Identifier, `dos_…`.
    id: String,
    /// The number for people.
    #[schema(example = "DO-2026-0000042-7")]
    number: String,
    /// Grows with every write; also the `ETag`, to give back as `If-Match`.
    version: u32,
    /// Where it stands.
    #[schema(example = "application")]
    state: &'static str,
    /// Identifier of the frozen quote that it stands on now.
    quote: String,
    /// When it was begun.
    created_at: String,
    /// Until when the offer may be signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    offered_until: Option<String>,
    /// Name of the bank.
    #[serde(skip_serializing_if = "Option::is_none")]
    lender: Option<String>,
    /// The persons, in the order of the quote.
    insured: Vec<InsuredDocument>,
    /// What you may do to it now, by the table of transitions.
    allowed: Vec<&'static str>,
    /// What comes next, and where it all is.
    links: Vec<Link>,
}

/// A person of a dossier.
#[derive(Serialize, ToSchema)]
pub(super) struct InsuredDocument {
    /// From 1, as in the quote.
    place: u8,
    /// Whether names, address and work are given.
    is_described: bool,
    /// The person's own answers; absent from what somebody else reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<PersonDocument>,
    /// `P1`, `P2` or `P3`; absent from what somebody else reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// How far health is; absent from what somebody else reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    health: Option<&'static str>,
}

/// Who somebody is and where they live.
#[derive(Serialize, ToSchema)]
pub(super) struct PersonDocument {
    given_name: Option<String>,
    family_name: Option<String>,
    usage_name: Option<String>,
    birth_place: Option<String>,
    street: Option<String>,
    complement: Option<String>,
    postcode: Option<String>,
    city: Option<String>,
    country: Option<String>,
    email: Option<String>,
}

/// Somewhere to go on.
#[derive(Serialize, ToSchema)]
pub(super) struct Link {
    /// What it is: `self`, `quote`, `next`, `contract`.
    rel: &'static str,
    /// How to ask.
    method: &'static str,
    /// Where.
    href: String,
}

/// What was decided for the reader.
#[derive(Serialize, ToSchema)]
pub(super) struct DecisionDocument {
    /// Place of the person.
    pub(super) place: u8,
    /// What was decided; absent while nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) decision: Option<&'static str>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) decided_at: Option<String>,
}

/// Who reads a dossier's document.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Eyes {
    /// The customer whose account it is.
    Owner,
    /// One of our staff: names and addresses, nothing that tells of anybody's health.
    Staff,
}

impl DossierDocument {
    pub(super) fn of(dossier: &Dossier, eyes: Eyes) -> Self {
        Self {
            id: dossier.id.to_string(),
            number: dossier.number(),
            version: dossier.version,
            state: dossier.state.code(),
            quote: QuoteId::from_uuid(dossier.quote_id).to_string(),
            created_at: dossier.created_at.to_string(),
            offered_until: dossier.offered_until.map(|at| at.to_string()),
            lender: dossier.answers.lender.clone(),
            insured: dossier.insured.iter().map(|one| insured(dossier, one, eyes)).collect(),
            allowed: match eyes {
                Eyes::Owner => acts(dossier.state, Role::Customer).map(Act::code).collect(),
                Eyes::Staff => Vec::new(),
            },
            links: links(dossier, eyes),
        }
    }
}

fn insured(dossier: &Dossier, one: &Insured, eyes: Eyes) -> InsuredDocument {
    let is_own = eyes == Eyes::Owner && one.place == 1;
    let sits_beside = dossier.answers.together && one.mobile_proven_at.is_none();
    let is_shown = is_own || eyes == Eyes::Staff || sits_beside;
    InsuredDocument {
        place: one.place,
        is_described: one.is_described(),
        person: is_shown.then(|| person(one)),
        path: is_own.then(|| one.path.clone()),
        health: is_own.then(|| one.health.code()),
    }
}

fn person(one: &Insured) -> PersonDocument {
    let it = one.person.clone();
    PersonDocument {
        given_name: it.given_name,
        family_name: it.family_name,
        usage_name: it.usage_name,
        birth_place: it.birth_place,
        street: it.street,
        complement: it.complement,
        postcode: it.postcode,
        city: it.city,
        country: it.country,
        email: one.email.clone(),
    }
}

fn links(dossier: &Dossier, eyes: Eyes) -> Vec<Link> {
    let base = format!("/v1/dossiers/{}", dossier.id);
    let quote = QuoteId::from_uuid(dossier.quote_id);
    let mut links = vec![
        Link { rel: "self", method: "GET", href: base.clone() },
        Link { rel: "quote", method: "GET", href: format!("/v1/quotes/{quote}") },
    ];
    if eyes == Eyes::Staff {
        return links;
    }
    if dossier.state.is_signed() {
        links.push(Link { rel: "contract", method: "GET", href: "/v1/contracts".to_owned() });
    } else {
        links.push(next(dossier, &base));
    }
    links
}

/// Where the customer goes on: an operation, or the page of what only a page can do.
fn next(dossier: &Dossier, base: &str) -> Link {
    use progress::Task;
    let (method, path) = match progress::next(dossier, 1) {
        Task::Identity(place) => ("PUT", format!("insured/{place}/identity")),
        Task::Address(place) => ("PUT", format!("insured/{place}/address")),
        Task::Work(place) => ("PUT", format!("insured/{place}/work")),
        Task::Loan if dossier.answers.without_loan => ("PUT", "loans".to_owned()),
        Task::Loan => ("PUT", "loan".to_owned()),
        Task::Guarantees => ("PUT", "guarantees".to_owned()),
        Task::Health(_) => ("PUT", "health".to_owned()),
        Task::Recap if dossier.answers.documents_received_at.is_none() => {
            ("POST", "documents-received".to_owned())
        }
        Task::Recap | Task::Signature => ("PUT", "mandate".to_owned()),
        Task::Invitation => ("PUT", "invitation".to_owned()),
    };
    // More questions follow: on the pages of the questionnaire.
    let is_studied = dossier
        .at(1)
        .is_some_and(|one| one.health == Health::Questionnaire && one.decision.is_none());
    if is_studied && path == "documents-received" {
        return Link { rel: "next", method: "GET", href: format!("/d/{}/a1/decision", dossier.id) };
    }
    Link { rel: "next", method, href: format!("{base}/{path}") }
}
