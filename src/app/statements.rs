//! Every SQL statement of the program, for the test that has each one prepared by a real server.

use crate::platform::db::{self, Statement};
use crate::platform::jobs;
use crate::slices::{
    acceptance, admission, campaigns, contracts, documents, dossiers, health, identity, messages,
    offers, quotes, signature, underwriting, vigilance,
};

/// The statements, room by room. A slice adds its `store::STATEMENTS` here.
pub fn all() -> impl Iterator<Item = &'static Statement> {
    let slices = [
        jobs::STATEMENTS,
        acceptance::STATEMENTS,
        documents::STATEMENTS,
        health::STATEMENTS,
        messages::STATEMENTS,
        offers::STATEMENTS,
        quotes::STATEMENTS,
        signature::STATEMENTS,
        vigilance::STATEMENTS,
    ];
    let rooms = [db::STATEMENTS, identity::STATEMENTS, campaigns::STATEMENTS, dossiers::STATEMENTS];
    let rooms = rooms.into_iter().chain([admission::STATEMENTS, underwriting::STATEMENTS]);
    let rooms = rooms.chain([contracts::STATEMENTS]).flatten();
    rooms.copied().chain(slices).flatten()
}
