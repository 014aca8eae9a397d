//! What the person answers to conditions: they accept them, with each exclusion acknowledged, they do
//! not, or they ask that somebody looks again (GDPR article 22, AERAS).

use super::core::Acceptances;
use super::following::Case;
use super::model::{Outlook, Proposed, Reply};
use crate::domain::dossier::State;
use crate::kernel::problem::{Kind, Problem};
use crate::slices::dossiers::{Acceptance, Decision};
use crate::slices::quotes::QuoteId;
use crate::slices::underwriting::Wish;

impl Acceptances {
    /// The person accepts: the dossier goes on with this price, and what they acknowledged is kept.
    ///
    /// # Errors
    /// What is insured has changed meanwhile; the time for it is over; the database does not answer.
    pub(super) async fn accept(&self, case: &Case, it: &Proposed) -> Result<(), Problem> {
        if it.proposal.valid_until < self.today() {
            return Err(Problem::new(Kind::Gone).detail("Ces conditions ne sont plus valables."));
        }
        let (core, now) = (&self.core, self.core.clock.now());
        let is_partial = !it.conditions.removed.is_empty();
        let acceptance = Acceptance {
            dossier: case.shown.id,
            insured: case.person.insured_id,
            base: QuoteId::from_uuid(it.proposal.base_quote),
            quote: QuoteId::from_uuid(it.proposal.quote),
            decision: if is_partial { Decision::AcceptPartial } else { Decision::AcceptModified },
        };
        let mut transaction = core.store.begin().await?;
        core.dossiers.accept_conditions(&mut transaction, &acceptance).await?;
        let read = it.exclusions();
        let reply = Reply::Accepted;
        core.store.reply(&mut transaction, it.proposal.id, reply, &read, now).await?;
        self.commit(transaction).await
    }

    /// The person does not accept, for now: nothing is sold, and they may change their mind.
    ///
    /// # Errors
    /// The database does not answer.
    pub(super) async fn refuse(&self, it: &Proposed) -> Result<(), Problem> {
        let mut transaction = self.core.store.begin().await?;
        let (id, now) = (it.proposal.id, self.core.clock.now());
        self.core.store.reply(&mut transaction, id, Reply::Refused, &[], now).await?;
        self.commit(transaction).await
    }

    /// The person asks that somebody studies it again.
    ///
    /// # Errors
    /// There is nothing to study again; the database does not answer.
    pub(super) async fn ask_again(&self, case: &Case, wish: Wish) -> Result<(), Problem> {
        if case.shown.state == State::Postponed {
            // Asked for before the day: the dossier is open again while it is studied.
            self.reopen(case).await?;
        }
        self.core.underwriting.ask_review(case.insured(), wish).await?;
        let again = self.case(case.shown.id, case.person.insured_id).await?;
        // The dossier says that it is studied.
        self.outlook(&again).await.map(|_: Outlook| ())
    }
}

impl Proposed {
    /// Code and wording of each exclusion, as the quote holds them.
    pub(super) fn exclusions(&self) -> Vec<(String, String)> {
        let all = self.after.request.insured.iter().filter_map(|one| one.conditions.as_ref());
        let own: std::collections::BTreeSet<_> = self.conditions.exclusions();
        let all = all.flat_map(|it| &it.exclusions).filter(|it| own.contains(it.code.as_str()));
        let mut pairs: Vec<_> = all.map(|it| (it.code.clone(), it.wording.clone())).collect();
        pairs.dedup();
        pairs
    }
}
