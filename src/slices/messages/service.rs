//! The door of the slice: other slices post, `app::boot` has it deliver.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::adapter::{Transport, TransportError};
use super::delivery::Delivery;
use super::error::PostError;
use super::message::{Channel, Letter, Message, MessageId, Recipient};
use super::settings::MessagesSettings;
use super::store::{Inserted, Mailbox, NewRow, Outbox};
use super::tending;
use crate::platform::clock::{Clock, Entropy};
use crate::platform::crypto::{Keyring, SealError};
use crate::platform::db::{Connection, Database};

/// Messages that leave through the outbox. Cheap to clone: all clones are one.
#[derive(Clone)]
pub struct Messages {
    pub(super) shared: Arc<Shared>,
}

/// What the slice works with.
pub(super) struct Shared {
    pub(super) outbox: Outbox,
    pub(super) mailbox: Mailbox,
    pub(super) keyring: Keyring,
    pub(super) clock: Clock,
    pub(super) entropy: Entropy,
    pub(super) settings: MessagesSettings,
    pub(super) is_development: bool,
    pub(super) email: Lane,
    pub(super) sms: Lane,
}

/// One channel's way out, and the bell that wakes who delivers on it.
pub(super) struct Lane {
    pub(super) transport: Transport,
    pub(super) bell: Notify,
}

/// What became of a message that was posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posted {
    /// It leaves if the transaction commits.
    Queued,
    /// Its event has a message already; this one is not kept.
    AlreadyPosted,
}

impl Messages {
    /// The slice on these tools. Secrets of transports are read now.
    ///
    /// # Errors
    /// A secret's file cannot be read, or a transport's setting cannot be used.
    pub fn new(
        database: &Database,
        keyring: &Keyring,
        clock: &Clock,
        entropy: &Entropy,
        settings: &MessagesSettings,
        brand: &str,
        is_development: bool,
    ) -> Result<Self, TransportError> {
        let mailbox = Mailbox::new(database.clone());
        let lane = |channel| {
            Transport::new(channel, settings, mailbox.clone(), brand, is_development)
                .map(|transport| Lane { transport, bell: Notify::new() })
        };
        let (email, sms) = (lane(Channel::Email)?, lane(Channel::Sms)?);
        let shared = Shared {
            outbox: Outbox::new(database.clone()),
            mailbox,
            keyring: keyring.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            settings: settings.clone(),
            is_development,
            email,
            sms,
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Writes the message in the caller's transaction: it leaves if and only if that commits, and once
    /// for its event.
    ///
    /// # Errors
    /// No key is configured; it is no message; the database does not answer.
    pub async fn post(
        &self,
        connection: &mut Connection,
        message: Message,
    ) -> Result<Posted, PostError> {
        if let Some(fault) = message.fault() {
            return Err(PostError::NoMessage(fault));
        }
        let shared = &*self.shared;
        let now = shared.clock.now();
        let id = shared.entropy.uuid_v7(now);
        let give_up = now + shared.settings.give_up();
        let marks = shared.marks(&message.to);
        let row = NewRow {
            id,
            event: &message.event,
            channel: message.to.channel(),
            mark: *marks.first().ok_or(SealError::NoKey)?,
            recipient: shared.seal("recipient", id, &message.to)?,
            letter: shared.seal("letter", id, &message.letter)?,
            locale: message.locale,
            created_at: now,
            expires_at: message.expires.map_or(give_up, |expires| expires.min(give_up)),
        };
        match shared.outbox.insert(connection, row).await? {
            Inserted::Made => Ok(Posted::Queued),
            Inserted::EventTaken => Ok(Posted::AlreadyPosted),
        }
    }

    /// Has the outbox looked at now: to be called after the commit of what [`Self::post`] wrote in.
    /// Without it the message leaves at the next look, within `messages.poll_ms`.
    pub fn wake(&self) {
        self.shared.email.bell.notify_one();
        self.shared.sms.bell.notify_one();
    }

    /// Sends what waits until `stop` ends, then lets what is under way end. A database that is away is
    /// waited for. Dropped in the middle, it leaves what it was sending in doubt.
    pub async fn deliver(self, stop: impl Future<Output = ()> + Send) {
        let token = CancellationToken::new();
        let work = async {
            tokio::select! {
                () = tending::wait_for_tables(&self.shared) => {}
                () = token.cancelled() => return,
            }
            self.shared.announce();
            tokio::join!(
                Delivery::run(&self.shared, Channel::Email, &token),
                Delivery::run(&self.shared, Channel::Sms, &token),
                tending::run(&self.shared, &token),
            );
        };
        let watch = async {
            stop.await;
            token.cancel();
        };
        tokio::join!(work, watch);
    }
}

impl Shared {
    /// One channel's lane.
    pub(super) const fn lane(&self, channel: Channel) -> &Lane {
        match channel {
            Channel::Email => &self.email,
            Channel::Sms => &self.sms,
        }
    }

    /// The marks that a recipient's messages are found by, the newest key's first.
    pub(super) fn marks(&self, to: &Recipient) -> Vec<[u8; 32]> {
        let place: [&[u8]; 2] = [b"message_outbox", b"recipient_mark"];
        // People write their address now one way, now the other.
        self.keyring.marks(&place, to.address().to_lowercase().as_bytes())
    }

    fn seal(&self, column: &str, id: Uuid, clear: &impl Serialize) -> Result<Vec<u8>, SealError> {
        // Texts only: there is nothing that JSON cannot say.
        let clear = serde_json::to_vec(clear).map_err(|_| SealError::Broken)?;
        let place: [&[u8]; 3] = [b"message_outbox", column.as_bytes(), id.as_bytes()];
        self.keyring.seal(&place, &clear, &self.entropy)
    }

    fn open<T: DeserializeOwned>(
        &self,
        column: &str,
        id: Uuid,
        sealed: &[u8],
    ) -> Result<T, SealError> {
        let place: [&[u8]; 3] = [b"message_outbox", column.as_bytes(), id.as_bytes()];
        let clear = self.keyring.open(&place, sealed)?;
        serde_json::from_slice(&clear).map_err(|_| SealError::Broken)
    }

    /// The recipient and the letter of a row.
    pub(super) fn unseal(
        &self,
        id: MessageId,
        recipient: &[u8],
        letter: &[u8],
    ) -> Result<(Recipient, Letter), SealError> {
        let to = self.open("recipient", id.uuid(), recipient)?;
        Ok((to, self.open("letter", id.uuid(), letter)?))
    }

    /// Says once, at the start, what will not leave.
    fn announce(&self) {
        let waiting: Vec<_> = Channel::ALL
            .into_iter()
            .filter(|channel| self.lane(*channel).transport.is_none())
            .map(MessagesSettings::key)
            .collect();
        if !self.keyring.is_usable() {
            tracing::warn!("no message can be written: `crypto.keyring_file` is empty");
        } else if !waiting.is_empty() {
            let keys = waiting.join(", ");
            tracing::warn!(keys, "messages wait in the outbox: no transport is configured");
        }
    }
}
