//! SMS through a provider's HTTP API: one POST of JSON, a bearer token, and the message's identifier
//! as `Idempotency-Key`, by which the provider sends it once however often it is asked. That is why
//! silence may be answered by asking again here, and not with a mail server.

use std::time::Duration;

use reqwest::header::{HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use url::Url;

use super::{Outcome, Parcel, TransportError, secret};
use crate::slices::messages::settings::ProviderSettings;

/// A provider of SMS.
pub(crate) struct Provider {
    client: Client,
    url: Url,
    token: SecretString,
    sender: String,
}

/// What is asked.
#[derive(Serialize)]
struct Asked<'a> {
    to: &'a str,
    from: &'a str,
    text: &'a str,
    reference: &'a str,
}

impl Provider {
    pub(super) fn new(
        settings: &ProviderSettings,
        timeout: Duration,
    ) -> Result<Self, TransportError> {
        const KEY: &str = "messages.sms.url";
        let url = settings.address().ok_or(TransportError::Setting(KEY, "is not an address"))?;
        let token = secret(&settings.token_file, "messages.sms.token_file")?;
        if HeaderValue::from_str(token.expose_secret()).is_err() {
            let what = "is not one line that a header can carry";
            return Err(TransportError::Setting("messages.sms.token_file", what));
        }
        let client = Client::builder()
            .redirect(Policy::none())
            .timeout(timeout)
            .no_proxy()
            .user_agent("assurly")
            .build()
            .map_err(|error| TransportError::Client(KEY, Box::new(error)))?;
        Ok(Self { client, url, token, sender: settings.sender.clone() })
    }

    /// Sends one message. Of the answer only the status is read.
    pub(super) async fn send(&self, parcel: &Parcel) -> Outcome {
        let reference = parcel.id.to_string();
        let asked = Asked {
            to: parcel.to.address(),
            from: &self.sender,
            text: &parcel.letter.short,
            reference: &reference,
        };
        let request = self
            .client
            .post(self.url.clone())
            .bearer_auth(self.token.expose_secret())
            .header("Idempotency-Key", &reference)
            .json(&asked);
        match request.send().await {
            Ok(answer) => outcome(answer.status(), answer.headers().contains_key(RETRY_AFTER)),
            Err(_) => Outcome::Later("sms_away"),
        }
    }
}

/// A refusal of our token, or a redirection, says nothing of the message.
fn outcome(status: StatusCode, says_when: bool) -> Outcome {
    match status {
        _ if status.is_success() => Outcome::Sent,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Outcome::Later("sms_refuses_us"),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => {
            Outcome::Later("sms_not_now")
        }
        _ if status.is_client_error() && !says_when => Outcome::Refused("sms_refused"),
        _ if status.is_redirection() => Outcome::Later("sms_redirects"),
        _ => Outcome::Later("sms_not_now"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_whether_to_ask_again() {
        let of = |status| outcome(StatusCode::from_u16(status).expect("a status"), false);
        assert_eq!((of(200), of(202)), (Outcome::Sent, Outcome::Sent));
        assert_eq!((of(400), of(422)), (Outcome::Refused("sms_refused"), of(404)));
        for again in [302, 401, 403, 408, 429, 500, 503] {
            assert!(matches!(of(again), Outcome::Later(_)), "{again}");
        }
    }
}
