//! The rights of people as the command line asks for them: every room that keeps something about somebody, without
//! a server around it.

use std::sync::Arc;

use super::state::{
    Platform, acceptances, contracts, documents, dossiers, identity_with, messages, offers,
    underwriting,
};
use crate::slices::quotes::{Pricer, Quotes};
use crate::slices::rights::{self, Rights};
use crate::slices::underwriting::Nobody;

/// The rights of people, for the command line. Nobody is logged in.
///
/// # Errors
/// A transport of messages cannot be prepared, the storage cannot be opened, the tariff is not sound, or a key of
/// underwriting cannot be read.
pub(super) fn rights_alone(platform: &Platform) -> anyhow::Result<Rights> {
    let pricer = Pricer::shipped().map_err(anyhow::Error::msg)?;
    let messages = messages(platform)?;
    let identity = identity_with(platform, messages.clone());
    let quotes = Quotes::new(
        pricer,
        documents(platform)?,
        messages.clone(),
        platform.database.clone(),
        platform.clock.clone(),
        platform.entropy.clone(),
        platform.settings.quotes.clone(),
    );
    let dossiers = dossiers(platform, &identity, &messages, &quotes);
    let contracts = contracts(platform, &dossiers, documents(platform)?, &messages, &identity);
    let underwriting = underwriting(platform, Arc::new(Nobody))?;
    let acceptances = acceptances(platform, &dossiers, &underwriting, &quotes, &messages);
    let offers = offers(platform, &dossiers)?;
    let (database, clock) = (platform.database.clone(), platform.clock.clone());
    Ok(Rights::new(rights::Tools {
        database,
        clock,
        identity,
        messages,
        dossiers,
        acceptances,
        underwriting,
        offers,
        contracts,
    }))
}
