//! Proof Key for Code Exchange (RFC 7636), S256 only: `plain` protects from nothing that we meet.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::platform::crypto::{Opaque, equal};

/// Whether a text can be an S256 challenge: 32 bytes in base64url (§4.2).
pub(super) fn is_challenge(text: &str) -> bool {
    text.len() == 43 && URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32)
}

/// Whether `verifier` is well formed (§4.1) and the one that the challenge was made of (§4.6).
pub(in super::super) fn answers(challenge: &str, verifier: &str) -> bool {
    let is_unreserved = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    let is_verifier = (43..=128).contains(&verifier.len()) && verifier.bytes().all(is_unreserved);
    let made = URL_SAFE_NO_PAD.encode(Opaque::hash_of(verifier));
    is_verifier && equal(made.as_bytes(), challenge.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_vector_of_the_rfc_passes_and_nothing_near_it() {
        assert!(is_challenge(CHALLENGE) && answers(CHALLENGE, VERIFIER));
        assert!(!answers(CHALLENGE, &VERIFIER[..42]), "too short");
        assert!(!answers(CHALLENGE, &format!("{VERIFIER}x")));
        assert!(!answers(CHALLENGE, CHALLENGE));
        let long = "a".repeat(129);
        let made = |verifier: &str| URL_SAFE_NO_PAD.encode(Opaque::hash_of(verifier));
        assert!(!answers(&made(&long), &long), "too long");
        assert!(answers(&made(&long[1..]), &long[1..]));
        let odd = "a+b".repeat(15);
        assert!(!answers(&made(&odd), &odd), "characters of another alphabet");
        for wrong in
            ["", VERIFIER.trim_end_matches('k'), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"]
        {
            assert!(!is_challenge(wrong), "{wrong}");
        }
    }
}
