//! Everything that is kept about somebody, for an operator whom they asked (GDPR art. 15 and 20).

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::core::{POOL, Rights};
use crate::kernel::problem::{Kind, Problem};
use crate::slices::contracts::{HeldInContracts, HeldPayer, Shown};
use crate::slices::dossiers::{Held, Place};
use crate::slices::identity::HeldAccount;
use crate::slices::messages::{Refusal, Sought};
use crate::slices::offers::{HeldOffers, Part};
use crate::slices::underwriting::{HeldQuestionnaire, Insured, Opener};

/// Letters of one person at most, the newest.
const LETTERS: u32 = 500;

/// Everything that is kept about somebody.
#[derive(Serialize)]
pub struct Export {
    email: String,
    made_at: Timestamp,
    account: Option<HeldAccount>,
    dossiers: Vec<File>,
    /// Mandates that they were asked for, to pay for another.
    payer: Vec<HeldPayer>,
    messages: Vec<HeldLetter>,
}

/// What is kept of somebody in a dossier.
#[derive(Serialize)]
struct File {
    #[serde(flatten)]
    held: Held,
    /// Their answers about health, when there are some. Reading them here is written down.
    health: Option<Value>,
    questionnaires: Vec<HeldQuestionnaire>,
    /// The offers of who began the dossier, who alone sends them.
    offers: Option<HeldOffers>,
    #[serde(flatten)]
    contracts: HeldInContracts,
}

/// That something was written to them: what it said is erased once it has left.
#[derive(Serialize)]
pub(super) struct HeldLetter {
    /// What it spoke of.
    about: String,
    /// `email` or `sms`.
    channel: String,
    state: String,
    written_at: Timestamp,
    settled_at: Option<Timestamp>,
}

impl Rights {
    /// Everything that is kept about who has this address. An operator has made sure that it is them who ask.
    ///
    /// # Errors
    /// A room does not answer, or cannot open what it keeps.
    pub async fn export(&self, email: &str) -> Result<Export, Problem> {
        let tools = &self.tools;
        let mut numbers = Vec::new();
        let mut dossiers = Vec::new();
        for held in tools.dossiers.held_of(email).await? {
            numbers.extend(held.proven_mobile().map(str::to_owned));
            dossiers.push(self.file(held).await?);
        }
        numbers.sort_unstable();
        numbers.dedup();
        let mut messages = self.letters(email).await?;
        for number in &numbers {
            messages.extend(self.letters(number).await?);
        }
        Ok(Export {
            email: email.to_owned(),
            made_at: tools.clock.now(),
            account: tools.identity.held_at(POOL, email).await?,
            dossiers,
            payer: tools.contracts.payer_held(email).await?,
            messages,
        })
    }

    async fn file(&self, held: Held) -> Result<File, Problem> {
        let (tools, who) = (&self.tools, held.who);
        let offers = match who.number {
            1 => Some(tools.offers.sent_with(who.dossier, Part::Whole).await?),
            _ => None,
        };
        Ok(File {
            health: tools.dossiers.health_held(who).await?,
            questionnaires: tools.underwriting.held(insured(who), Opener::Operator).await?,
            offers,
            contracts: tools.contracts.held(who, Shown::Whole).await?,
            held,
        })
    }

    /// What was written to an address or a number.
    pub(super) async fn letters(&self, to: &str) -> Result<Vec<HeldLetter>, Problem> {
        let sought = Sought { state: None, to: Some(to.to_owned()), most: LETTERS };
        let listed = match self.tools.messages.list(&sought).await {
            Ok(listed) => listed,
            // Without a key nothing was ever written to anybody.
            Err(Refusal::NoKey) => return Ok(Vec::new()),
            Err(Refusal::Database(error)) => return Err(error.into()),
            Err(refusal) => return Err(Problem::new(Kind::Bug).cause(refusal)),
        };
        let letter = |one: crate::slices::messages::Listed| HeldLetter {
            about: subject(&one.event),
            channel: one.channel,
            state: one.state,
            written_at: one.created_at,
            settled_at: one.settled_at,
        };
        Ok(listed.into_iter().map(letter).collect())
    }
}

/// What a letter spoke of, without the identifiers of the event.
fn subject(event: &str) -> String {
    event.split('/').take(2).collect::<Vec<_>>().join("/")
}

/// The same person at the questionnaire.
pub(super) const fn insured(who: Place) -> Insured {
    Insured { dossier: who.dossier.uuid(), number: who.number }
}
