//! Somebody of the compliance desk writes down what they found about who pays. One person is enough; where much
//! is covered two different people are, the second after the first (*vigilance renforcée*).

use super::core::Vigilance;
use super::model::{Check, Finding, Measure, Officer, Outcome, Settled, Words};
use crate::kernel::problem::Problem;
use crate::platform::crypto::SealError;
use crate::platform::db::{Connection, DbError, again};
use crate::slices::contracts::{ContractId, Identified, UnderCheck};

/// Looks that are shown of one contract, the last ones.
const MOST: u32 = 50;

/// Where the words are kept, for their seal.
const PLACE: &[u8] = b"identity_check";

impl Vigilance {
    /// Writes a finding down and hands it to the contract, both or none. The same look sent twice is one.
    pub(super) async fn found(
        &self,
        by: Officer<'_>,
        under: &UnderCheck,
        finding: &Finding,
    ) -> Result<Settled, Problem> {
        let settled = again(|| self.found_once(by, under, finding)).await?;
        self.contracts.wake();
        metrics::counter!("identity_checks_total", "settled" => settled.code()).increment(1);
        let subject = by.subject;
        tracing::info!(by = subject, contract = %under.contract.id, ?settled, "an identity was looked at");
        Ok(settled)
    }

    async fn found_once(
        &self,
        by: Officer<'_>,
        under: &UnderCheck,
        finding: &Finding,
    ) -> Result<Settled, Problem> {
        let id = under.contract.id;
        let mut transaction = self.store.begin().await?;
        // The contract first: two who look at once come one after the other.
        if self.contracts.open_identity(&mut transaction, &under.contract).await?.is_none() {
            return Ok(Settled::Closed);
        }
        let last = self.store.last(&mut transaction, id).await?;
        if last.as_ref().map(|check| check.id) != finding.seen {
            return Ok(Settled::Changed);
        }
        let settled = match finding.outcome {
            Outcome::Refused => Settled::Refused,
            Outcome::Verified if under.is_enhanced => second(last.as_ref(), by),
            Outcome::Verified => Settled::Verified,
        };
        let standing = match settled {
            Settled::Verified => Identified::Verified,
            Settled::Refused => Identified::Refused,
            Settled::NeedsAnother => Identified::Pending,
            Settled::SamePerson | Settled::Changed | Settled::Closed => return Ok(settled),
        };
        self.write(&mut transaction, id, by, finding).await?;
        self.contracts.settle_identity(&mut transaction, &under.contract, standing).await?;
        transaction.commit().await.map_err(DbError::from)?;
        Ok(settled)
    }

    async fn write(
        &self,
        connection: &mut Connection,
        id: ContractId,
        by: Officer<'_>,
        finding: &Finding,
    ) -> Result<(), Problem> {
        let now = self.clock.now();
        let key = self.entropy.uuid_v7(now);
        let codes: Vec<_> = finding.measures.iter().map(|one: &Measure| one.code()).collect();
        let words = Words { name: by.name.to_owned(), note: finding.note.clone() };
        let words = serde_json::to_vec(&words).map_err(|_| SealError::Broken)?;
        let check = Check {
            id: key,
            outcome: finding.outcome,
            measures: codes.join(","),
            words: self.keyring.seal(&[PLACE, key.as_bytes()], &words, &self.entropy)?,
            by: by.subject.to_owned(),
            at: now,
        };
        self.store.insert(connection, id, &check).await?;
        Ok(())
    }

    /// What was written down of a contract, the oldest first, each with its words.
    pub(super) async fn history(&self, id: ContractId) -> Result<Vec<(Check, Words)>, Problem> {
        let checks = self.store.of_contract(id, MOST).await?;
        let opened = |check: Check| {
            let text = self.keyring.open(&[PLACE, check.id.as_bytes()], &check.words)?;
            let words = serde_json::from_slice(&text).map_err(|_| SealError::Broken)?;
            Ok((check, words))
        };
        checks.into_iter().rev().map(opened).collect()
    }
}

/// What a second look makes of it: one by somebody else, after a first that nobody refused.
fn second(last: Option<&Check>, by: Officer<'_>) -> Settled {
    match last.filter(|check| check.outcome == Outcome::Verified) {
        Some(check) if check.by == by.subject => Settled::SamePerson,
        Some(_) => Settled::Verified,
        None => Settled::NeedsAnother,
    }
}
