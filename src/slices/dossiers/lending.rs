//! The loans of a dossier: one is changed, added or taken out. They are in the quote; here is what is done to them, and their
//! numbers. A number is of one loan for good: files are kept under it, and an address never leads to another loan.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::answering::Saving;
use super::core::Dossiers;
use super::error::DossierError;
use super::model::{Dossier, DossierId, Why};
use crate::kernel::money::Cents;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::db::Connection;
use crate::slices::quotes::form::assumptions::renewed;
use crate::slices::quotes::form::changes::LoanChange;
use crate::slices::quotes::wire::{QuoteResponse, SimulationRequest};

/// The work of whoever keeps something of one loan: asked for, under [`LeftLoan::subject`], in the transaction that
/// takes the loan out.
pub const LOAN_LEFT: &str = "dossiers.loan_left";

/// Loans that the pages describe; a program may give more.
pub(super) const LOANS_MAX: usize = 4;

/// A loan that a dossier has no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftLoan {
    /// The dossier.
    pub dossier: DossierId,
    /// Its number.
    pub number: u8,
}

impl LeftLoan {
    /// As the work is named.
    pub fn subject(&self) -> String {
        format!("{}-{}", self.dossier.uuid().simple(), self.number)
    }

    /// The loan of this name.
    pub fn of_subject(subject: &str) -> Option<Self> {
        let (dossier, number) = subject.split_once('-')?;
        let dossier = DossierId::from_uuid(Uuid::try_parse(dossier).ok()?);
        Some(Self { dossier, number: number.parse().ok()? })
    }
}

/// Which number each loan of the quote has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct LoanNumbers {
    /// In the order of the quote; empty until a loan was added or taken out: then they are 1, 2, 3.
    given: Vec<u8>,
    /// The highest that was ever given.
    last: u8,
}

impl LoanNumbers {
    /// The numbers of this many loans, in the order of the quote.
    pub(super) fn of(&self, count: usize) -> Vec<u8> {
        if self.given.len() == count {
            self.given.clone()
        } else {
            (1..=u8::MAX).take(count).collect()
        }
    }

    /// Follows loans from one quote to the next by their names: the numbers of those that are not there any more. None
    /// when all numbers were given.
    fn follow(&mut self, old: &[&str], new: &[&str]) -> Option<Vec<u8>> {
        if old == new {
            return Some(Vec::new());
        }
        let known = self.of(old.len());
        let mut last = known.iter().copied().fold(self.last, u8::max);
        let mut given = Vec::with_capacity(new.len());
        for name in new {
            let kept = old.iter().zip(&known).find(|(it, _)| *it == name);
            given.push(match kept {
                Some((_, number)) => *number,
                None => {
                    last = last.checked_add(1)?;
                    last
                }
            });
        }
        let gone = old.iter().zip(&known).filter(|(name, _)| !new.contains(name));
        let gone = gone.map(|(_, number)| *number).collect();
        (self.given, self.last) = (given, last);
        Some(gone)
    }
}

/// What a change of the loans would do, without keeping it.
pub(super) struct TriedLoans {
    /// Most frequent instalment of the loan that is looked at, insurance excluded.
    pub(super) instalment: Cents,
    /// What is left of it to repay when cover begins, when it runs already.
    pub(super) owed: Option<Cents>,
    /// Price of the first month, of all.
    pub(super) first_month: Cents,
    /// Everybody could be insured so.
    pub(super) is_insurable: bool,
    /// Price of the whole, of all.
    pub(super) total: Cents,
}

impl Dossiers {
    /// Another quote with this change of the loans.
    pub(super) async fn change_loans(
        &self,
        saving: Saving<'_>,
        change: &LoanChange,
    ) -> Result<Dossier, DossierError> {
        let today = self.today();
        let ask = |request: &mut SimulationRequest| change.onto(request, today);
        let back = |dossier: &mut Dossier| dossier.answers.without_loan = false;
        self.save_priced(saving, Why::Loans, ask, back).await
    }

    /// The only loan is taken out. A quote is of one loan at least: it stays under the dossier until another loan is
    /// described, and nothing is demanded meanwhile.
    pub(super) async fn without_loan(&self, saving: Saving<'_>) -> Result<Dossier, DossierError> {
        let mut transaction = self.core.store.begin().await?;
        let mut dossier = self.held(&mut transaction, &saving).await?;
        let answers = &mut dossier.answers;
        (answers.without_loan, answers.loan_done, answers.notice) = (true, false, None);
        let quote = self.quote_in(&mut transaction, &dossier).await?;
        for number in dossier.answers.loans.of(quote.request.loans.len()) {
            self.let_go(&mut transaction, dossier.id, number).await?;
        }
        self.finish(&mut transaction, &mut dossier, &saving, true).await?;
        self.commit(transaction).await?;
        Ok(dossier)
    }

