//! What operators do on the command line: look, have a message sent again, give one up.

use super::message::{MessageId, Recipient};
use super::service::Messages;
use super::store::{Listed, State};
use crate::platform::db::DbError;

/// Which messages an operator looks for.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    /// In this state only.
    pub state: Option<State>,
    /// For this recipient only: found by a mark, so the address is not kept anywhere.
    pub to: Option<String>,
    /// At most so many, the newest first.
    pub most: u32,
}

/// Why what an operator asked is not done.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is none.
    #[error("no message has this identifier")]
    Unknown,
    /// Its state does not allow it.
    #[error(
        "this message is `{0}`: only one that is `pending` or `in_doubt`, and not stale, can be"
    )]
    State(String),
    /// A recipient can only be looked for with the keys that marked it.
    #[error("a recipient cannot be looked for: `crypto.keyring_file` is empty")]
    NoKey,
    /// The database.
    #[error("the database does not answer")]
    Database(#[from] DbError),
}

impl Messages {
    /// The messages that an operator looks for, the newest first.
    ///
    /// # Errors
    /// No key is configured to look for a recipient; the database does not answer.
    pub async fn list(&self, sought: &Sought) -> Result<Vec<Listed>, Refusal> {
        let shared = &self.shared;
        let state = sought.state.map_or("", State::code);
        let Some(to) = &sought.to else {
            return Ok(shared.outbox.list(state, sought.most).await?);
        };
        let marks = shared.marks(&Recipient::read(to));
        if marks.is_empty() {
            return Err(Refusal::NoKey);
        }
        let mut found = Vec::new();
        for mark in marks {
            found.extend(shared.outbox.list_to(&mark, state, sought.most).await?);
        }
        Ok(found)
    }

    /// Has a message sent again, or sooner: the operator has found that it did not arrive.
    ///
    /// # Errors
    /// There is none; it is sent, dead or stale; the database does not answer.
    pub async fn retry(&self, id: MessageId) -> Result<(), Refusal> {
        let now = self.shared.clock.now();
        let done = self.shared.outbox.retry(id.uuid(), now).await?;
        self.unless(done, id).await
    }

    /// Gives a message up: the operator has found that it arrived, or that nobody wants it.
    ///
    /// # Errors
    /// There is none; it is sent or dead; the database does not answer.
    pub async fn discard(&self, id: MessageId) -> Result<(), Refusal> {
        let now = self.shared.clock.now();
        let done = self.shared.outbox.discard(id.uuid(), now).await?;
        self.unless(done, id).await
    }

    async fn unless(&self, done: bool, id: MessageId) -> Result<(), Refusal> {
        if done {
            return Ok(());
        }
        let state = self.shared.outbox.state(id.uuid()).await?;
        Err(state.map_or(Refusal::Unknown, Refusal::State))
    }
}
