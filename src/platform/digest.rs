//! SHA-256 and its writing in hex digits.

use aws_lc_rs::digest::{Context, SHA256, digest};

/// SHA-256 of bytes that come one part after the other, as they are.
#[derive(Clone)]
pub struct Sha256Stream(Context);

impl Default for Sha256Stream {
    fn default() -> Self {
        Self(Context::new(&SHA256))
    }
}

impl Sha256Stream {
    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all of them.
    pub fn finish(self) -> [u8; 32] {
        let mut hash = [0; 32];
        hash.copy_from_slice(self.0.finish().as_ref());
        hash
    }
}

/// SHA-256 of the parts, each preceded by its length so that no two lists of parts look alike.
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    plain_sha256(&bytes)
}

/// SHA-256 of these bytes alone: what `sha256sum` says of a file.
pub fn plain_sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
    hash
}

/// Lower-case hex digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.map(|nibble| char::from(DIGITS[usize::from(nibble)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_told_apart() {
        assert_ne!(sha256(&[b"ab", b"c"]), sha256(&[b"a", b"bc"]));
        assert_eq!(sha256(&[b"ab", b"c"]), sha256(&[b"ab", b"c"]));
    }

    #[test]
    fn the_digest_is_the_one_of_the_standard() {
        // The length of the one part, eight zero bytes, and nothing: SHA-256 of eight zero bytes.
        let expected = "af5570f5a1810b7af78caf4bc70a660f0df51e42baf91d4de5b2328de0e83dfc";
        assert_eq!(hex(&sha256(&[b""])), expected);
    }
}
