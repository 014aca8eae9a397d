//! The documents of the contract with the engine (`docs/reflex.md`), read strictly where a decision
//! hangs on it: an outcome, a guarantee or a state that nobody knows is an error, never a guess.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::domain::guarantee::Guarantee;
use crate::domain::underwriting::{GuaranteeOutcome, Outcome};
use crate::slices::underwriting::engine::{
    CODES, EngineDecision, EngineError, EngineReview, EngineState,
};
use crate::slices::underwriting::model::{Declared, Facts};

/// The product's name at the engine.
const PRODUCT: &str = "assurly-emprunteur";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Open<'a> {
    external_ref: &'a str,
    product: &'static str,
    locale: &'static str,
    insured: InsuredRef,
    facts: OpenFacts,
    guarantees: Vec<&'static str>,
}

#[derive(Serialize)]
struct InsuredRef {
    r#ref: &'static str,
}

#[derive(Serialize)]
struct OpenFacts {
    age: u8,
    capital: u32,
    duree_mois: u16,
    sante_autorisee: bool,
}

impl<'a> Open<'a> {
    pub(super) fn of(external_ref: &'a str, facts: &Facts) -> Self {
        Self {
            external_ref,
            product: PRODUCT,
            locale: "fr-FR",
            insured: InsuredRef { r#ref: "1" },
            facts: OpenFacts {
                age: facts.age,
                capital: facts.capital_euros,
                duree_mois: facts.months,
                // A session is opened on path P3 alone (`sessions`): elsewhere nothing may be asked.
                sante_autorisee: true,
            },
            guarantees: facts.guarantees.iter().map(|it| code(*it)).collect(),
        }
    }
}

/// What a person answers, in the names of the questions.
#[derive(Serialize)]
pub(super) struct Answers {
    /// Nothing is answered before.
    revision: u32,
    answers: Same,
}

/// The questions that the short declaration asks in the same sense. A height that the questionnaire does not
/// know is asked there.
#[derive(Serialize)]
struct Same {
    fumeur: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    taille: Option<u16>,
    poids: u16,
    arret: bool,
    examen: bool,
}

impl Answers {
    pub(super) fn of(declared: &Declared) -> Self {
        let height = Some(declared.centimetres).filter(|it| (120..=230).contains(it));
        let answers = Same {
            fumeur: declared.smokes,
            taille: height,
            poids: declared.kilograms,
            arret: declared.is_on_leave,
            examen: declared.is_examined,
        };
        Self { revision: 0, answers }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Opened {
    pub(super) session_id: String,
    pub(super) token: String,
    pub(super) expires_in: u64,
    pub(super) kb: String,
    pub(super) revision: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TokenAnswer {
    pub(super) token: String,
    pub(super) expires_in: u64,
}

#[derive(Deserialize)]
pub(super) struct Session {
    state: String,
    pub(super) revision: u32,
    pub(super) decision: Option<Decision>,
}

impl Session {
    pub(super) fn state(&self) -> Result<EngineState, EngineError> {
        Ok(match self.state.as_str() {
            "CREATED" => EngineState::Created,
            "IN_PROGRESS" => EngineState::InProgress,
            "DECIDED" => EngineState::Decided,
            "REFERRED" => EngineState::Referred,
            "CANCELLED" => EngineState::Cancelled,
            "EXPIRED" => EngineState::Expired,
            _ => return Err(EngineError::Strange("a state that nobody knows")),
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Decision {
    decision_id: String,
    kb: String,
    as_of: Date,
    decided_at: Timestamp,
    valid_until: Date,
    automatic: bool,
    status: String,
    insured: Vec<InsuredDecision>,
    medical: Box<RawValue>,
    supersedes: Option<String>,
}

#[derive(Deserialize)]
struct InsuredDecision {
    guarantees: Vec<GuaranteeDecision>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GuaranteeDecision {
    code: String,
    outcome: String,
    #[serde(default)]
    loading_pct: u16,
    #[serde(default)]
    per_mille: u16,
    #[serde(default)]
    exclusions: Vec<String>,
    #[serde(default)]
    evidence: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    postpone_months: Option<u16>,
}

impl Decision {
    pub(super) fn read(self) -> Result<EngineDecision, EngineError> {
        let [insured] = <[InsuredDecision; 1]>::try_from(self.insured)
            .map_err(|_| EngineError::Strange("a decision that is not of one person"))?;
        let outcomes: Vec<_> = insured
            .guarantees
            .into_iter()
            .map(GuaranteeDecision::read)
            .collect::<Result<_, _>>()?;
        let is_once = |it: &GuaranteeOutcome| {
            outcomes.iter().filter(|other| other.guarantee == it.guarantee).count() == 1
        };
        if outcomes.is_empty() || !outcomes.iter().all(is_once) {
            return Err(EngineError::Strange("guarantees that repeat, or none"));
        }
        let is_referred = match self.status.as_str() {
            "REFERRED" => true,
            "DECIDED" => false,
            _ => return Err(EngineError::Strange("a status that nobody knows")),
        };
        Ok(EngineDecision {
            id: self.decision_id,
            supersedes: self.supersedes,
            kb: self.kb,
            as_of: self.as_of,
            decided_at: self.decided_at,
            valid_until: self.valid_until,
            is_automatic: self.automatic,
            is_referred,
            outcomes,
            medical: self.medical.get().as_bytes().to_vec(),
        })
    }
}

impl GuaranteeDecision {
    fn read(self) -> Result<GuaranteeOutcome, EngineError> {
        let guarantee = CODES.iter().find(|(_, code)| *code == self.code).map(|(it, _)| *it);
        let outcome = OUTCOMES.iter().find(|(_, code)| *code == self.outcome).map(|(it, _)| *it);
        Ok(GuaranteeOutcome {
            guarantee: guarantee.ok_or(EngineError::Strange("a guarantee that nobody knows"))?,
            outcome: outcome.ok_or(EngineError::Strange("an outcome that nobody knows"))?,
            loading_percent: self.loading_pct,
            per_mille: self.per_mille,
            exclusions: self.exclusions,
            evidence: self.evidence,
            postpone_months: self.postpone_months,
        })
    }

    fn of(it: &GuaranteeOutcome) -> Self {
        let outcome = OUTCOMES.iter().find(|(known, _)| *known == it.outcome);
        Self {
            code: code(it.guarantee).to_owned(),
            outcome: outcome.map_or("REFER", |(_, code)| code).to_owned(),
            loading_pct: it.loading_percent,
            per_mille: it.per_mille,
            exclusions: it.exclusions.clone(),
            evidence: it.evidence.clone(),
            postpone_months: it.postpone_months,
        }
    }
}

const OUTCOMES: [(Outcome, &str); 7] = [
    (Outcome::Accept, "ACCEPT"),
    (Outcome::Loading, "LOADING"),
    (Outcome::Exclusion, "EXCLUSION"),
    (Outcome::Evidence, "EVIDENCE"),
    (Outcome::Refer, "REFER"),
    (Outcome::Postpone, "POSTPONE"),
    (Outcome::Decline, "DECLINE"),
];

#[derive(Serialize)]
pub(super) struct Review<'a> {
    supersedes: &'a str,
    author: &'a str,
    reason: &'a str,
    guarantees: Vec<GuaranteeDecision>,
}

impl<'a> Review<'a> {
    pub(super) fn of(review: &'a EngineReview) -> Self {
        Self {
            supersedes: &review.supersedes,
            author: &review.author,
            reason: &review.reason,
            guarantees: review.outcomes.iter().map(GuaranteeDecision::of).collect(),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Documents {
    pub(super) documents: Vec<Line>,
}

#[derive(Deserialize)]
pub(super) struct Line {
    pub(super) id: String,
    pub(super) r#type: String,
    pub(super) audience: String,
    pub(super) sha256: String,
    pub(super) bytes: u64,
}

/// The code of a refusal.
#[derive(Deserialize)]
pub(super) struct Refusal {
    #[serde(default)]
    pub(super) code: String,
}

fn code(guarantee: Guarantee) -> &'static str {
    CODES.iter().find(|(it, _)| *it == guarantee).map_or("DC", |(_, code)| code)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DECISION: &str = r#"{"decisionId":"d","sessionId":"s","externalRef":"r","kb":"a@1",
        "asOf":"2026-11-22","decidedAt":"2026-11-22T12:33:36Z","validUntil":"2027-03-22","automatic":true,
        "status":"DECIDED","insured":[{"ref":"1","overall":"LOADING","guarantees":[{"code":"DC",
        "outcome":"LOADING","loadingPct":75,"perMille":0,"exclusions":[],"evidence":[],
        "postponeMonths":null}]}],"medical":{"rules":{"DC":["X"]},"answersSha256":"00"}}"#;

    fn read(text: &str) -> Result<EngineDecision, EngineError> {
        serde_json::from_str::<Decision>(text).expect("the form is right").read()
    }

    #[test]
    fn a_decision_is_read_and_what_nobody_knows_is_refused() {
        let decision = read(DECISION).expect("a decision");
        assert_eq!(decision.outcomes[0].loading_percent, 75);
        assert_eq!(decision.medical, br#"{"rules":{"DC":["X"]},"answersSha256":"00"}"#);
        for (right, wrong) in [
            (r#""outcome":"LOADING""#, r#""outcome":"PERHAPS""#),
            (r#""code":"DC""#, r#""code":"XX""#),
            (r#""status":"DECIDED""#, r#""status":"MAYBE""#),
            (r#""insured":[{"#, r#""insured":[{"guarantees":[]},{"#),
        ] {
            assert!(read(&DECISION.replace(right, wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_was_declared_answers_the_same_questions_of_the_knowledge_base() {
        let declared = |centimetres| Declared {
            centimetres,
            kilograms: 92,
            smokes: false,
            is_on_leave: true,
            is_examined: false,
        };
        let json = |cm| serde_json::to_value(Answers::of(&declared(cm))).expect("JSON");
        let all = json(178);
        let wanted = serde_json::json!({ "revision": 0, "answers": { "fumeur": false, "taille": 178,
            "poids": 92, "arret": true, "examen": false } });
        assert_eq!(all, wanted);
        for cm in [119, 231] {
            assert!(json(cm)["answers"].get("taille").is_none(), "{cm}");
        }
        assert_eq!(json(120)["answers"]["taille"], 120);
        let path = "/reflex/reflex-config/kb/assurly-emprunteur@2026.1.0.json";
        let text = std::fs::read_to_string(format!("{}{path}", env!("CARGO_MANIFEST_DIR")));
        let base: serde_json::Value = serde_json::from_str(&text.expect("a file")).expect("JSON");
        let question = |id: &str| {
            let mut all = base["questions"].as_array().expect("a list").iter();
            all.find(|it| it["id"] == id).unwrap_or_else(|| panic!("{id}")).clone()
        };
        for (id, answer) in all["answers"].as_object().expect("an object") {
            let kind = if answer.is_boolean() { "boolean" } else { "integer" };
            assert_eq!(question(id)["type"], kind, "{id}");
        }
        let bounds = |id: &str| (question(id)["min"].as_u64(), question(id)["max"].as_u64());
        assert_eq!(bounds("taille"), (Some(120), Some(230)));
        // All weights that can be declared.
        assert_eq!(bounds("poids"), (Some(30), Some(300)));
    }

    #[test]
    fn every_outcome_has_its_code() {
        for outcome in Outcome::ALL {
            assert!(OUTCOMES.iter().any(|(it, _)| *it == outcome));
        }
        for guarantee in Guarantee::ALL {
            assert!(CODES.iter().any(|(it, _)| *it == guarantee));
        }
    }
}
