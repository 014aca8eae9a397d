//! The `underwriting` section of the configuration: where the questionnaire engine is, and a limit on
//! everything that it, or somebody through it, could make grow.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::platform::limits::Complaints;

/// The engine and its limits.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct UnderwritingSettings {
    /// Address of the engine: `http://host:port`; empty: there is none.
    pub url: String,
    /// File of the key that we show to the engine.
    pub integration_key_file: PathBuf,
    /// File of the key that the engine signs its callbacks with; two lines while it changes.
    pub callback_key_file: PathBuf,
    /// Where callbacks are taken, on a network that customers do not reach; empty: nowhere, we poll.
    pub callback_listen: String,
    /// File of the keys that seal medical data; another one than `crypto.keyring_file`.
    pub medical_keyring_file: PathBuf,
    /// Time to connect.
    pub connect_timeout_ms: u64,
    /// Time until the answer to a question begins.
    pub answer_timeout_ms: u64,
    /// The same for a submission, which is assessed.
    pub submit_timeout_ms: u64,
    /// Time between two pieces of an answer.
    pub idle_timeout_ms: u64,
    /// Time for the whole exchange.
    pub exchange_timeout_ms: u64,
    /// Time that an unused connection is kept; less than the engine does.
    pub keep_alive_ms: u64,
    /// Requests to the engine at once; fewer than it has threads.
    pub concurrent_max: usize,
    /// Size of a request's body.
    pub body_bytes_max: usize,
    /// Size of a form's body.
    pub form_bytes_max: usize,
    /// Size of an answer.
    pub answer_bytes_max: usize,
    /// Requests a second of one session.
    pub rate_per_s: u32,
    /// Requests of one session at once.
    pub rate_burst: u32,
    /// Failures within the window that open the breaker.
    pub breaker_failures: usize,
    /// The breaker's window.
    pub breaker_window_ms: u64,
    /// Time that the breaker stays open before a try.
    pub breaker_open_ms: u64,
    /// How often what is due is looked for.
    pub poll_ms: u64,
    /// Days that a session lives.
    pub session_days: u32,
    /// Capital in whole euros above which two people of the medical service decide.
    pub four_eyes_above_euros: u32,
    /// Documents that a decision asks for.
    pub evidence: EvidenceSettings,
}

/// How much people may send.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceSettings {
    /// Bytes of one file.
    pub file_bytes_max: usize,
    /// Files sent at once.
    pub files_max: usize,
    /// And all of them together.
    pub bytes_max: usize,
    /// People who send at once.
    pub uploads_max: usize,
    /// Files of one case.
    pub kept_files_max: u64,
    /// And their bytes.
    pub kept_bytes_max: u64,
}

impl EvidenceSettings {
    /// Complains about values that nobody can mean.
    fn check(self, complaints: &mut Complaints) {
        let at = |key: &str| format!("underwriting.evidence.{key}");
        complaints.range(&at("file_bytes_max"), self.file_bytes_max, 1024..=67_108_864);
        complaints.range(&at("files_max"), self.files_max, 1..=50);
        complaints.range(&at("bytes_max"), self.bytes_max, 1024..=67_108_864);
        complaints.range(&at("uploads_max"), self.uploads_max, 1..=1000);
        complaints.range(&at("kept_files_max"), self.kept_files_max, 1..=400);
        complaints.range(&at("kept_bytes_max"), self.kept_bytes_max, 1024..=10_737_418_240);
    }
}

