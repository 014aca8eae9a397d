//! Every SQL statement of the program, for the test that has each one prepared by a real server.

use crate::platform::db::{self, Statement};
use crate::platform::jobs;
use crate::slices::{campaigns, documents, identity, messages, quotes, signature};

/// The statements, room by room. A slice adds its `store::STATEMENTS` here.
pub fn all() -> impl Iterator<Item = &'static Statement> {
    let slices = [
        jobs::STATEMENTS,
        documents::STATEMENTS,
        messages::STATEMENTS,
        quotes::STATEMENTS,
        signature::STATEMENTS,
    ];
    let rooms = db::STATEMENTS.iter().chain(identity::STATEMENTS).chain(campaigns::STATEMENTS);
    rooms.copied().chain(slices).flatten()
}
