//! From files to the configuration of TLS.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig};

use super::settings::{ClientCertificates, TlsSettings};
use crate::platform::digest::sha256;

/// Why the files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or holds nothing of the sort.
    #[error("{}: {what}", .path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// They do not go together.
    #[error("the files of TLS do not go together: {0}")]
    Together(String),
}

/// What the files say.
pub(super) fn config(settings: &TlsSettings) -> Result<ServerConfig, TlsError> {
    let chain: Vec<CertificateDer<'static>> = all(&settings.cert_file)?;
    let key = PrivateKeyDer::from_pem_file(&settings.key_file)
        .map_err(|error| wrong(&settings.key_file, &error))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsError::Together(error.to_string()))?;
    let builder = match settings.client_certificates {
        ClientCertificates::None => builder.with_no_client_auth(),
        _ => builder.with_client_cert_verifier(verifier(settings)?),
    };
    let mut config = builder
        .with_single_cert(chain, key)
        .map_err(|error| TlsError::Together(error.to_string()))?;
    // HTTP/1.1 alone is spoken here.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Against the truststore; the client's own certificate must not be on the list of those taken back.
fn verifier(settings: &TlsSettings) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    let mut roots = RootCertStore::empty();
    for authority in all::<CertificateDer<'static>>(&settings.client_ca_file)? {
        roots.add(authority).map_err(|error| wrong(&settings.client_ca_file, &error))?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
    if !settings.client_crl_file.as_os_str().is_empty() {
        let lists = all::<CertificateRevocationListDer<'static>>(&settings.client_crl_file)?;
        builder = builder.with_crls(lists).only_check_end_entity_revocation();
    }
    if settings.client_certificates == ClientCertificates::Optional {
        builder = builder.allow_unauthenticated();
    }
    builder.build().map_err(|error| TlsError::Together(error.to_string()))
}

fn all<T: PemObject>(path: &Path) -> Result<Vec<T>, TlsError> {
    let items = T::pem_file_iter(path).map_err(|error| wrong(path, &error))?;
    let items: Vec<T> = items.collect::<Result<_, _>>().map_err(|error| wrong(path, &error))?;
    if items.is_empty() {
        return Err(TlsError::File { path: path.into(), what: "nothing of the sort in it".into() });
    }
    Ok(items)
}

fn wrong(path: &Path, error: &dyn std::fmt::Display) -> TlsError {
    TlsError::File { path: path.into(), what: error.to_string() }
}

/// Changes when a file does. A file that is away for a moment counts as empty.
pub(super) fn fingerprint(settings: &TlsSettings) -> [u8; 32] {
    let files = [
        &settings.cert_file,
        &settings.key_file,
        &settings.client_ca_file,
        &settings.client_crl_file,
    ];
    let contents = files.map(|path| sha256(&[&std::fs::read(path).unwrap_or_default()]));
    sha256(&[&contents.concat()])
}