impl UnderwritingSettings {
    /// Complains about values that nobody can mean.
    pub fn check(&self, complaints: &mut Complaints) {
        let at = |key: &str| format!("underwriting.{key}");
        let is_right = self.url.is_empty() || self.base().is_some();
        complaints.unless(is_right, &at("url"), "is not http://host:port, without path or name");
        let is_right = self.callback_listen.is_empty() || self.callback_address().is_some();
        complaints.unless(is_right, &at("callback_listen"), "is not address:port");
        let wants = |path: &PathBuf, key: &str, complaints: &mut Complaints| {
            let is_given = self.url.is_empty() || !path.as_os_str().is_empty();
            complaints.unless(is_given, &at(key), "is needed with underwriting.url");
        };
        wants(&self.integration_key_file, "integration_key_file", complaints);
        wants(&self.medical_keyring_file, "medical_keyring_file", complaints);
        if !self.callback_listen.is_empty() {
            wants(&self.callback_key_file, "callback_key_file", complaints);
        }
        for (key, value) in [
            ("connect_timeout_ms", self.connect_timeout_ms),
            ("answer_timeout_ms", self.answer_timeout_ms),
            ("submit_timeout_ms", self.submit_timeout_ms),
            ("idle_timeout_ms", self.idle_timeout_ms),
            ("exchange_timeout_ms", self.exchange_timeout_ms),
            ("keep_alive_ms", self.keep_alive_ms),
            ("breaker_window_ms", self.breaker_window_ms),
            ("breaker_open_ms", self.breaker_open_ms),
            ("poll_ms", self.poll_ms),
        ] {
            complaints.range(&at(key), value, 10..=120_000);
        }
        complaints.range(&at("concurrent_max"), self.concurrent_max, 1..=10_000);
        complaints.range(&at("body_bytes_max"), self.body_bytes_max, 1024..=1_048_576);
        complaints.range(&at("form_bytes_max"), self.form_bytes_max, 1024..=1_048_576);
        complaints.range(&at("answer_bytes_max"), self.answer_bytes_max, 65_536..=104_857_600);
        complaints.range(&at("rate_per_s"), self.rate_per_s, 1..=100_000);
        complaints.range(&at("rate_burst"), self.rate_burst, 1..=100_000);
        complaints.range(&at("breaker_failures"), self.breaker_failures, 1..=1000);
        self.evidence.check(complaints);
        complaints.range(&at("session_days"), self.session_days, 1..=90);
    }

    /// The engine's address: scheme, host and port, nothing else.
    pub(super) fn base(&self) -> Option<Url> {
        let url = Url::parse(&self.url).ok()?;
        let is_bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        (is_bare && url.scheme() == "http" && url.has_host()).then_some(url)
    }

    /// Where callbacks are taken.
    pub fn callback_address(&self) -> Option<SocketAddr> {
        self.callback_listen.parse().ok()
    }

    pub(super) const fn connect_timeout(&self) -> Duration {
        Duration::from_millis(self.connect_timeout_ms)
    }

    pub(super) const fn answer_timeout(&self) -> Duration {
        Duration::from_millis(self.answer_timeout_ms)
    }

    pub(super) const fn submit_timeout(&self) -> Duration {
        Duration::from_millis(self.submit_timeout_ms)
    }

    pub(super) const fn idle_timeout(&self) -> Duration {
        Duration::from_millis(self.idle_timeout_ms)
    }

    pub(super) const fn exchange_timeout(&self) -> Duration {
        Duration::from_millis(self.exchange_timeout_ms)
    }

    pub(super) const fn keep_alive(&self) -> Duration {
        Duration::from_millis(self.keep_alive_ms)
    }

    pub(super) const fn poll(&self) -> Duration {
        Duration::from_millis(self.poll_ms)
    }

    pub(super) fn session_life(&self) -> Duration {
        Duration::from_secs(u64::from(self.session_days) * 86_400)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engines_address_is_a_machine_and_nothing_more() {
        let settings = |url: &str| {
            let text = include_str!("../../../config/default.toml");
            let all: toml::Table = text.parse().expect("the defaults are TOML");
            let own = all["underwriting"].clone();
            let own: UnderwritingSettings = own.try_into().expect("the section is whole");
            UnderwritingSettings { url: url.to_owned(), ..own }
        };
        assert!(settings("http://127.0.0.1:8085").base().is_some());
        assert!(settings("http://reflex:8080/").base().is_some());
        for wrong in [
            "https://reflex",
            "http://reflex/path",
            "http://a@reflex",
            "http://reflex/?q",
            "reflex:8080",
            "file:///etc/passwd",
        ] {
            assert!(settings(wrong).base().is_none(), "{wrong}");
        }
    }
}
