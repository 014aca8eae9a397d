//! The section `[server.tls]`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::platform::limits::Complaints;

/// Files, and whether clients show a certificate.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TlsSettings {
    /// The certificate and its chain, PEM; no TLS when empty.
    pub cert_file: PathBuf,
    /// Its private key, PEM.
    pub key_file: PathBuf,
    /// Authorities of client certificates, PEM.
    pub client_ca_file: PathBuf,
    /// Certificates that they have taken back, PEM; nothing is looked up when empty.
    pub client_crl_file: PathBuf,
    /// Whether clients show a certificate.
    pub client_certificates: ClientCertificates,
    /// How often the files are looked at.
    pub reload_s: u64,
}

/// Whether clients show a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientCertificates {
    /// They are not asked.
    None,
    /// They may; a wrong one ends the handshake, policies say what none means.
    Optional,
    /// They must.
    Required,
}

impl TlsSettings {
    /// Whether this listener speaks TLS itself.
    pub fn is_on(&self) -> bool {
        !self.cert_file.as_os_str().is_empty()
    }

    /// Complains about values that make no sense together.
    pub fn check(&self, complaints: &mut Complaints) {
        let has = |path: &PathBuf| !path.as_os_str().is_empty();
        complaints.range("server.tls.reload_s", self.reload_s, 1..=86_400);
        complaints.unless(
            has(&self.cert_file) == has(&self.key_file),
            "server.tls.key_file",
            "and cert_file come together or not at all",
        );
        complaints.unless(
            self.client_certificates == ClientCertificates::None || has(&self.client_ca_file),
            "server.tls.client_ca_file",
            "is needed when clients show a certificate",
        );
        let is_used = self.client_certificates != ClientCertificates::None && self.is_on();
        complaints.unless(
            is_used || !has(&self.client_crl_file),
            "server.tls.client_crl_file",
            "is of no use without client certificates",
        );
    }
}
