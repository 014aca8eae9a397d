//! E-mails through a mail server.
//!
//! The conversation is led step by step rather than by the library's own transport, because the step
//! where it breaks is what tells "certainly not sent" from "nobody knows": once the text is being
//! handed over, a lost connection may hide a message that was taken.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, MultiPartKind, SinglePart};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message};
use secrecy::ExposeSecret;

use super::{Handed, Outcome, Parcel, TransportError, letter, secret};
use crate::slices::messages::settings::{Endpoint, Safety, SmtpSettings};

/// A mail server, and the connections to it that are idle.
pub(crate) struct Smtp {
    endpoint: Endpoint,
    tls: TlsParameters,
    credentials: Option<Credentials>,
    from: Mailbox,
    hello: ClientId,
    idle: Mutex<Vec<AsyncSmtpConnection>>,
    idle_max: usize,
}

impl Smtp {
    pub(super) fn new(
        settings: &SmtpSettings,
        brand: &str,
        idle_max: u32,
    ) -> Result<Self, TransportError> {
        let wrong = |key, what| TransportError::Setting(key, what);
        let endpoint =
            settings.endpoint().ok_or(wrong("messages.smtp.url", "is not a mail server"))?;
        let address: Address =
            settings.from.parse().map_err(|_| wrong("messages.smtp.from", "is not an address"))?;
        let tls = TlsParameters::new(endpoint.host.clone())
            .map_err(|error| TransportError::Client("messages.smtp.url", Box::new(error)))?;
        Ok(Self {
            endpoint,
            tls,
            credentials: credentials(settings)?,
            hello: ClientId::Domain(address.domain().to_owned()),
            from: Mailbox::new(Some(brand.to_owned()), address),
            idle: Mutex::default(),
            idle_max: usize::try_from(idle_max).unwrap_or(1),
        })
    }

    /// Sends one message.
    pub(super) async fn send(&self, parcel: &Parcel, handed: &Handed) -> Outcome {
        let Ok(to) = parcel.to.address().parse::<Address>() else {
            return Outcome::Refused("not_an_address");
        };
        let Some(message) = self.message(parcel, &to) else {
            return Outcome::Refused("not_a_message");
        };
        let mut connection = match self.connection().await {
            Ok(connection) => connection,
            // Whatever it says here it says of us, not of the message.
            Err(error) => return Outcome::Later(reason_of_connection(&error)),
        };
        if let Err(error) = envelope(&mut connection, &self.from.email, to).await {
            return before_the_text(&error);
        }
        handed.set();
        match connection.message(&message).await {
            Ok(_) => {
                self.keep(connection);
                Outcome::Sent
            }
            Err(error) => after_the_text(&error),
        }
    }

    /// The text of the message. Its identifier is the same at every attempt.
    fn message(&self, parcel: &Parcel, to: &Address) -> Option<Vec<u8>> {
        let brand = self.from.name.as_deref().unwrap_or_default();
        let (text, html) = letter::both(&parcel.letter, parcel.locale, brand).ok()?;
        let seconds = u64::try_from(parcel.now.as_second()).unwrap_or(0);
        let name = HeaderName::new_from_ascii_str("Auto-Submitted");
        // Ours, so that the text too is the same at every attempt.
        let both = MultiPart::builder()
            .kind(MultiPartKind::Alternative)
            .boundary(parcel.id.to_string())
            .singlepart(SinglePart::plain(text))
            .singlepart(SinglePart::html(html));
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(parcel.letter.subject.as_str())
            .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .message_id(Some(format!("<{}@{}>", parcel.id, self.from.email.domain())))
            .raw_header(HeaderValue::new(name, "auto-generated".to_owned()))
            .multipart(both);
        message.ok().map(|message| message.formatted())
    }

    /// An idle connection that still answers, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, SmtpError> {
        while let Some(mut idle) = self.take() {
            if idle.test_connected().await {
                return Ok(idle);
            }
        }
        let place = (self.endpoint.host.as_str(), self.endpoint.port);
        let wrapped = (self.endpoint.safety == Safety::Tls).then(|| self.tls.clone());
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(place, None, &self.hello, wrapped, None).await?;
        if self.endpoint.safety == Safety::StartTls {
            connection.starttls(self.tls.clone(), &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials).await?;
        }
        Ok(connection)
    }

    fn take(&self) -> Option<AsyncSmtpConnection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.idle_max {
            idle.push(connection);
        }
    }
}

fn credentials(settings: &SmtpSettings) -> Result<Option<Credentials>, TransportError> {
    const KEY: &str = "messages.smtp.credentials_file";
    if settings.credentials_file.as_os_str().is_empty() {
        return Ok(None);
    }
    let text = secret(&settings.credentials_file, KEY)?;
    let pair = text.expose_secret().split_once(':');
    let (user, password) =
        pair.ok_or(TransportError::Setting(KEY, "is not one line `user:password`"))?;
    Ok(Some(Credentials::new(user.to_owned(), password.to_owned())))
}

/// Says who it is from and who it is for, and asks to hand the text over.
async fn envelope(
    connection: &mut AsyncSmtpConnection,
    from: &Address,
    to: Address,
) -> Result<(), SmtpError> {
    connection.command(Mail::new(Some(from.clone()), Vec::new())).await?;
    connection.command(Rcpt::new(to, Vec::new())).await?;
    connection.command(Data).await?;
    Ok(())
}

fn reason_of_connection(error: &SmtpError) -> &'static str {
    if error.is_permanent() { "smtp_refuses_us" } else { "smtp_away" }
}

/// Nothing was handed over: a broken conversation is a failure.
fn before_the_text(error: &SmtpError) -> Outcome {
    if error.is_permanent() {
        Outcome::Refused("smtp_refused")
    } else {
        Outcome::Later("smtp_not_now")
    }
}

/// The server has all of it, or most of it: only its own word is believed.
fn after_the_text(error: &SmtpError) -> Outcome {
    if error.is_permanent() {
        Outcome::Refused("smtp_refused")
    } else if error.is_transient() {
        Outcome::Later("smtp_not_now")
    } else {
        Outcome::Unknown("smtp_silent")
    }
}
