//! Links that are sent to an address: 256 random bits of which we keep the hash, good for half an hour,
//! for one pool and one purpose, once.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::core::Core;
use super::model::Pool;
use super::store::{NewTicket, Ticket};
use crate::kernel::problem::Problem;
use crate::platform::crypto::Opaque;
use crate::platform::db::Connection;

/// Life of a link that is sent.
pub(super) const LIFE: Duration = Duration::from_secs(30 * 60);

/// Life of the link that an operator hands over.
pub(super) const LIFE_OF_INVITATION: Duration = Duration::from_secs(3600);

/// What a link is for: it opens nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Confirms the address of a new account.
    Confirm,
    /// Chooses a password.
    Reset,
    /// Nothing at all: written where a link would be, so that both cases take the same time.
    Nothing,
}

impl Purpose {
    const fn code(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Reset => "reset",
            Self::Nothing => "nothing",
        }
    }
}

/// A link that was drawn.
pub(super) struct Drawn {
    pub(super) id: Uuid,
    pub(super) secret: Opaque,
}

/// Draws links and uses them.
#[derive(Clone)]
pub(super) struct Tickets {
    core: Arc<Core>,
}

impl Tickets {
    pub(super) const fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// Draws a link and writes it down in the caller's transaction.
    pub(super) async fn draw(
        &self,
        connection: &mut Connection,
        pool: &Pool,
        user: Uuid,
        purpose: Purpose,
        life: Duration,
    ) -> Result<Drawn, Problem> {
        let now = self.core.clock.now();
        let drawn = Drawn {
            id: self.core.entropy.uuid_v7(now),
            secret: Opaque::draw("", &self.core.entropy),
        };
        let ticket = NewTicket {
            id: drawn.id,
            pool: pool.id,
            user,
            purpose: purpose.code(),
            hash: drawn.secret.hash(),
            life: [now, now + life],
        };
        self.core.store.insert_ticket(connection, &ticket).await?;
        Ok(drawn)
    }

    /// The link that somebody presents, while it can be used.
    pub(super) async fn find(
        &self,
        pool: &Pool,
        purpose: Purpose,
        presented: &str,
    ) -> Result<Option<Ticket>, Problem> {
        if presented.is_empty() || presented.len() > 64 {
            return Ok(None);
        }
        let hash = Opaque::hash_of(presented);
        let now = self.core.clock.now();
        Ok(self.core.store.ticket(pool.id, purpose.code(), &hash, now).await?)
    }

    /// Uses a link in the caller's transaction; `false` when somebody was faster.
    pub(super) async fn spend(
        &self,
        connection: &mut Connection,
        id: Uuid,
    ) -> Result<bool, Problem> {
        Ok(self.core.store.use_ticket(connection, id, self.core.clock.now()).await?)
    }

    /// Voids a person's other links for this purpose.
    pub(super) async fn void(
        &self,
        connection: &mut Connection,
        user: Uuid,
        purpose: Purpose,
    ) -> Result<(), Problem> {
        let now = self.core.clock.now();
        Ok(self.core.store.void_tickets(connection, user, purpose.code(), now).await?)
    }
}
