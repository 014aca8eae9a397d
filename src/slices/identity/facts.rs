//! What the journal says of an act: who did it, from where, and how strongly they had proven it.

use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::core::Core;
use super::journal;
use super::model::Session;
use crate::kernel::access::Acr;
use crate::kernel::problem::Problem;
use crate::platform::db::Connection;

/// Who acts.
#[derive(Clone, Debug, Serialize)]
pub(super) struct By {
    /// The account, or `operator`, or nobody yet.
    pub(super) actor: Option<String>,
    /// Session.
    pub(super) sid: Option<Uuid>,
    /// Strength of the login.
    pub(super) acr: Option<Acr>,
    /// Address of the network.
    pub(super) address: Box<str>,
}

impl By {
    /// Somebody who has no session.
    pub(super) fn visitor(address: &str) -> Self {
        Self { actor: None, sid: None, acr: None, address: address.into() }
    }

    /// The person of this account, who has no session yet.
    pub(super) fn person(user: Uuid, acr: Option<Acr>, address: &str) -> Self {
        Self { actor: Some(user.to_string()), sid: None, acr, address: address.into() }
    }

    /// The person of a session.
    pub(super) fn session(session: &Session, address: &str) -> Self {
        Self {
            actor: Some(session.user_id.to_string()),
            sid: Some(session.id),
            acr: Some(session.acr()),
            address: address.into(),
        }
    }

    /// Somebody at the command line.
    pub(super) fn operator() -> Self {
        Self { actor: Some("operator".to_owned()), sid: None, acr: None, address: "".into() }
    }
}

#[derive(Serialize)]
struct Fact<'a> {
    user: Option<Uuid>,
    by: &'a By,
    #[serde(skip_serializing_if = "Value::is_null")]
    more: Value,
}

/// Writes down what was done to an account. The last statement of its transaction. `more` never holds a
/// secret.
pub(super) async fn note(
    core: &Core,
    connection: &mut Connection,
    pool: Uuid,
    kind: &str,
    user: Option<Uuid>,
    by: &By,
    more: Value,
) -> Result<(), Problem> {
    let fact = Fact { user, by, more };
    journal::record(&core.store, connection, pool, core.clock.now(), kind, &fact).await
}
