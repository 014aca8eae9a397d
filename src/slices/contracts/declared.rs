//! The declaration of health that somebody signs with their documents: its day and its fingerprint, in the proof of that
//! person alone. What it says stays in the world of health.

use super::core::Contracts;
use super::error::ContractError;
use super::model::Mandate;
use super::signing::consents;
use crate::kernel::french;
use crate::platform::db::Connection;
use crate::slices::dossiers::{Signable, SignableInsured};
use crate::slices::signature::SignedDeclaration;

/// What somebody accepts of their own declaration by typing the code.
fn text(person: &SignableInsured) -> Option<String> {
    let day = french::day(person.declared_on?);
    Some(format!("Ce code signe aussi ma déclaration de santé du {day}."))
}

/// All that the person in this place accepts by typing the code.
pub(super) fn accepted(mandate: &Mandate, place: u8, signable: &Signable) -> Vec<String> {
    let own = signable.insured.iter().find(|one| one.place == place).and_then(text);
    consents(mandate, place, signable).into_iter().chain(own).collect()
}

impl Contracts {
    /// What the evidence of this person holds of their declaration.
    pub(super) async fn declaration(
        &self,
        connection: &mut Connection,
        person: &SignableInsured,
    ) -> Result<Option<SignedDeclaration>, ContractError> {
        let Some(text) = text(person) else { return Ok(None) };
        let dossiers = &self.core.dossiers;
        let fingerprint = dossiers.declaration_fingerprint(connection, person.insured_id).await?;
        Ok(Some(SignedDeclaration { text, fingerprint }))
    }
}
