//! The certificate of the seal and its key, read and held against each other at the start.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use der::{Encode as _, Tag, Tagged as _};
use x509_cert::Certificate;

use super::settings::SealSettings;
use crate::platform::digest::plain_sha256;

/// Makes seals; without a certificate it makes none and says so. Cheap to clone.
#[derive(Clone, Default)]
pub struct Sealer(Option<Arc<Identity>>);

/// Why the certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SealerError {
    /// A file cannot be read.
    #[error("`seal.{0}` cannot be read")]
    Unreadable(&'static str, #[source] std::io::Error),
    /// It holds no certificate.
    #[error("`seal.certificate_file` holds no certificate that can be read: {0}")]
    Certificate(String),
    /// It holds no key that we know how to use.
    #[error("`seal.key_file` holds no private key in PKCS#8, either of the curve P-256 or of RSA")]
    Key,
    /// They are not a pair.
    #[error("`seal.key_file` is not the key of `seal.certificate_file`")]
    NotAPair,
}

/// A certificate, the others of its chain, and its key.
pub(super) struct Identity {
    /// Whose it is, as readers show it.
    pub(super) name: String,
    pub(super) certificate: Certificate,
    pub(super) others: Vec<Certificate>,
    /// SHA-256 of the certificate.
    pub(super) fingerprint: [u8; 32],
    key: Key,
}

enum Key {
    Ecdsa(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

/// How a signature was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Ecdsa,
    Rsa,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sealer").field(&self.0.as_ref().map(|identity| &identity.name)).finish()
    }
}

impl Sealer {
    /// The sealer of these files; one that seals nothing when there are none.
    ///
    /// # Errors
    /// A file is missing or wrong, or the two are not a pair.
    pub fn open(settings: &SealSettings) -> Result<Self, SealerError> {
        if settings.certificate_file.as_os_str().is_empty() {
            return Ok(Self::default());
        }
        let read = |path: &Path, name| {
            std::fs::read(path).map_err(|error| SealerError::Unreadable(name, error))
        };
        let certificates = read(&settings.certificate_file, "certificate_file")?;
        Self::of(&certificates, &read(&settings.key_file, "key_file")?)
    }

    /// The sealer of these texts in PEM.
    ///
    /// # Errors
    /// One of them is wrong, or the two are not a pair.
    pub fn of(certificates: &[u8], key: &[u8]) -> Result<Self, SealerError> {
        let wrong = |error: der::Error| SealerError::Certificate(error.to_string());
        let mut chain = Certificate::load_pem_chain(certificates).map_err(wrong)?.into_iter();
        let certificate = chain.next().ok_or_else(|| SealerError::Certificate("none".into()))?;
        let key = Key::read(key).ok_or(SealerError::Key)?;
        let named = certificate.tbs_certificate().subject_public_key_info();
        if key.public().as_deref() != Some(named.to_der().map_err(wrong)?.as_slice()) {
            return Err(SealerError::NotAPair);
        }
        let fingerprint = plain_sha256(&certificate.to_der().map_err(wrong)?);
        let name = common_name(&certificate);
        let others = chain.collect();
        Ok(Self(Some(Arc::new(Identity { name, certificate, others, fingerprint, key }))))
    }

    /// Whether anything can be sealed.
    pub const fn is_usable(&self) -> bool {
        self.0.is_some()
    }

    pub(super) fn identity(&self) -> Option<&Identity> {
        self.0.as_deref()
    }
}

impl Identity {
    pub(super) const fn algorithm(&self) -> Algorithm {
        match self.key {
            Key::Ecdsa(_) => Algorithm::Ecdsa,
            Key::Rsa(_) => Algorithm::Rsa,
        }
    }

    /// The signature of a text; `None` when the library refuses.
    pub(super) fn sign(&self, text: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match &self.key {
            Key::Ecdsa(key) => Some(key.sign(&random, text).ok()?.as_ref().to_vec()),
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, text, &mut signature).ok()?;
                Some(signature)
            }
        }
    }
}

impl Key {
    fn read(pem: &[u8]) -> Option<Self> {
        let (label, der) = der::pem::decode_vec(pem).ok()?;
        if label != "PRIVATE KEY" {
            return None;
        }
        let ecdsa =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &der).map(Self::Ecdsa);
        ecdsa.or_else(|_| RsaKeyPair::from_pkcs8(&der).map(Self::Rsa)).ok()
    }

    /// The public key as a certificate holds it.
    fn public(&self) -> Option<Vec<u8>> {
        let der = match self {
            Self::Ecdsa(key) => key.public_key().as_der().ok()?,
            Self::Rsa(key) => key.public_key().as_der().ok()?,
        };
        Some(der.as_ref().to_vec())
    }
}

/// The common name of the subject; the whole name when it has none.
fn common_name(certificate: &Certificate) -> String {
    const COMMON_NAME: der::asn1::ObjectIdentifier =
        der::asn1::ObjectIdentifier::new_unwrap("2.5.4.3");
    let subject = certificate.tbs_certificate().subject();
    let found = subject.iter().find(|part| part.oid == COMMON_NAME).and_then(|part| {
        let value = &part.value;
        match value.tag() {
            Tag::Utf8String | Tag::PrintableString => {
                std::str::from_utf8(value.value()).ok().map(str::to_owned)
            }
            _ => None,
        }
    });
    found.unwrap_or_else(|| subject.to_string())
}
