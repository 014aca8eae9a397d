//! This slice's part of the configuration, section `[messages]`.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use super::message::Channel;
use crate::platform::limits::Complaints;

/// How messages leave, and for how long each part of that is tried.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MessagesSettings {
    /// How e-mails leave.
    pub email_transport: EmailTransport,
    /// How SMS leave.
    pub sms_transport: SmsTransport,
    /// How often the outbox is looked at.
    pub poll_ms: u64,
    /// Messages under way at once, per channel.
    pub batch: u32,
    /// Longest time of one sending.
    pub send_timeout_ms: u64,
    /// A sending that has not said for so long how it ended is in doubt.
    pub claim_s: u64,
    /// Attempts before a message is dead.
    pub attempts_max: u32,
    /// The wait after the first failure; twice as long after each one.
    pub retry_first_s: u64,
    /// The longest wait between two attempts.
    pub retry_longest_s: u64,
    /// A message that has not left for so long is dead.
    pub give_up_h: u32,
    /// How often what is in doubt, stale or old is looked for.
    pub tend_ms: u64,
    /// Days for which operators can see what became of a message.
    pub retention_days: u32,
    /// Old rows deleted in one pass at most.
    pub purge_rows: u32,
    /// The mail server.
    pub smtp: SmtpSettings,
    /// The provider of SMS.
    pub sms: ProviderSettings,
}

/// How e-mails leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EmailTransport {
    /// `mailbox` in development, `none` in production.
    Auto,
    /// They are shown at `/dev/messages` and go nowhere: development only.
    Mailbox,
    /// A mail server.
    Smtp,
    /// They wait in the outbox.
    None,
}

/// How SMS leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SmsTransport {
    /// `mailbox` in development, `none` in production.
    Auto,
    /// They are shown at `/dev/messages` and go nowhere: development only.
    Mailbox,
    /// A provider's API.
    Http,
    /// They wait in the outbox.
    None,
}

/// The mail server.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpSettings {
    /// `smtps://host[:465]`, `smtp://host[:587]` (STARTTLS, always), or `smtp://127.0.0.1:port`.
    pub url: String,
    /// File of one line, `user:password`; empty: the server asks for none.
    pub credentials_file: PathBuf,
    /// Address that messages come from; the name beside it is the brand's.
    pub from: String,
}

/// The provider of SMS.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSettings {
    /// Where a message is POSTed to.
    pub url: String,
    /// File whose content is the bearer token.
    pub token_file: PathBuf,
    /// The sender that the provider knows us by.
    pub sender: String,
}

/// Where a mail server is, and how the conversation is kept from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) safety: Safety,
}

/// How a conversation is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Safety {
    /// TLS from the first byte.
    Tls,
    /// TLS before anything is said, or nothing is said.
    StartTls,
    /// Nobody listens on the machine's own loopback.
    Loopback,
}

impl MessagesSettings {
    /// Complains about values that nobody can mean.
    pub fn check(&self, is_development: bool, complaints: &mut Complaints) {
        let at = |key: &str| format!("messages.{key}");
        complaints.range(&at("poll_ms"), self.poll_ms, 10..=60_000);
        complaints.range(&at("batch"), self.batch, 1..=100);
        complaints.range(&at("send_timeout_ms"), self.send_timeout_ms, 100..=120_000);
        complaints.range(&at("claim_s"), self.claim_s, 1..=3600);
        complaints.range(&at("attempts_max"), self.attempts_max, 1..=100);
        complaints.range(&at("retry_first_s"), self.retry_first_s, 1..=3600);
        complaints.range(&at("retry_longest_s"), self.retry_longest_s, 1..=86_400);
        complaints.range(&at("give_up_h"), self.give_up_h, 1..=720);
        complaints.range(&at("tend_ms"), self.tend_ms, 10..=3_600_000);
        complaints.range(&at("retention_days"), self.retention_days, 1..=3650);
        complaints.range(&at("purge_rows"), self.purge_rows, 1..=100_000);
        let is_longer = self.claim_s * 1000 >= 2 * self.send_timeout_ms;
        let what = "is less than twice `messages.send_timeout_ms`: a sending would be in doubt \
                    while it is still under way";
        complaints.unless(is_longer, "messages.claim_s", what);
        self.check_transports(is_development, complaints);
    }

    fn check_transports(&self, is_development: bool, complaints: &mut Complaints) {
        let what = "is \"mailbox\" in production, where anybody could read the messages: use a \
                    transport, or \"none\"";
        let is_safe = is_development || self.email_transport != EmailTransport::Mailbox;
        complaints.unless(is_safe, "messages.email_transport", what);
        let is_safe = is_development || self.sms_transport != SmsTransport::Mailbox;
        complaints.unless(is_safe, "messages.sms_transport", what);
        if self.email_transport == EmailTransport::Smtp {
            let what =
                "is not smtps://host, smtp://host or smtp://127.0.0.1:port, without a password";
            complaints.unless(self.smtp.endpoint().is_some(), "messages.smtp.url", what);
            let is_address = self.smtp.from.split_once('@').is_some_and(|(_, domain)| {
                domain.contains('.') && !self.smtp.from.contains(char::is_whitespace)
            });
            complaints.unless(is_address, "messages.smtp.from", "is not an e-mail address");
        }
        if self.sms_transport == SmsTransport::Http {
            let what = "is not https://…, or http:// on the machine's own loopback";
            complaints.unless(self.sms.address().is_some(), "messages.sms.url", what);
        }
    }

