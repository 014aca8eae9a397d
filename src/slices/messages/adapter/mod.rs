//! The ways out: a mail server, a provider of SMS, or the mailbox of development.
//!
//! Each says one thing of a message: it left, it certainly did not, or nobody knows. The words of the
//! other side never come further than this room: they may repeat an address.

mod letter;
mod provider;
mod smtp;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use secrecy::SecretString;

use self::provider::Provider;
use self::smtp::Smtp;
use super::message::{Channel, Letter, MessageId, Recipient};
use super::settings::{EmailTransport, MessagesSettings, SmsTransport};
use super::store::Mailbox;
use crate::kernel::locale::Locale;

/// A message on its way out.
pub(super) struct Parcel {
    /// The same at every attempt: the other side may recognise it.
    pub(super) id: MessageId,
    pub(super) to: Recipient,
    pub(super) locale: Locale,
    pub(super) letter: Letter,
    pub(super) now: Timestamp,
}

/// What became of it. Reasons are our own codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The other side has taken it.
    Sent,
    /// It certainly has not, this time.
    Later(&'static str),
    /// It certainly has not, and never will take this message.
    Refused(&'static str),
    /// It may have.
    Unknown(&'static str),
}

/// Remembers that the other side may have the whole message: from then on, silence is not a failure.
#[derive(Default)]
pub(super) struct Handed(AtomicBool);

impl Handed {
    pub(super) fn set(&self) {
        self.0.store(true, Ordering::Release);
    }

    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// Why a way out cannot be prepared. No secret is repeated.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// A file of a secret cannot be read.
    #[error("`{0}` cannot be read")]
    Unreadable(&'static str, #[source] std::io::Error),
    /// A value cannot be used.
    #[error("`{0}` {1}")]
    Setting(&'static str, &'static str),
    /// The client of HTTP or TLS cannot be made.
    #[error("`{0}`: the client cannot be made")]
    Client(&'static str, #[source] Box<dyn std::error::Error + Send + Sync>),
}

/// One channel's way out.
pub(super) enum Transport {
    /// None: messages wait.
    None,
    /// The mailbox of development.
    Mailbox(Box<Mailbox>),
    /// A mail server.
    Smtp(Box<Smtp>),
    /// A provider of SMS.
    Provider(Provider),
}

impl Transport {
    /// The way out that the configuration chose for this channel.
    pub(super) fn new(
        channel: Channel,
        settings: &MessagesSettings,
        mailbox: Mailbox,
        brand: &str,
        is_development: bool,
    ) -> Result<Self, TransportError> {
        match channel {
            Channel::Email => match settings.email(is_development) {
                EmailTransport::Smtp => {
                    let smtp = Smtp::new(&settings.smtp, brand, settings.batch)?;
                    Ok(Self::Smtp(Box::new(smtp)))
                }
                EmailTransport::Mailbox => Ok(Self::Mailbox(Box::new(mailbox))),
                EmailTransport::None | EmailTransport::Auto => Ok(Self::None),
            },
            Channel::Sms => match settings.sms(is_development) {
                SmsTransport::Http => {
                    let timeout = settings.send_timeout();
                    Ok(Self::Provider(Provider::new(&settings.sms, timeout)?))
                }
                SmsTransport::Mailbox => Ok(Self::Mailbox(Box::new(mailbox))),
                SmsTransport::None | SmsTransport::Auto => Ok(Self::None),
            },
        }
    }

    pub(super) const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// Sends one message.
    pub(super) async fn send(&self, parcel: &Parcel, handed: &Handed) -> Outcome {
        match self {
            Self::None => Outcome::Later("no_transport"),
            Self::Mailbox(mailbox) => {
                let Parcel { id, to, locale, letter, now } = parcel;
                match mailbox.put(*id, to, *locale, letter, *now).await {
                    Ok(()) => Outcome::Sent,
                    // It is put in once, however often that is tried.
                    Err(_) => Outcome::Later("mailbox_away"),
                }
            }
            Self::Smtp(smtp) => smtp.send(parcel, handed).await,
            Self::Provider(provider) => provider.send(parcel).await,
        }
    }
}

/// The content of a secret's file, without the line's end that editors add.
fn secret(path: &Path, key: &'static str) -> Result<SecretString, TransportError> {
    let text =
        std::fs::read_to_string(path).map_err(|error| TransportError::Unreadable(key, error))?;
    Ok(text.trim_end_matches(['\r', '\n']).into())
}
