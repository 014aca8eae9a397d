//! The word before a debit (*prénotification*, SEPA Core rulebook): each debit of a contract in force is announced to
//! whoever is debited, once, with its amount and the day on which it leaves. A debit is one premium of the schedule, or
//! several of which the first were too small to be debited alone (`course::debits`).
//!
//! The mandate says how: the schedule that was signed is the notice, a message five days before is the
//! reminder. What is announced is written beside the schedule in the transaction of the message, under the
//! dossier's lock: several copies may look together. Nothing is announced on the day itself or after it.

use super::core::{Contracts, midnight};
use super::course::debits;
use super::error::ContractError;
use super::model::{Coming, Contract, Due, Mandate};
use super::notices::{Debit, notice};
use crate::domain::direct_debit;
use crate::kernel::locale::Locale;
use crate::kernel::money::Cents;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::db::{Connection, again};
use crate::platform::jobs::Next;
use crate::slices::messages::{Message, Recipient};

/// Instalments that are read at once.
const PAGE: u32 = 200;

/// What a look at the coming debits did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Announced {
    /// Debits that were announced.
    pub posted: u32,
    /// Debits of which a stored row cannot be read: somebody must look.
    pub failed: u32,
    /// Whether the run was full: there may be others.
    pub is_full: bool,
}

impl Contracts {
    /// The job: announces what is debited within days, so many at a time.
    pub(super) async fn announce_soon(&self) -> Result<Next, Problem> {
        let done = self.announce_debits().await?;
        if done.posted > 0 {
            tracing::info!(announced = done.posted, "debits are announced");
        }
        match done {
            Announced { is_full: true, .. } => Ok(Next::More),
            Announced { failed: 0, .. } => Ok(Next::Done),
            _ => Err(Problem::new(Kind::Bug).cause(format!("{} not announced", done.failed))),
        }
    }

    /// Announces what is debited within days and was not announced. What was missed while no copy ran is made
    /// up for as long as its day is to come.
    ///
    /// # Errors
    /// No key is configured; the database does not answer: what is left is done the next time.
    pub async fn announce_debits(&self) -> Result<Announced, Problem> {
        let (core, today) = (&self.core, self.today());
        let mut done = Announced::default();
        let window = direct_debit::announced(today, core.settings.debit_notice_days);
        let Some((first, last)) = window else { return Ok(done) };
        let mut after = Coming::before(first);
        loop {
            let page = core.store.unannounced((today, &after, last), PAGE).await?;
            let Some(end) = page.last() else { return Ok(done) };
            after = *end;
            for coming in &page {
                match self.announce(coming).await {
                    Ok(is_posted) => done.posted += u32::from(is_posted),
                    Err(error) => done.failed += spared(coming, error)?,
                }
                if done.posted >= core.settings.debit_notices_per_run {
                    done.is_full = true;
                    return Ok(done);
                }
            }
        }
    }

    /// Announces the debit of a premium; `false` when nothing is debited for it by itself, or another copy was faster.
    async fn announce(&self, coming: &Coming) -> Result<bool, ContractError> {
        let contract = self.of_dossier(coming.dossier).await?.ok_or(ContractError::Unknown)?;
        let premiums = self.premiums(&contract).await?;
        let from = self.bank(&contract).await?.cover_from(&contract);
        let mut due = debits(&premiums, from, contract.content.smallest_debit_cents).into_iter();
        let Some(due) = due.find(|one| one.month == coming.month) else {
            // Carried to a premium after it.
            return Ok(false);
        };
        again(|| self.announce_once(coming, &contract, &due)).await
    }

    async fn announce_once(
        &self,
        coming: &Coming,
        contract: &Contract,
        due: &Due,
    ) -> Result<bool, ContractError> {
        let core = &self.core;
        let mut transaction = core.store.begin().await?;
        let held = core.dossiers.signable(&mut transaction, coming.dossier).await?;
        if !held.state.is_debited() {
            return Ok(false);
        }
        let mandate = self.mandate_in(&mut transaction, coming.dossier).await?;
        let mandate = mandate.ok_or(ContractError::Stored("its mandate"))?;
        let debit = Debit {
            amount: Cents::new(due.amount_cents),
            due_on: due.due_on,
            on: direct_debit::debited_on(due.due_on),
            premiums: due.premiums,
            rum: mandate.rum.clone(),
            is_first: !core.store.is_announced(&mut transaction, contract.id).await?,
        };
        let at = core.clock.now();
        if !core.store.insert_notice(&mut transaction, coming, &debit, at).await? {
            // Another copy was faster.
            return Ok(false);
        }
        self.warn(&mut transaction, (contract, &mandate), (coming.month, &debit)).await?;
        self.commit(transaction).await?;
        metrics::counter!("debits_announced_total").increment(1);
        Ok(true)
    }

    /// The message to whoever is debited; after the day it would say nothing.
    async fn warn(
        &self,
        connection: &mut Connection,
        (contract, mandate): (&Contract, &Mandate),
        (month, debit): (u32, &Debit),
    ) -> Result<(), ContractError> {
        let core = &self.core;
        let to = debtor(contract, mandate).ok_or(ContractError::Stored("who is debited"))?;
        let own = mandate.payer.is_none();
        let own = own.then(|| (contract.number.as_str(), format!("{}/espace", core.origin)));
        let message = Message {
            event: format!("contracts/debit/{}/{month}", contract.id),
            to: Recipient::Email(to.to_owned()),
            locale: Locale::Fr,
            letter: notice(core.documents.insurer(), debit, own),
            expires: Some(midnight(debit.on)),
        };
        core.messages.post(connection, message).await?;
        Ok(())
    }
}

/// One contract that cannot be read keeps no other one's word back; an outage ends the run.
fn spared(coming: &Coming, error: ContractError) -> Result<u32, Problem> {
    let problem = Problem::from(error);
    if problem.kind == Kind::Unavailable && !problem.contended {
        return Err(problem);
    }
    let (contract, month, cause) = (coming.contract, coming.month, problem.cause);
    tracing::error!(%contract, month, cause, "a debit cannot be announced");
    Ok(1)
}

/// Where the one is written to whose account it is: another payer, the insured person of the holder's name, or
/// else who began the dossier and gave the mandate.
fn debtor<'a>(contract: &'a Contract, mandate: &'a Mandate) -> Option<&'a str> {
    if let Some(payer) = &mandate.payer {
        return Some(&payer.person.email);
    }
    let persons = &contract.content.persons;
    let holder = persons.iter().find(|one| one.holds(&mandate.account) && one.email.is_some());
    holder.or(persons.first())?.email.as_deref()
}
