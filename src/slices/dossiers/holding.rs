//! What dossiers hold of one person, for that person alone (GDPR art. 15 and 20): of a couple each has their own.
//! Health is apart: who asks for it is another question, and each reading is written down.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::core::Dossiers;
use super::error::DossierError;
use super::forgetting::is;
use super::model::{Decision, Dossier, DossierId, Insured, Person};
use crate::kernel::email::Email;
use crate::platform::access::Party;
use crate::slices::quotes::QuoteId;
use crate::slices::quotes::wire::{InsuredRequest, LoanRequest};

/// Dossiers of one account at most.
const MOST: u32 = 100;

/// What is held of one person in one dossier.
#[derive(Serialize)]
pub struct Held {
    /// The dossier.
    pub dossier: String,
    /// Its number for people.
    pub number: String,
    /// Who they are in it: what others hold of them is asked for by this.
    #[serde(skip)]
    pub who: Place,
    /// Its state.
    pub state: &'static str,
    /// When it was made.
    pub created_at: Timestamp,
    /// The last act of a person.
    pub touched_at: Timestamp,
    /// Address.
    pub email: Option<String>,
    /// When they showed that it is theirs.
    email_proven_at: Option<Timestamp>,
    /// Number.
    pub mobile: Option<String>,
    /// When they showed that it is theirs.
    mobile_proven_at: Option<Timestamp>,
    /// Names, birth place, address.
    pub person: Person,
    /// What they said of themselves and of their loans.
    answers: Answers,
    /// By which way their health was asked about, and what was decided; left out for who may not see it.
    formalities: Option<Formalities>,
}

/// Somebody's place in a dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The dossier.
    pub dossier: DossierId,
    /// The person.
    pub insured: Uuid,
    /// From 1.
    pub number: u8,
}

/// What the price was made from.
#[derive(Serialize)]
struct Answers {
    /// The quote that it is.
    quote: String,
    /// Birth date, work, sports, shares: this person's.
    insured: Option<InsuredRequest>,
    /// The loans, which a couple has together.
    loans: Vec<LoanRequest>,
    /// The bank.
    lender: Option<String>,
}

/// What tells of somebody's health without saying what they answered.
#[derive(Serialize)]
struct Formalities {
    /// P1, P2 or P3.
    path: String,
    /// Why.
    reason: String,
    /// How far health is.
    health: &'static str,
    /// What was decided.
    decision: Option<&'static str>,
    /// When.
    decided_at: Option<Timestamp>,
}

impl Held {
    /// Their number, once they have shown that it is theirs: one that was mistyped is somebody else's.
    pub fn proven_mobile(&self) -> Option<&str> {
        self.mobile_proven_at.and(self.mobile.as_deref())
    }

    /// The same for who has not shown that they may read of this person's health: without the path, the
    /// decision and the conditions that it led to.
    #[must_use]
    pub fn without_health(mut self) -> Self {
        self.formalities = None;
        if let Some(insured) = &mut self.answers.insured {
            (insured.loadings, insured.conditions) = (Vec::new(), None);
        }
        self
    }
}

impl Dossiers {
    /// Everything that dossiers hold of who has this address.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn held_of(&self, email: &str) -> Result<Vec<Held>, DossierError> {
        let mut held = Vec::new();
        for id in self.core.store.dossiers_of(email).await? {
            let dossier = self.find(id).await?;
            for one in dossier.insured.iter().filter(|one| is(one, email)) {
                held.push(self.file_of(&dossier, one).await?);
            }
        }
        Ok(held)
    }

    /// The same for an account: the dossiers that are its own, a hundred at most, and its place as the other
    /// borrower of dossiers where its address and a number were proven. An address alone shows nothing: it may
    /// have been mistyped.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn held_for(
        &self,
        owner: Party,
        address: Option<&Email>,
    ) -> Result<Vec<Held>, DossierError> {
        let mut held = Vec::new();
        for dossier in self.core.store.all_owned(owner, u64::MAX, MOST).await? {
            if let Some(first) = dossier.at(1) {
                held.push(self.file_of(&dossier, first).await?);
            }
        }
        let Some(address) = address else { return Ok(held) };
        for id in self.core.store.dossiers_of(address.as_str()).await? {
            let dossier = self.find(id).await?;
            let others = dossier.insured.iter().filter(|one| one.place > 1);
            for one in others.filter(|one| is_proven(one, address)) {
                held.push(self.file_of(&dossier, one).await?);
            }
        }
        Ok(held)
    }

    /// Somebody's answers about health, for themselves. Reading them here is written down.
    ///
    /// # Errors
    /// They cannot be opened; the database does not answer.
    pub async fn health_held(
        &self,
        place: Place,
    ) -> Result<Option<serde_json::Value>, DossierError> {
        let health = self.health().own(place.insured).await?;
        Ok(health.and_then(|answers| serde_json::to_value(answers).ok()))
    }

    async fn file_of(&self, dossier: &Dossier, one: &Insured) -> Result<Held, DossierError> {
        let quote = self.quote_of(dossier).await?;
        let request = &quote.request;
        let own = request.insured.get(usize::from(one.place).saturating_sub(1));
        Ok(Held {
            dossier: dossier.id.to_string(),
            number: dossier.number(),
            who: Place { dossier: dossier.id, insured: one.id, number: one.place },
            state: dossier.state.code(),
            created_at: dossier.created_at,
            touched_at: dossier.touched_at,
            email: one.email.clone(),
            email_proven_at: one.email_proven_at,
            mobile: one.mobile.clone(),
            mobile_proven_at: one.mobile_proven_at,
            person: one.person.clone(),
            answers: Answers {
                quote: QuoteId::from_uuid(dossier.quote_id).to_string(),
                insured: own.cloned(),
                loans: request.loans.clone(),
                lender: dossier.answers.lender.clone(),
            },
            formalities: Some(Formalities {
                path: one.path.clone(),
                reason: one.reason.clone(),
                health: one.health.code(),
                decision: one.decision.map(Decision::code),
                decided_at: one.decided_at,
            }),
        })
    }
}

/// Whether this is the address of who has proven both it and a number.
fn is_proven(one: &Insured, address: &Email) -> bool {
    let email = one.email.as_deref().and_then(|email| email.parse::<Email>().ok());
    let is_same = email.is_some_and(|email| email.folded() == address.folded());
    is_same && one.email_proven_at.is_some() && one.mobile_proven_at.is_some()
}