    pub(super) fn email(&self, is_development: bool) -> EmailTransport {
        match (self.email_transport, is_development) {
            (EmailTransport::Auto, true) => EmailTransport::Mailbox,
            (EmailTransport::Auto, false) => EmailTransport::None,
            (chosen, _) => chosen,
        }
    }

    pub(super) fn sms(&self, is_development: bool) -> SmsTransport {
        match (self.sms_transport, is_development) {
            (SmsTransport::Auto, true) => SmsTransport::Mailbox,
            (SmsTransport::Auto, false) => SmsTransport::None,
            (chosen, _) => chosen,
        }
    }

    pub(super) const fn poll(&self) -> Duration {
        Duration::from_millis(self.poll_ms)
    }

    pub(super) const fn send_timeout(&self) -> Duration {
        Duration::from_millis(self.send_timeout_ms)
    }

    pub(super) const fn claim(&self) -> Duration {
        Duration::from_secs(self.claim_s)
    }

    pub(super) const fn retry_first(&self) -> Duration {
        Duration::from_secs(self.retry_first_s)
    }

    pub(super) const fn retry_longest(&self) -> Duration {
        Duration::from_secs(self.retry_longest_s)
    }

    pub(super) fn give_up(&self) -> Duration {
        Duration::from_secs(u64::from(self.give_up_h) * 3600)
    }

    pub(super) fn retention(&self) -> Duration {
        Duration::from_secs(u64::from(self.retention_days) * 86_400)
    }

    /// The key that says how this channel's messages leave.
    pub(super) const fn key(channel: Channel) -> &'static str {
        match channel {
            Channel::Email => "messages.email_transport",
            Channel::Sms => "messages.sms_transport",
        }
    }
}

impl SmtpSettings {
    /// The server that the address names; none when it is not one.
    pub(super) fn endpoint(&self) -> Option<Endpoint> {
        let url = Url::parse(&self.url).ok()?;
        let is_plain = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && matches!(url.path(), "" | "/");
        let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
        let safety = match url.scheme() {
            "smtps" => Safety::Tls,
            "smtp" if is_loopback(&host) => Safety::Loopback,
            "smtp" => Safety::StartTls,
            _ => return None,
        };
        let usual = match safety {
            Safety::Tls => 465,
            Safety::StartTls => 587,
            Safety::Loopback => 25,
        };
        is_plain.then(|| Endpoint { host, port: url.port().unwrap_or(usual), safety })
    }
}

impl ProviderSettings {
    /// The address that messages are sent to; none when it is not safe or not one.
    pub(super) fn address(&self) -> Option<Url> {
        let url = Url::parse(&self.url).ok()?;
        let is_safe = match url.scheme() {
            "https" => true,
            "http" => url.host_str().is_some_and(|host| is_loopback(host.trim_matches(['[', ']']))),
            _ => false,
        };
        (is_safe && url.username().is_empty() && url.password().is_none()).then_some(url)
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(url: &str) -> Option<(String, u16, Safety)> {
        let settings = SmtpSettings {
            url: url.to_owned(),
            credentials_file: PathBuf::new(),
            from: String::new(),
        };
        settings.endpoint().map(|it| (it.host, it.port, it.safety))
    }

    #[test]
    fn the_address_of_a_mail_server_says_how_safe_the_way_is() {
        let at = |host: &str, port, safety| Some((host.to_owned(), port, safety));
        assert_eq!(endpoint("smtps://mail.example"), at("mail.example", 465, Safety::Tls));
        assert_eq!(endpoint("smtp://mail.example"), at("mail.example", 587, Safety::StartTls));
        assert_eq!(endpoint("smtp://mail.example:25"), at("mail.example", 25, Safety::StartTls));
        assert_eq!(endpoint("smtp://127.0.0.1:2525"), at("127.0.0.1", 2525, Safety::Loopback));
        assert_eq!(endpoint("smtp://[::1]:2525"), at("::1", 2525, Safety::Loopback));
        for wrong in ["", "mail.example", "http://mail.example", "smtp://a:b@mail.example"] {
            assert_eq!(endpoint(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_provider_is_reached_over_tls() {
        let address = |url: &str| {
            let token_file = PathBuf::new();
            ProviderSettings { url: url.to_owned(), token_file, sender: String::new() }.address()
        };
        assert!(address("https://sms.example/v1/messages").is_some());
        assert!(address("http://127.0.0.1:9000/").is_some());
        assert!(address("http://sms.example/").is_none());
        assert!(address("https://token@sms.example/").is_none());
    }
}
