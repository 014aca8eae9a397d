//! What is taken back before its time: written with the act that takes it back, read by every copy every
//! few seconds into the picture that the authorizer asks.
//!
//! A signature stays right for ever; this is how a token of five minutes ends after a few seconds.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Mutex;
use uuid::Uuid;

use super::core::Core;
use super::keys::schedule::LONGEST_TOKEN;
use super::store::{NewRevocation, RevocationRow};
use crate::kernel::problem::Problem;
use crate::platform::access::{Revocations, Snapshot};
use crate::platform::db::{Connection, DbError};

/// Rows of a page.
const PAGE: u32 = 2000;

/// Transactions end after the instant that they write, and clocks differ: each reading begins that much
/// before the last row of the one before, and never in the future of ours.
const OVERLAP: Duration = Duration::from_secs(120);

/// A token that is about to end may be taken a little longer by a clock that is late.
const LEEWAY: Duration = Duration::from_secs(120);

/// What was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Revoked {
    /// One access token.
    Token(Uuid),
    /// Everything of one login.
    Session(Uuid),
    /// Everything of a person issued before.
    User(Uuid),
    /// Everything of the pool issued before.
    Pool,
}

/// A stored kind that this version does not know.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("not a kind of revocation")]
pub(super) struct UnknownKind;

impl Revoked {
    /// The stored code.
    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::Token(_) => "token",
            Self::Session(_) => "session",
            Self::User(_) => "user",
            Self::Pool => "pool",
        }
    }

    /// What it names, as tokens say it.
    pub(super) fn subject(self) -> String {
        match self {
            Self::Token(id) | Self::Session(id) | Self::User(id) => id.to_string(),
            Self::Pool => String::new(),
        }
    }

    /// From a row.
    pub(super) fn stored(kind: &str, subject: &str) -> Result<Self, UnknownKind> {
        let id = || Uuid::try_parse(subject).map_err(|_| UnknownKind);
        match kind {
            "token" => id().map(Self::Token),
            "session" => id().map(Self::Session),
            "user" => id().map(Self::User),
            "pool" => Ok(Self::Pool),
            _ => Err(UnknownKind),
        }
    }
}

/// Takes something back, in the transaction of the act that does so.
pub(super) async fn revoke(
    core: &Core,
    connection: &mut Connection,
    pool_id: Uuid,
    revoked: Revoked,
) -> Result<(), DbError> {
    let now = core.clock.now();
    let until = now + LONGEST_TOKEN + LEEWAY;
    let id = core.entropy.uuid_v7(now);
    let row = NewRevocation { id, pool_id, revoked, now, until };
    core.store.insert_revocation(connection, &row).await
}

/// Reads what was taken back, by all copies, and renews the picture.
#[derive(Default)]
pub(super) struct Loader(Mutex<Known>);

#[derive(Default)]
struct Known {
    rows: BTreeMap<Uuid, RevocationRow>,
    newest: Option<Timestamp>,
}

impl Loader {
    /// Reads what is new and hands the picture over.
    pub(super) async fn read(&self, core: &Core, to: &Revocations) -> Result<(), Problem> {
        let mut known = self.0.lock().await;
        let now = core.clock.now();
        let start = known.newest.map_or(Timestamp::UNIX_EPOCH, |newest| newest.min(now) - OVERLAP);
        let mut after = (start, Uuid::nil());
        loop {
            let rows = core.store.revocations(after, now, PAGE).await?;
            let Some(last) = rows.last() else { break };
            after = (last.created_at, last.id);
            known.newest = known.newest.max(Some(last.created_at));
            known.rows.extend(rows.into_iter().map(|row| (row.id, row)));
        }
        known.rows.retain(|_, row| now < row.until);
        to.replace(picture(&known.rows, &core.origin), now);
        Ok(())
    }
}

/// In the order of the rows' identifiers, which is that of time: the last word counts.
fn picture(rows: &BTreeMap<Uuid, RevocationRow>, origin: &str) -> Snapshot {
    let mut snapshot = Snapshot::default();
    for row in rows.values() {
        let issuer = format!("{origin}/pools/{}", row.slug);
        let subject = row.revoked.subject();
        match row.revoked {
            Revoked::Token(_) => snapshot.token(&issuer, &subject),
            Revoked::Session(_) => snapshot.session(&issuer, &subject),
            Revoked::User(_) => snapshot.subject_before(&issuer, &subject, row.issued_by),
            Revoked::Pool => snapshot.issuer_before(&issuer, row.issued_by),
        }
    }
    snapshot
}
