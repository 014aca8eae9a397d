//! What contracts do in time: their documents after the signature, the first day of cover, the ten
//! business days of a lender, the word before each debit.

use jiff::Timestamp;

use super::core::{Contracts, midnight};
use super::error::ContractError;
use super::letters;
use super::model::{Contract, Identified, OWNER};
use super::payers::{FORGET_MANDATE, FORGET_PAYERS, MANDATE};
use super::preparing::PREPARE;
use crate::domain::dossier::{Act, Role, State};
use crate::kernel::problem::Problem;
use crate::platform::jobs::{Job, Next, Task};
use crate::slices::documents::Kind;
use crate::slices::dossiers::UNCONCLUDED;

/// The certificate and the proof of a contract that was just signed; the lender can have them then.
pub(super) const PAPERS: &str = "contracts.papers";

/// The first day of cover.
pub(super) const BEGIN: &str = "contracts.begin";

/// The day after the lender's last.
pub(super) const WATCH: &str = "contracts.bank";

/// How often it is looked what is debited soon.
const HOUR: std::time::Duration = std::time::Duration::from_secs(3600);

/// How often it is looked whom no contract came of.
const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);

impl Contracts {
    /// What contracts do in time.
    pub fn tasks(&self) -> Vec<Task> {
        let signed = self.clone();
        let (mandate, payers, gone) = (self.clone(), self.clone(), self.clone());
        let debits = self.clone();
        let papers = self.clone();
        let unconcluded = self.clone();
        let begin = self.clone();
        let watch = self.clone();
        vec![
            Task::due(PREPARE, move |job| {
                let own = signed.clone();
                async move { own.make_signed(&job).await.map_err(Problem::from) }
            }),
            Task::due(MANDATE, move |job| {
                let own = mandate.clone();
                async move { own.make_mandate(&job).await.map_err(Problem::from) }
            }),
            Task::due(UNCONCLUDED, move |job| {
                let own = unconcluded.clone();
                async move { own.forget_prepared(&job).await }
            }),
            Task::due(FORGET_MANDATE, move |job| {
                let own = gone.clone();
                async move { own.forget_mandate(&job).await }
            }),
            Task::every(FORGET_PAYERS, DAY, move |_| {
                let own = payers.clone();
                async move { own.forget_payers().await }
            }),
            Task::every("contracts.announce_debits", HOUR, move |_| {
                let own = debits.clone();
                async move { own.announce_soon().await }
            }),
            Task::due(PAPERS, move |job| {
                let own = papers.clone();
                async move { own.make_papers(&job).await.map_err(Problem::from) }
            }),
            Task::due(BEGIN, move |job| {
                let own = begin.clone();
                async move { own.begin_cover(&job).await.map_err(Problem::from) }
            }),
            Task::due(WATCH, move |job| {
                let own = watch.clone();
                async move { own.watch_bank(&job).await.map_err(Problem::from) }
            }),
        ]
    }

    async fn subject(&self, job: &Job) -> Result<Contract, ContractError> {
        let id = job.subject().parse().map_err(|_| ContractError::Stored("a subject"))?;
        self.of_dossier(id).await?.ok_or(ContractError::Unknown)
    }

    /// Documents bear being made again: the first ones are the archive's. For a new loan the customer
    /// then has all that the lender needs (row 15 of the reference).
    async fn make_papers(&self, job: &Job) -> Result<Next, ContractError> {
        let contract = self.subject(job).await?;
        for kind in [Kind::AttestationPreteur, Kind::PreuveSignature] {
            self.document(&contract, kind.code(), OWNER).await?;
        }
        let core = &self.core;
        let mut transaction = core.store.begin().await?;
        let held = core.dossiers.signable(&mut transaction, contract.dossier).await?;
        if held.state == State::Contract && !contract.content.is_substitution {
            self.step(&mut transaction, &contract, Act::NotifyBank, Role::System, None).await?;
        }
        job.finish(&mut transaction).await?;
        self.commit(transaction).await?;
        Ok(Next::Done)
    }

    /// Row 16: the lender has accepted, the day is reached, the identity is verified. What is missing
    /// is looked for again the next day, as long as the contract waits.
    async fn begin_cover(&self, job: &Job) -> Result<Next, ContractError> {
        let contract = self.subject(job).await?;
        let core = &self.core;
        let mut transaction = core.store.begin().await?;
        let held = core.dossiers.signable(&mut transaction, contract.dossier).await?;
        if !matches!(held.state, State::Contract | State::Bank) {
            job.finish(&mut transaction).await?;
            self.commit(transaction).await?;
            return Ok(Next::Done);
        }
        let bank = self.locked(&mut transaction, &contract).await?;
        // As it is now that the dossier is held: it may have been found out meanwhile.
        let identity = core.store.identity_of(&mut transaction, contract.id).await?;
        let today = self.today();
        let effect = bank.cover_from(&contract);
        let is_ready = held.state == State::Bank
            && bank.state == "accepted"
            && identity == Some(Identified::Verified)
            && effect <= today;
        if !is_ready {
            return Ok(Next::At(next_look(effect, today, job.now())));
        }
        self.step(&mut transaction, &contract, Act::EnterIntoForce, Role::System, None).await?;
        let link = format!("{}/espace", core.origin);
        let letter = letters::in_force(&contract.number, link);
        self.tell(&mut transaction, &contract, "in-force", letter).await?;
        job.finish(&mut transaction).await?;
        self.commit(transaction).await?;
        Ok(Next::Done)
    }

    /// The lender's days are over without an answer.
    async fn watch_bank(&self, job: &Job) -> Result<Next, ContractError> {
        let contract = self.subject(job).await?;
        let mut transaction = self.core.store.begin().await?;
        let mut request = self.locked(&mut transaction, &contract).await?;
        if let (true, Some(due)) = (request.state == "received", request.answer_due) {
            request.state = "late".to_owned();
            self.write(&mut transaction, &contract, request).await?;
            let letter = letters::late(due, self.bank_page(&contract));
            self.tell_of_day(&mut transaction, &contract, ("bank-late", due), letter).await?;
        }
        job.finish(&mut transaction).await?;
        self.commit(transaction).await?;
        Ok(Next::Done)
    }
}

/// The effect date, or tomorrow when it is reached.
fn next_look(effect: jiff::civil::Date, today: jiff::civil::Date, now: Timestamp) -> Timestamp {
    let day = effect.max(today.tomorrow().unwrap_or(today));
    midnight(day).max(now + std::time::Duration::from_secs(60))
}
