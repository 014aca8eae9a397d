//! Sending what waits on one channel: claim a few, send them side by side, write what became of each.
//!
//! The claim is committed before anything is sent, so several copies never send one message; and what
//! is not known to have failed is never sent again by itself.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::adapter::{Handed, Outcome, Parcel};

use super::message::{Channel, MessageId};
use super::service::Shared;
use super::store::{Claimed, Settled};
use super::tending::Outage;
use crate::platform::backoff;
use crate::platform::crypto::SealError;

/// At a stop, an outcome that cannot be written for so long is left in doubt.
const FAREWELL: Duration = Duration::from_secs(3);

/// The pause after a look that failed.
const AGAIN: Duration = Duration::from_secs(1);

/// What delivers on one channel.
pub(super) struct Delivery {
    shared: Arc<Shared>,
    channel: Channel,
    outage: Outage,
    stop: CancellationToken,
}

impl Delivery {
    /// Sends until `stop`, then lets what is under way end.
    pub(super) async fn run(shared: &Arc<Shared>, channel: Channel, stop: &CancellationToken) {
        let lane = shared.lane(channel);
        if lane.transport.is_none() || !shared.keyring.is_usable() {
            return;
        }
        let own = Arc::new(Self {
            shared: Arc::clone(shared),
            channel,
            outage: Outage::default(),
            stop: stop.clone(),
        });
        let mut under_way = JoinSet::new();
        let batch = usize::try_from(shared.settings.batch).unwrap_or(1);
        while !stop.is_cancelled() {
            let room = batch - under_way.len().min(batch);
            let claimed = own.claim(room).await;
            // A look that failed has seen nothing, and its bell does not ring twice.
            let poll = shared.settings.poll();
            let pause = if claimed.is_some() { poll } else { poll.min(AGAIN) };
            for claimed in claimed.unwrap_or_default() {
                under_way.spawn(Arc::clone(&own).send(claimed));
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = lane.bell.notified() => {}
                () = tokio::time::sleep(pause) => {}
                // One end makes room for another beginning. A panic has said its words already.
                Some(_) = under_way.join_next() => {}
            }
            while under_way.try_join_next().is_some() {}
        }
        while under_way.join_next().await.is_some() {}
    }

    /// Up to `room` messages, ours from now on; `None` when that cannot be known, because the database
    /// is away or two copies met on a row.
    async fn claim(&self, room: usize) -> Option<Vec<Claimed>> {
        let most = u32::try_from(room).unwrap_or(u32::MAX);
        if most == 0 {
            return Some(Vec::new());
        }
        let now = self.shared.clock.now();
        let claim = self.shared.entropy.uuid_v7(now);
        let until = now + self.shared.settings.claim();
        let claimed = self.shared.outbox.claim(self.channel, most, claim, now, until).await;
        self.outage.note(claimed)
    }

    async fn send(self: Arc<Self>, claimed: Claimed) {
        let id = MessageId::from_uuid(claimed.id);
        let settled = match self.shared.unseal(id, &claimed.recipient, &claimed.letter) {
            Ok((to, letter)) => {
                let now = self.shared.clock.now();
                let parcel = Parcel { id, to, locale: claimed.locale, letter, now };
                self.settled(self.handed_over(&parcel).await, claimed.attempts)
            }
            // The operator may put the key back.
            Err(SealError::NoKey | SealError::UnknownKey) => {
                self.settled(Outcome::Later("key_missing"), claimed.attempts)
            }
            Err(SealError::Broken) => Settled::Dead("unreadable"),
        };
        self.say(id, &claimed, settled);
        self.write(&claimed, settled).await;
    }

    /// Sends within the limit of time. Past it, what may have been handed over is in doubt.
    async fn handed_over(&self, parcel: &Parcel) -> Outcome {
        let handed = Handed::default();
        let sending = self.shared.lane(self.channel).transport.send(parcel, &handed);
        match tokio::time::timeout(self.shared.settings.send_timeout(), sending).await {
            Ok(outcome) => outcome,
            Err(_) if handed.is_set() => Outcome::Unknown("no_answer"),
            Err(_) => Outcome::Later("too_slow"),
        }
    }

    fn settled(&self, outcome: Outcome, attempts: u32) -> Settled {
        let settings = &self.shared.settings;
        match outcome {
            Outcome::Sent => Settled::Sent,
            Outcome::Refused(reason) => Settled::Dead(reason),
            Outcome::Unknown(reason) => Settled::InDoubt(reason),
            Outcome::Later(reason) if attempts >= settings.attempts_max => Settled::Dead(reason),
            Outcome::Later(reason) => {
                let draw = u32::from_le_bytes(self.shared.entropy.bytes());
                let (first, longest) = (settings.retry_first(), settings.retry_longest());
                let wait = backoff::wait(attempts, first, longest, draw);
                Settled::Later(reason, self.shared.clock.now() + wait)
            }
        }
    }

    /// Writes the outcome, as long as the claim may still be ours. What cannot be written is in doubt
    /// when the claim ends.
    async fn write(&self, claimed: &Claimed, settled: Settled) {
        let shared = &self.shared;
        let writing = async {
            loop {
                let now = shared.clock.now();
                let written = shared.outbox.settle(claimed.id, claimed.claim, settled, now).await;
                match self.outage.note(written) {
                    Some(is_ours) => return is_ours,
                    None => tokio::time::sleep(shared.settings.poll()).await,
                }
            }
        };
        let written = tokio::select! {
            is_ours = writing => Some(is_ours),
            () = self.too_late() => None,
        };
        let id = MessageId::from_uuid(claimed.id);
        match written {
            Some(true) => {}
            Some(false) => tracing::warn!(%id, "somebody else has decided about this message"),
            None => tracing::error!(%id, "what became of this message could not be written"),
        }
    }

    /// Ends when an outcome need not be written any more: the claim is over, or the program should be.
    async fn too_late(&self) {
        let settings = &self.shared.settings;
        let left = settings.claim().saturating_sub(settings.send_timeout());
        tokio::select! {
            () = tokio::time::sleep(left) => {}
            () = self.stop.cancelled() => tokio::time::sleep(FAREWELL).await,
        }
    }

    /// The log and the figures: never who it was for, nor what it said.
    fn say(&self, id: MessageId, claimed: &Claimed, settled: Settled) {
        let (event, attempts) = (claimed.event.as_str(), claimed.attempts);
        let channel = self.channel.code();
        let outcome = match settled {
            Settled::Sent => {
                tracing::debug!(%id, channel, event, attempts, "message sent");
                "sent"
            }
            Settled::Later(reason, due) => {
                tracing::info!(%id, channel, event, attempts, reason, %due, "message not sent yet");
                "later"
            }
            Settled::Dead(reason) => {
                tracing::warn!(%id, channel, event, attempts, reason, "message given up");
                "dead"
            }
            Settled::InDoubt(reason) => {
                tracing::error!(%id, channel, event, attempts, reason, "message in doubt");
                "in_doubt"
            }
        };
        super::tending::count(self.channel, outcome, 1);
    }
}