    /// What this change would do, looked at from the loan of this name.
    pub(super) async fn tried_loans(
        &self,
        dossier: &Dossier,
        change: &LoanChange,
        name: &str,
    ) -> Result<TriedLoans, DossierError> {
        let quote = self.quote_of(dossier).await?;
        let mut request = renewed(&quote.request, self.today());
        change.onto(&mut request, self.today());
        let result = self.core.quotes.simulate(&request, true)?;
        let mut loans = request.loans.iter().zip(&result.loans);
        let (asked, priced) =
            loans.find(|(asked, _)| asked.reference == name).ok_or_else(|| {
                Problem::new(Kind::Bug).cause("a loan that is not in its own document")
            })?;
        let is_running = asked.release_date < request.effect_date;
        let owed = is_running.then(|| Cents::new(priced.balance(asked, request.effect_date)));
        Ok(TriedLoans {
            instalment: Cents::new(priced.instalment_cents),
            owed,
            first_month: Cents::new(result.project.costs.first_month_cents),
            is_insurable: result.insured.iter().all(|one| one.route.eligible),
            total: Cents::new(result.project.costs.total_cents),
        })
    }

    /// Numbers follow the loans to another quote; whoever keeps something of one that is gone lets it go too.
    pub(super) async fn number_loans(
        &self,
        connection: &mut Connection,
        dossier: &mut Dossier,
        (old, new): (&QuoteResponse, &QuoteResponse),
    ) -> Result<(), DossierError> {
        let Some(gone) = dossier.answers.loans.follow(&names(old), &names(new)) else {
            let detail = "Trop de prêts ont été ajoutés à ce dossier puis retirés\u{a0}: commencez-en un autre.";
            return Err(Problem::new(Kind::Conflict).detail(detail).into());
        };
        for number in gone {
            self.let_go(connection, dossier.id, number).await?;
        }
        Ok(())
    }

    /// Has whoever keeps something of this loan let it go.
    async fn let_go(
        &self,
        connection: &mut Connection,
        dossier: DossierId,
        number: u8,
    ) -> Result<(), DossierError> {
        let subject = LeftLoan { dossier, number }.subject();
        self.core.schedule.put(connection, LOAN_LEFT, &subject, self.now()).await?;
        Ok(())
    }
}

fn names(quote: &QuoteResponse) -> Vec<&str> {
    quote.request.loans.iter().map(|loan| loan.reference.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_of_one_loan_for_good() {
        let mut numbers = LoanNumbers::default();
        let gone = |numbers: &mut LoanNumbers, old: &[&str], new: &[&str]| numbers.follow(old, new);
        assert_eq!(numbers.of(2), [1, 2]);
        assert_eq!(gone(&mut numbers, &["a", "b"], &["a", "b"]), Some(vec![]));
        assert_eq!(gone(&mut numbers, &["a", "b"], &["a", "b", "c"]), Some(vec![]));
        assert_eq!(numbers.of(3), [1, 2, 3]);
        assert_eq!(gone(&mut numbers, &["a", "b", "c"], &["a", "b"]), Some(vec![3]));
        assert_eq!(gone(&mut numbers, &["a", "b"], &["b"]), Some(vec![1]));
        assert_eq!(numbers.of(1), [2]);
        // What was 3 is not given again, whatever the loan is called.
        assert_eq!(gone(&mut numbers, &["b"], &["b", "c"]), Some(vec![]));
        assert_eq!(numbers.of(2), [2, 4]);
        assert_eq!(gone(&mut numbers, &["b", "c"], &["d"]), Some(vec![2, 4]));
        assert_eq!(numbers.of(1), [5]);
        let spent = LoanNumbers { given: vec![7], last: u8::MAX };
        assert_eq!(spent.clone().follow(&["a"], &["a", "b"]), None);
        assert_eq!(spent.clone().follow(&["a"], &[]), Some(vec![7]));
    }

    #[test]
    fn the_work_of_a_loan_that_is_gone_names_it() {
        let left = LeftLoan { dossier: DossierId::from_uuid(Uuid::from_u128(7)), number: 3 };
        assert_eq!(LeftLoan::of_subject(&left.subject()), Some(left));
        assert_eq!(LeftLoan::of_subject("nothing"), None);
    }
}
