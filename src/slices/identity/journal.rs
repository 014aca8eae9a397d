//! The journal of identity: what was done to whom, by whom, chained by hash.
//!
//! An event is written in the transaction of what it tells, as its last statement: adding one locks
//! its pool's head until the end. Each holds the hash of the one before it, so that an event that is
//! changed, removed or moved is found by [`Broken`]. Never a secret, a code or a token in one.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::store::{EventRow, Head, Store};
use crate::kernel::problem::{Kind, Problem};
use crate::platform::crypto::TokenHash;
use crate::platform::db::Connection;
use crate::platform::digest::sha256;

/// Events of a journal that are read at a time.
const PAGE: u32 = 500;

/// Where a journal does not hold together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// An event was changed, or one before it was removed or moved.
    #[error("the journal does not hold together at event {0}")]
    At(u64),
    /// The last events are missing.
    #[error("the journal ends at event {0}, before its last one")]
    Cut(u64),
}

/// Adds an event to a pool's journal. The last statement of its transaction.
pub(super) async fn record(
    store: &Store,
    connection: &mut Connection,
    pool: Uuid,
    now: Timestamp,
    kind: &str,
    data: &impl Serialize,
) -> Result<(), Problem> {
    let data = serde_json::to_string(data).map_err(|error| Problem::new(Kind::Bug).cause(error))?;
    let head = store.lock_head(connection, pool).await?;
    let head = head.ok_or_else(|| Problem::new(Kind::Bug).cause("a pool without a journal"))?;
    let event = next(pool, head, now, kind, data);
    Ok(store.append_event(connection, pool, &event).await?)
}

/// The event that comes behind `head`.
fn next(pool: Uuid, head: Head, now: Timestamp, kind: &str, data: String) -> EventRow {
    let mut event = EventRow {
        sequence: head.sequence + 1,
        happened_at: now,
        kind: kind.to_owned(),
        data,
        previous_hash: head.hash,
        hash: TokenHash::default(),
    };
    event.hash = hash(pool, &event);
    event
}

fn hash(pool: Uuid, event: &EventRow) -> TokenHash {
    sha256(&[
        pool.as_bytes(),
        &event.sequence.to_be_bytes(),
        &event.happened_at.as_microsecond().to_be_bytes(),
        event.kind.as_bytes(),
        event.data.as_bytes(),
        &event.previous_hash,
    ])
}

/// Reads a pool's whole journal and checks every link; answers how many events there are.
pub(super) async fn verify(store: &Store, pool: Uuid) -> Result<Result<u64, Broken>, Problem> {
    // The head first: events that are added meanwhile come behind it.
    let last = store.head(pool).await?;
    let mut head = Head { sequence: 0, hash: TokenHash::default() };
    loop {
        let events = store.events(pool, head.sequence, PAGE).await?;
        if events.is_empty() {
            break;
        }
        match follow(pool, head, &events) {
            Ok(next) => head = next,
            Err(broken) => return Ok(Err(broken)),
        }
    }
    let is_cut = last.is_some_and(|last| last.sequence > head.sequence);
    Ok(if is_cut { Err(Broken::Cut(head.sequence)) } else { Ok(head.sequence) })
}

fn follow(pool: Uuid, mut head: Head, events: &[EventRow]) -> Result<Head, Broken> {
    for event in events {
        let is_next = event.sequence == head.sequence + 1 && event.previous_hash == head.hash;
        if !is_next || hash(pool, event) != event.hash {
            return Err(Broken::At(event.sequence));
        }
        head = Head { sequence: event.sequence, hash: event.hash };
    }
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Head = Head { sequence: 0, hash: [0; 32] };

    fn journal() -> Vec<EventRow> {
        let now: Timestamp = "2026-11-23T09:00:00Z".parse().expect("an instant");
        let mut head = START;
        ["pool.created", "user.created", "login"]
            .into_iter()
            .map(|kind| {
                let event = next(Uuid::nil(), head, now, kind, "{}".to_owned());
                head = Head { sequence: event.sequence, hash: event.hash };
                event
            })
            .collect()
    }

    #[test]
    fn a_journal_as_it_was_written_holds_together() {
        let events = journal();
        assert_eq!(follow(Uuid::nil(), START, &events).map(|head| head.sequence), Ok(3));
    }

    #[test]
    fn a_changed_removed_or_moved_event_is_found() {
        let mut changed = journal();
        changed[1].data = "{\"by\":\"somebody else\"}".to_owned();
        assert_eq!(follow(Uuid::nil(), START, &changed), Err(Broken::At(2)));
        let mut removed = journal();
        removed.remove(1);
        assert_eq!(follow(Uuid::nil(), START, &removed), Err(Broken::At(3)));
        let mut moved = journal();
        moved.swap(1, 2);
        assert_eq!(follow(Uuid::nil(), START, &moved), Err(Broken::At(3)));
        assert_eq!(follow(Uuid::max(), START, &journal()), Err(Broken::At(1)), "another pool's");
    }
}
