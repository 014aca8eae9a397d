//! A certificate for development: signed by itself, so that readers show the seal intact and its
//! author unknown. Never for customers.

use jiff::Timestamp;
use rcgen::{CertificateParams, DnType, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256};
use time::OffsetDateTime;

/// A certificate and its key, in PEM.
pub struct Pair {
    /// The certificate.
    pub certificate: String,
    /// Its private key, PKCS#8.
    pub key: String,
}

/// Days for which it is valid.
const DAYS: i64 = 3 * 365;

/// A new pair, named after this house.
///
/// # Errors
/// The library makes none.
pub fn development_pair(house: &str, now: Timestamp) -> Result<Pair, rcgen::Error> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let mut params = CertificateParams::default();
    let start = OffsetDateTime::from_unix_timestamp(now.as_second());
    let start = start.unwrap_or(OffsetDateTime::UNIX_EPOCH) - time::Duration::days(1);
    (params.not_before, params.not_after) = (start, start + time::Duration::days(DAYS));
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CountryName, "FR");
    params.distinguished_name.push(DnType::OrganizationName, house);
    params.distinguished_name.push(DnType::CommonName, format!("{house} (développement)"));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::ContentCommitment];
    let certificate = params.self_signed(&key)?;
    Ok(Pair { certificate: certificate.pem(), key: key.serialize_pem() })
}
