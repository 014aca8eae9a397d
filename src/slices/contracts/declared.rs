//! The declaration of health that somebody signs with their documents: its day and its fingerprint, in the proof of that
//! person alone. What it says stays in the world of health.

use super::core::Contracts;
use super::error::ContractError;
use super::model::Mandate;
use super::signing::consents;
use crate::platform::db::Connection;
use crate::slices::dossiers::{Signable, SignableInsured};
use crate::slices::signature::SignedDeclaration;

/// What somebody accepts of their own declaration by typing the code.
const TEXT: &str = "Il signe aussi ma déclaration de santé.";

/// All that the person in this place accepts by typing the code.
pub(super) fn accepted(mandate: &Mandate, place: u8, signable: &Signable) -> Vec<String> {
    let own = |one: &&SignableInsured| one.place == place && one.declared_on.is_some();
    let own = signable.insured.iter().find(own).map(|_| TEXT.to_owned());
    with_own(consents(mandate, place, signable), own)
}

/// These texts with that of somebody's own declaration, which goes on from what the code signs.
pub(super) fn with_own(mut consents: Vec<String>, own: Option<String>) -> Vec<String> {
    if let Some(own) = own {
        consents.insert(consents.len().min(2), own);
    }
    consents
}

impl Contracts {
    /// What the evidence of this person holds of their declaration.
    pub(super) async fn declaration(
        &self,
        connection: &mut Connection,
        person: &SignableInsured,
    ) -> Result<Option<SignedDeclaration>, ContractError> {
        let Some(day) = person.declared_on else { return Ok(None) };
        let dossiers = &self.core.dossiers;
        let fingerprint = dossiers.declaration_fingerprint(connection, person.insured_id).await?;
        Ok(Some(SignedDeclaration { text: TEXT.to_owned(), day, fingerprint }))
    }
}
