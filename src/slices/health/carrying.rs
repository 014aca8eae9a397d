//! What a declaration is for after it was sent: the questionnaire that follows it, until its time is over.

use jiff::civil::Date;
use uuid::Uuid;

use super::error::HealthError;
use super::service::HealthWorld;
use super::store::Row;
use crate::domain::health::{Declaration, is_current};
use crate::platform::clock::date_in_paris;
use crate::platform::db::Connection;

/// The answers of a declaration, for the questionnaire that goes on from it. Prints as `…`.
#[derive(Clone)]
pub struct Carried {
    /// Height.
    pub centimetres: u16,
    /// Weight.
    pub kilograms: u16,
    /// Which questions were answered by yes; all others were answered by no.
    pub declaration: Declaration,
}

impl std::fmt::Debug for Carried {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl HealthWorld {
    /// Whether there are answers that the questionnaire may begin with. Tells nothing of them.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn carries(&self, insured: Uuid) -> Result<bool, HealthError> {
        let row = self.store.declaration(insured).await?;
        Ok(row.is_some_and(|row| self.is_current(&row)))
    }

    /// The answers that the questionnaire begins with, because the person has just consented that they are
    /// studied there; `None` when there is no declaration, or its time is over.
    ///
    /// # Errors
    /// No consent; they cannot be opened; the database does not answer.
    pub async fn carried(&self, insured: Uuid) -> Result<Option<Carried>, HealthError> {
        let mut connection = self.store.connection().await?;
        self.require_consent(&mut connection, insured).await?;
        drop(connection);
        if !self.carries(insured).await? {
            return Ok(None);
        }
        let answers = self.read(insured, "system", None, "questionnaire").await?;
        Ok(answers.and_then(|answers| {
            let (centimetres, kilograms) = (answers.centimetres?, answers.kilograms?);
            Some(Carried { centimetres, kilograms, declaration: answers.declaration()? })
        }))
    }

    /// The day on which this person sent the declaration that there is. Tells nothing of it.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn sent_on(&self, insured: Uuid) -> Result<Option<Date>, HealthError> {
        Ok(self.store.declaration(insured).await?.and_then(|row| day_of(&row)))
    }

    /// The same in the caller's transaction.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn sent_on_in(
        &self,
        connection: &mut Connection,
        insured: Uuid,
    ) -> Result<Option<Date>, HealthError> {
        Ok(self.store.declaration_in(connection, insured).await?.and_then(|row| day_of(&row)))
    }

    /// Whether this is a declaration that was sent and still holds.
    pub(super) fn is_current(&self, row: &Row) -> bool {
        day_of(row).is_some_and(|day| is_current(day, self.clock.today_in_paris()))
    }
}

/// The day on which it was sent; none of a draft.
fn day_of(row: &Row) -> Option<Date> {
    row.submitted_at.filter(|_| row.is_submitted).map(date_in_paris)
}
