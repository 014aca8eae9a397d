//! Whom an outage of the engine stopped: noted when it happens, forgotten when they go on, called back when
//! the engine is well again. Nothing is decided by an outage, and nothing but the last answer is lost.

use std::sync::atomic::Ordering;

use jiff::Timestamp;
use uuid::Uuid;

use super::model::{Insured, Session};
use super::service::{Shared, Underwriting};
use super::visitors::Visitor;
use crate::kernel::problem::Problem;
use crate::platform::db::{Connection, DbError};

/// Somebody whom an outage stopped.
#[derive(Clone, Copy, Debug)]
pub struct Stopped {
    session: Uuid,
    since: Timestamp,
    /// Who.
    pub insured: Insured,
}

impl Stopped {
    /// Names this outage of this person: who is called back twice for it is called back once.
    pub fn event(&self) -> String {
        format!("{}-{}", self.session.simple(), self.since.as_second())
    }
}

impl Underwriting {
    /// Who was stopped until `until` and has not come back; nobody while the engine is away.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn stopped(&self, until: Timestamp, most: u32) -> Result<Vec<Stopped>, Problem> {
        let rows = self.0.store.stopped(until, most).await?;
        if rows.is_empty() || !matches!(self.health().await, Some(Ok(()))) {
            return Ok(Vec::new());
        }
        let stopped = |(session, dossier, number, since)| Stopped {
            session,
            since,
            insured: Insured { dossier, number },
        };
        Ok(rows.into_iter().map(stopped).collect())
    }

    /// In the caller's transaction: they are told now. False when they came back, or another copy told them.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn call_back(
        &self,
        connection: &mut Connection,
        one: &Stopped,
    ) -> Result<bool, Problem> {
        Ok(self.0.store.set_going_on(connection, one.session).await?)
    }
}

impl Shared {
    /// The engine is away for this person.
    pub(super) async fn stopped(&self, session: &Session) {
        if let Err(error) = self.store.set_stopped(session.id, self.clock.now()).await {
            // They are shown that the questionnaire is away all the same; nobody calls them back.
            tracing::warn!(cause = %error, "an outage is not noted");
        }
    }

    /// The engine answers this person.
    pub(super) async fn goes_on(&self, session: &Session) {
        let going = async {
            let mut connection = self.store.database.pool().acquire().await?;
            self.store.set_going_on(&mut connection, session.id).await
        };
        let gone: Result<bool, DbError> = going.await;
        if let Err(error) = gone {
            tracing::warn!(cause = %error, "the end of an outage is not noted");
        }
    }

    /// What a browser's request met: the database hears of it when it is another thing than before.
    pub(super) async fn met(&self, visitor: &Visitor, is_outage: bool) {
        if visitor.is_stopped.swap(is_outage, Ordering::Relaxed) == is_outage {
            return;
        }
        if is_outage {
            self.stopped(&visitor.session).await;
        } else {
            self.goes_on(&visitor.session).await;
        }
    }
}
