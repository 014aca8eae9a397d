//! Looking after the outbox: what was abandoned is in doubt, what is stale is given up, what is old
//! is deleted, and the figures say how much waits.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::message::Channel;
use super::service::Shared;
use super::store::{Depth, State};
use crate::platform::db::DbError;

const OUTCOMES: [&str; 5] = ["sent", "later", "dead", "in_doubt", "expired"];

/// How often the tables are looked for at the start.
const LOOK: Duration = Duration::from_millis(500);

/// Says when the outbox cannot be reached and when it can again: one line each, however long it lasts.
#[derive(Default)]
pub(super) struct Outage(AtomicBool);

impl Outage {
    /// The answer, if there is one.
    pub(super) fn note<T>(&self, answer: Result<T, DbError>) -> Option<T> {
        match answer {
            Ok(answer) => {
                if self.0.swap(false, Ordering::Relaxed) {
                    tracing::info!("the outbox can be reached again");
                }
                Some(answer)
            }
            // Two copies met on a row: the next look is enough.
            Err(error) if error.is_busy() => None,
            Err(error) => {
                if !self.0.swap(true, Ordering::Relaxed) {
                    tracing::error!(%error, "the outbox cannot be reached");
                }
                None
            }
        }
    }
}

/// Waits until the migrations are applied. `app::boot` says what keeps them.
pub(super) async fn wait_for_tables(shared: &Shared) {
    while !shared.outbox.is_there().await {
        tokio::time::sleep(LOOK).await;
    }
}

/// Looks after the outbox until `stop`.
pub(super) async fn run(shared: &Shared, stop: &CancellationToken) {
    for channel in Channel::ALL {
        for outcome in OUTCOMES {
            count(channel, outcome, 0);
        }
    }
    let outage = Outage::default();
    while !stop.is_cancelled() {
        outage.note(pass(shared).await);
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(Duration::from_millis(shared.settings.tend_ms)) => {}
        }
    }
}

/// Counts what became of messages.
pub(super) fn count(channel: Channel, outcome: &'static str, by: u64) {
    metrics::counter!("messages_total", "channel" => channel.code(), "outcome" => outcome)
        .increment(by);
}

async fn pass(shared: &Shared) -> Result<(), DbError> {
    let now = shared.clock.now();
    for channel in Channel::ALL {
        let abandoned = shared.outbox.abandon(channel, now).await?;
        if abandoned > 0 {
            let channel = channel.code();
            tracing::error!(
                channel,
                abandoned,
                "messages in doubt: their sender did not come back"
            );
        }
        count(channel, "in_doubt", abandoned);
        let expired = shared.outbox.expire(channel, now).await?;
        if expired > 0 {
            tracing::warn!(channel = channel.code(), expired, "stale messages given up");
        }
        count(channel, "expired", expired);
    }
    let settings = &shared.settings;
    shared.outbox.purge(now - settings.retention(), settings.purge_rows).await?;
    shared.outbox.forget_budgets(now, settings.purge_rows).await?;
    measure(shared, &shared.outbox.depth().await?);
    Ok(())
}

/// Writes down how much waits in each state and, per channel, for how long the oldest has.
fn measure(shared: &Shared, depths: &[Depth]) {
    let now = shared.clock.now();
    for channel in Channel::ALL {
        let own = || depths.iter().filter(|depth| depth.channel == channel.code());
        for state in [State::Pending, State::Sending, State::InDoubt] {
            let found = own().find(|depth| depth.state == state.code());
            let count = found.map_or(0, |depth| u32::try_from(depth.count).unwrap_or(u32::MAX));
            metrics::gauge!("messages_outbox", "channel" => channel.code(), "state" => state.code())
                .set(count);
        }
        let waiting = own().filter(|depth| depth.state == State::Pending.code());
        let oldest = waiting.map(|depth| now.duration_since(depth.oldest).as_secs_f64()).next();
        metrics::gauge!("messages_oldest_seconds", "channel" => channel.code())
            .set(oldest.unwrap_or(0.0).max(0.0));
    }
}
