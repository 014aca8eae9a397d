//! The account that is debited: read as a person types it, refused with the reason, sealed at once.

use jiff::civil::Date;

use super::core::Contracts;
use super::course::debits;
use super::error::ContractError;
use super::model::{Account, ContractId, Due, Premium, Reserved};
use super::store::MandateRow;
use crate::kernel::calendar::month_day;
use crate::kernel::iban::{Iban, IbanError};
use crate::platform::db::again;
use crate::platform::digest::plain_sha256;
use crate::slices::dossiers::DossierId;
use crate::slices::quotes::wire::QuoteResponse;

/// The days on which premiums may be debited.
pub(super) const DAYS: [u8; 3] = [5, 10, 15];

/// Longest name of a holder (EPC: 70 characters).
pub(super) const LONGEST_NAME: usize = 70;

/// What is wrong with an account, in the words of the page.
pub(super) fn complaint(error: IbanError) -> String {
    let plural = |count: usize| if count > 1 { "s" } else { "" };
    match error {
        IbanError::Missing => "Indiquez l’IBAN du compte à prélever".to_owned(),
        IbanError::Character => {
            "L’IBAN ne comporte que des lettres et des chiffres, comme FR76 3000".to_owned()
        }
        IbanError::Shape => {
            "L’IBAN commence par deux lettres et deux chiffres, comme FR76".to_owned()
        }
        IbanError::NotSepa => {
            "Ce compte n’est pas dans la zone SEPA\u{a0}: indiquez un autre compte".to_owned()
        }
        IbanError::Short(1) => "L’IBAN est trop court\u{a0}: il manque 1\u{a0}caractère".to_owned(),
        IbanError::Short(count) => {
            format!(
                "L’IBAN est trop court\u{a0}: il manque {count}\u{a0}caractère{}",
                plural(count)
            )
        }
        IbanError::Long(count) => {
            format!("L’IBAN est trop long\u{a0}: il y en a {count} de trop")
        }
        IbanError::Check => {
            "Cet IBAN comporte une erreur\u{a0}: relisez-le par groupes de 4".to_owned()
        }
    }
}

impl Contracts {
    /// The reference of the mandate of who subscribes: a debtor knows it before the first debit, so it is
    /// drawn when their page is first shown.
    ///
    /// # Errors
    /// The database does not answer.
    pub(super) async fn own_rum(&self, id: DossierId) -> Result<String, ContractError> {
        let (core, now) = (&self.core, self.now());
        let fresh = ContractId::from_uuid(core.entropy.uuid_v7(now));
        Ok(core.store.reserve(id, fresh, now).await?.rum())
    }

    /// Keeps the account of a dossier until it is signed.
    ///
    /// # Errors
    /// No key is configured; the database does not answer.
    pub(super) async fn save_mandate(
        &self,
        id: DossierId,
        holder: &str,
        iban: &Iban,
        day: u8,
    ) -> Result<(), ContractError> {
        let (core, now) = (&self.core, self.now());
        let fresh = ContractId::from_uuid(core.entropy.uuid_v7(now));
        let reserved = core.store.reserve(id, fresh, now).await?;
        again(|| self.write_account(id, &reserved, (holder, iban, day))).await
    }

    /// The account and the demand for the documents that name it are one write.
    async fn write_account(
        &self,
        id: DossierId,
        reserved: &Reserved,
        (holder, iban, day): (&str, &Iban, u8),
    ) -> Result<(), ContractError> {
        let (core, now) = (&self.core, self.now());
        let account = Account { holder: holder.to_owned(), iban: iban.as_str().to_owned() };
        let row = MandateRow {
            rum: reserved.rum(),
            account: self.sealed(id, &account)?,
            day,
            saved_at: now,
        };
        let mut transaction = core.store.begin().await?;
        let held = core.dossiers.signable(&mut transaction, id).await?;
        self.can_be_signed(&held)?;
        if let Some(payer) = self.payer_in(&mut transaction, id).await? {
            // Their own account in the place of somebody else's.
            self.release(&mut transaction, payer).await?;
        }
        core.store.write_mandate(&mut transaction, id, &row).await?;
        self.prepare(&mut transaction, &held, &plain_sha256(&row.account)).await?;
        self.commit(transaction).await
    }
}

/// The schedule that is signed: the premiums of the frozen quote, each on the day that was chosen, in
/// the month of its instalment (`decisions`: debit day).
pub(super) fn schedule(quote: &QuoteResponse, day: u8) -> Vec<Premium> {
    let rows = quote.result.project.schedule.iter().flatten();
    let on = |due: Date| debit_day(due, quote.request.effect_date, day);
    let one = rows.map(|row| Premium {
        month: row.month,
        due_on: on(row.due_date),
        premium_cents: row.premium_cents,
        outstanding_cents: row.outstanding_cents,
    });
    one.collect()
}

/// What is debited for a schedule that is not signed yet, with the cover beginning on the day of its quote.
pub(super) fn debits_of(quote: &QuoteResponse, premiums: &[Premium]) -> Vec<Due> {
    let smallest = quote.result.project.smallest_collection_cents;
    debits(premiums, quote.request.effect_date, smallest)
}

/// The chosen day of the month of an instalment; of the month after it when that would be before the first day of cover:
/// nothing is debited for an insurance that has not begun.
fn debit_day(due: Date, effect: Date, day: u8) -> Date {
    let day = i8::try_from(day).unwrap_or(5);
    let usual = month_day(due, 0, day);
    if usual < effect { month_day(due, 1, day) } else { usual }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_debited_before_the_first_day_of_cover() {
        let day = |text: &str| text.parse::<Date>().expect("a day");
        for (due, effect, chosen, expected) in [
            ("2026-12-20", "2026-12-12", 5, "2027-01-05"),
            ("2026-12-20", "2026-12-12", 15, "2026-12-15"),
            ("2026-12-20", "2026-12-05", 5, "2026-12-05"),
            ("2027-01-20", "2026-12-12", 5, "2027-01-05"),
        ] {
            let debited = debit_day(day(due), day(effect), chosen);
            assert_eq!(debited, day(expected), "{due} {effect} {chosen}");
        }
    }
}
