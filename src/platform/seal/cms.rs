//! The signature itself: CMS `SignedData` without its content, with the attributes of CAdES baseline B
//! (RFC 5652, RFC 5035, ETSI EN 319 122-1).
//!
//! No signing time here: PAdES has it in the PDF's own dictionary.

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use der::asn1::{ObjectIdentifier, OctetString, SetOfVec};
use der::{Any, Encode, EncodeValue, Sequence};
use x509_cert::attr::Attribute;
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::SealingError;
use super::certificate::{Algorithm, Identity};

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const RSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");

/// RFC 5035, with the default algorithm, SHA-256, and the certificate found by its hash alone.
#[derive(Sequence)]
struct EssCertificate {
    hash: OctetString,
}

#[derive(Sequence)]
struct SigningCertificate {
    certificates: Vec<EssCertificate>,
}

/// The signature of a content with this SHA-256, as DER.
pub(super) fn signed(identity: &Identity, digest: &[u8; 32]) -> Result<Vec<u8>, SealingError> {
    let refused = || SealingError::Signature("the key signs nothing".to_owned());
    let attributes = attributes(identity, digest).map_err(said)?;
    let signature = identity.sign(&attributes.to_der().map_err(said)?).ok_or_else(refused)?;
    content_info(identity, attributes, signature).map_err(said)?.to_der().map_err(said)
}

fn said(error: der::Error) -> SealingError {
    SealingError::Signature(error.to_string())
}

fn attributes(identity: &Identity, digest: &[u8; 32]) -> der::Result<SetOfVec<Attribute>> {
    let certificate = EssCertificate { hash: OctetString::new(identity.fingerprint)? };
    let ours = SigningCertificate { certificates: vec![certificate] };
    SetOfVec::try_from(vec![
        attribute(CONTENT_TYPE, &DATA)?,
        attribute(MESSAGE_DIGEST, &OctetString::new(*digest)?)?,
        attribute(SIGNING_CERTIFICATE_V2, &ours)?,
    ])
}

fn attribute(
    oid: ObjectIdentifier,
    value: &(impl EncodeValue + der::Tagged),
) -> der::Result<Attribute> {
    let value = Any::encode_from(value)?;
    Ok(Attribute { oid, values: SetOfVec::try_from(vec![value])? })
}

fn content_info(
    identity: &Identity,
    attributes: SetOfVec<Attribute>,
    signature: Vec<u8>,
) -> der::Result<ContentInfo> {
    let sha256 = AlgorithmIdentifierOwned { oid: SHA256, parameters: None };
    let signature_algorithm = match identity.algorithm() {
        Algorithm::Ecdsa => AlgorithmIdentifierOwned { oid: ECDSA_SHA256, parameters: None },
        Algorithm::Rsa => {
            AlgorithmIdentifierOwned { oid: RSA_SHA256, parameters: Some(Any::null()) }
        }
    };
    let tbs = identity.certificate.tbs_certificate();
    let signer = SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: tbs.issuer().clone(),
            serial_number: tbs.serial_number().clone(),
        }),
        digest_alg: sha256.clone(),
        signed_attrs: Some(attributes),
        signature_algorithm,
        signature: OctetString::new(signature)?,
        unsigned_attrs: None,
    };
    let chain = std::iter::once(&identity.certificate).chain(&identity.others);
    let certificates: Vec<_> = chain.cloned().map(CertificateChoices::Certificate).collect();
    let data = SignedData {
        version: CmsVersion::V1,
        digest_algorithms: SetOfVec::try_from(vec![sha256])?,
        encap_content_info: EncapsulatedContentInfo { econtent_type: DATA, econtent: None },
        certificates: Some(CertificateSet::try_from(certificates)?),
        crls: None,
        signer_infos: SignerInfos::try_from(vec![signer])?,
    };
    Ok(ContentInfo { content_type: SIGNED_DATA, content: Any::encode_from(&data)? })
}
