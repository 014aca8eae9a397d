//! Secrets handed out once: 256 random bits that mean nothing by themselves. We keep their hash only,
//! so a copy of the database opens nothing.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::platform::clock::Entropy;

/// SHA-256 of a secret of 256 random bits: enough, because nobody can try them all.
pub type TokenHash = [u8; 32];

/// A secret on its way to who will hold it. It prints as `…`; [`Self::expose`] is the one way to read
/// it.
#[derive(Clone)]
pub struct Opaque(String);

impl Opaque {
    /// Draws a new one: `prefix` (so that a leaked one is recognised by scanners), then 43 characters.
    ///
    /// Two dashes begin a comment of SQL: libinjection, in our firewall or in somebody else's, takes one secret in
    /// twelve thousand («8--sHyG…») for an attack, and its holder is shut out as long as they hold it. What has
    /// two dashes, one in a hundred, is drawn again.
    pub fn draw(prefix: &str, entropy: &Entropy) -> Self {
        loop {
            let text = URL_SAFE_NO_PAD.encode(entropy.bytes::<32>());
            if !text.contains("--") {
                return Self(format!("{prefix}{text}"));
            }
        }
    }

    /// The secret itself: for the answer that hands it out, and nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What we keep of it.
    pub fn hash(&self) -> TokenHash {
        Self::hash_of(&self.0)
    }

    /// What we would have kept of a secret that somebody presents.
    pub fn hash_of(presented: &str) -> TokenHash {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, presented.as_bytes()).as_ref());
        hash
    }
}

impl fmt::Debug for Opaque {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Whether two secrets are the same, in a time that does not tell where they differ.
pub fn equal(left: &[u8], right: &[u8]) -> bool {
    verify_slices_are_equal(left, right).is_ok()
}

/// Six digits for a person to copy, each value equally likely. Short: whoever checks one counts the
/// tries.
pub fn numeric_code(entropy: &Entropy) -> String {
    // The largest multiple of a million below 2^32: what lies above it would favour small codes.
    const FAIR: u32 = 4_294_000_000;
    loop {
        let drawn = u32::from_le_bytes(entropy.bytes());
        if drawn < FAIR {
            return format!("{:06}", drawn % 1_000_000);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_long_shows_nothing_and_has_one_hash() {
        let secret = Opaque::draw("rt_", &Entropy::system());
        assert_eq!(secret.expose().len(), 46);
        assert_eq!(format!("{secret:?}"), "…");
        assert_eq!(secret.hash(), Opaque::hash_of(secret.expose()));
        assert_ne!(secret.hash(), Opaque::draw("rt_", &Entropy::system()).hash());
        assert!(equal(b"ab", b"ab") && !equal(b"ab", b"ac") && !equal(b"ab", b"abc"));
    }

    #[test]
    fn no_secret_has_what_begins_a_comment_of_sql() {
        let entropy = Entropy::seeded(5);
        assert!((0..2000).all(|_| !Opaque::draw("", &entropy).expose().contains("--")));
    }

    #[test]
    fn codes_have_six_digits_and_differ() {
        let entropy = Entropy::seeded(3);
        let codes: std::collections::BTreeSet<_> =
            (0..200).map(|_| numeric_code(&entropy)).collect();
        assert!(codes.len() > 195);
        assert!(
            codes.iter().all(|code| code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()))
        );
    }
}
