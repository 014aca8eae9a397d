//! Sealing of what is kept at rest: AES-256-GCM-SIV (RFC 8452), which survives a nonce drawn twice,
//! under one of the keys of the operator's file.
//!
//! The file has one key a line, `id:base64` (32 bytes). The first line seals; all of them open, so a
//! new key is put on top and the old one leaves when nothing is sealed under it any more.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::kernel::problem::{Kind, Problem};
use crate::platform::clock::Entropy;

/// Form of a sealed text: this byte, the length of the key's id, the id, the nonce, the rest.
const FORM: u8 = 1;

const LONGEST_ID: usize = 32;

/// The keys of data at rest. Cheap to clone.
#[derive(Clone, Default)]
pub struct Keyring(Arc<[Key]>);

struct Key {
    id: Box<str>,
    key: LessSafeKey,
    marks: hmac::Key,
}

/// Why the keys' file cannot be used. The file's content is never repeated.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// It cannot be read.
    #[error("`crypto.keyring_file` cannot be read")]
    Unreadable(#[source] std::io::Error),
    /// A line is not a key.
    #[error("`crypto.keyring_file`: line {0} is not `id:base64 of 32 bytes`")]
    Line(usize),
    /// Two lines have one id.
    #[error("`crypto.keyring_file`: line {0} repeats an id")]
    Repeated(usize),
    /// No line at all.
    #[error("`crypto.keyring_file` holds no key")]
    Empty,
}

/// Why something could not be sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// No key is configured.
    #[error("no key is configured: `crypto.keyring_file`")]
    NoKey,
    /// The key that sealed it is not in the file any more.
    #[error("sealed under a key that is not in `crypto.keyring_file`")]
    UnknownKey,
    /// It was changed, cut, or belongs elsewhere.
    #[error("a sealed value was changed or belongs elsewhere")]
    Broken,
}

impl From<SealError> for Problem {
    fn from(error: SealError) -> Self {
        let kind = match error {
            SealError::NoKey => Kind::Unavailable,
            SealError::UnknownKey | SealError::Broken => Kind::Bug,
        };
        Self::new(kind).cause(error)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| &key.id)).finish()
    }
}

impl Keyring {
    /// The keys of this file; none when the path is empty.
    ///
    /// # Errors
    /// The file is missing or a line of it is not a key.
    pub fn read(path: &Path) -> Result<Self, KeyringError> {
        if path.as_os_str().is_empty() {
            return Ok(Self::default());
        }
        Self::parse(&std::fs::read_to_string(path).map_err(KeyringError::Unreadable)?)
    }

    /// The keys of such a file's text.
    ///
    /// # Errors
    /// A line is not a key, or there is none.
    pub fn parse(text: &str) -> Result<Self, KeyringError> {
        let mut keys: Vec<Key> = Vec::new();
        for (place, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let key = read_line(line.trim()).ok_or(KeyringError::Line(place + 1))?;
            if keys.iter().any(|known| known.id == key.id) {
                return Err(KeyringError::Repeated(place + 1));
            }
            keys.push(key);
        }
        if keys.is_empty() { Err(KeyringError::Empty) } else { Ok(Self(keys.into())) }
    }

    /// A new line for such a file.
    pub fn new_line(id: &str, entropy: &Entropy) -> String {
        format!("{id}:{}", STANDARD.encode(entropy.bytes::<32>()))
    }

    /// Whether anything can be sealed.
    pub fn is_usable(&self) -> bool {
        !self.0.is_empty()
    }

    /// The name of the key that seals.
    pub fn first_id(&self) -> Option<&str> {
        self.0.first().map(|key| &*key.id)
    }

    /// Seals under the first key. `place` says where it will be kept (a table, a column, a row): what
    /// is moved to another place does not open there.
    ///
    /// # Errors
    /// No key is configured.
    pub fn seal(
        &self,
        place: &[&[u8]],
        clear: &[u8],
        entropy: &Entropy,
    ) -> Result<Vec<u8>, SealError> {
        let key = self.0.first().ok_or(SealError::NoKey)?;
        let nonce: [u8; NONCE_LEN] = entropy.bytes();
        let id = key.id.as_bytes();
        let mut sealed = vec![FORM, u8::try_from(id.len()).map_err(|_| SealError::Broken)?];
        sealed.extend_from_slice(id);
        sealed.extend_from_slice(&nonce);
        let start = sealed.len();
        sealed.extend_from_slice(clear);
        let mut body = sealed.split_off(start);
        let nonce = Nonce::assume_unique_for_key(nonce);
        key.key
            .seal_in_place_append_tag(nonce, Aad::from(bound(place)), &mut body)
            .map_err(|_| SealError::Broken)?;
        sealed.append(&mut body);
        Ok(sealed)
    }

    /// A mark by which a value is found again without being kept: HMAC-SHA256 under a key derived from
    /// each of ours, the first one first. Unlike a plain hash, nobody who has no key can find out a
    /// telephone number by trying them all. What is kept is the first; a search takes every one.
    pub fn marks(&self, place: &[&[u8]], clear: &[u8]) -> Vec<[u8; 32]> {
        let text = [bound(place).as_slice(), clear].concat();
        self.0.iter().map(|key| hmac_sha256(&key.marks, &text)).collect()
    }

    /// Opens what [`Self::seal`] sealed for the same place.
    ///
    /// # Errors
    /// It was changed or moved, or its key is gone.
    pub fn open(&self, place: &[&[u8]], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let [FORM, length, rest @ ..] = sealed else { return Err(SealError::Broken) };
        let (id, rest) = rest.split_at_checked(usize::from(*length)).ok_or(SealError::Broken)?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN).ok_or(SealError::Broken)?;
        if self.0.is_empty() {
            return Err(SealError::NoKey);
        }
        let key = self.0.iter().find(|key| key.id.as_bytes() == id).ok_or(SealError::UnknownKey)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Broken)?;
        let mut body = body.to_vec();
        let clear = key.key.open_in_place(nonce, Aad::from(bound(place)), &mut body);
        let length = clear.map_err(|_| SealError::Broken)?.len();
        body.truncate(length);
        Ok(body)
    }
}

fn read_line(line: &str) -> Option<Key> {
    let (id, secret) = line.split_once(':')?;
    let is_id = !id.is_empty()
        && id.len() <= LONGEST_ID
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let secret =
        STANDARD.decode(secret.trim()).ok().filter(|secret| is_id && secret.len() == 32)?;
    let key = UnboundKey::new(&AES_256_GCM_SIV, &secret).ok()?;
    let own = hmac_sha256(&hmac::Key::new(hmac::HMAC_SHA256, &secret), b"marks");
    let marks = hmac::Key::new(hmac::HMAC_SHA256, &own);
    Some(Key { id: id.into(), key: LessSafeKey::new(key), marks })
}

fn hmac_sha256(key: &hmac::Key, text: &[u8]) -> [u8; 32] {
    let mut mark = [0; 32];
    mark.copy_from_slice(hmac::sign(key, text).as_ref());
    mark
}

/// The parts of a place, each preceded by its length so that no two places look alike.
fn bound(place: &[&[u8]]) -> [u8; 32] {
    crate::platform::digest::sha256(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "2026-01:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const NEW: &str = "2026-07:Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";

    fn ring(lines: &[&str]) -> Keyring {
        Keyring::parse(&lines.join("\n")).expect("keys")
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_and_nowhere_else() {
        let (ring, entropy) = (ring(&[OLD]), Entropy::seeded(1));
        let sealed = ring.seal(&[b"factor", b"7"], b"seed", &entropy).expect("sealed");
        assert_eq!(ring.open(&[b"factor", b"7"], &sealed), Ok(b"seed".to_vec()));
        assert_eq!(ring.open(&[b"factor", b"8"], &sealed), Err(SealError::Broken));
        assert_eq!(ring.open(&[b"factor7"], &sealed), Err(SealError::Broken));
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(ring.open(&[b"factor", b"7"], &changed).is_err(), "byte {place}");
            assert!(ring.open(&[b"factor", b"7"], &sealed[..place]).is_err(), "cut at {place}");
        }
    }

    #[test]
    fn marks_find_a_value_again_under_every_key() {
        let (old, both) = (ring(&[OLD]), ring(&[NEW, OLD]));
        let kept = old.marks(&[b"to"], b"+33612345678");
        assert_eq!(kept.len(), 1);
        assert!(both.marks(&[b"to"], b"+33612345678").contains(&kept[0]));
        assert!(!both.marks(&[b"to"], b"+33612345679").contains(&kept[0]));
        assert!(!both.marks(&[b"from"], b"+33612345678").contains(&kept[0]));
        assert!(Keyring::default().marks(&[], b"x").is_empty());
    }

    #[test]
    fn a_new_key_seals_and_the_old_one_still_opens() {
        let entropy = Entropy::seeded(1);
        let sealed = ring(&[OLD]).seal(&[], b"x", &entropy).expect("sealed");
        let both = ring(&[NEW, OLD]);
        assert_eq!(both.open(&[], &sealed), Ok(b"x".to_vec()));
        let again = both.seal(&[], b"x", &entropy).expect("sealed");
        assert_eq!(ring(&[OLD]).open(&[], &again), Err(SealError::UnknownKey));
        assert_eq!(Keyring::default().open(&[], &again), Err(SealError::NoKey));
        assert_eq!(Keyring::default().seal(&[], b"x", &entropy), Err(SealError::NoKey));
    }

    #[test]
    fn a_file_that_is_wrong_says_which_line() {
        for (text, says) in [
            ("", "holds no key"),
            ("a:short", "line 1"),
            ("2026-01", "line 1"),
            ("b d:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "line 1"),
        ] {
            let error = Keyring::parse(text).expect_err(text);
            assert!(error.to_string().contains(says), "{text}: {error}");
        }
        let twice = Keyring::parse(&format!("{OLD}\n\n{OLD}")).expect_err("twice");
        assert!(twice.to_string().contains("line 3 repeats"));
        let line = Keyring::new_line("2027-01-03", &Entropy::seeded(1));
        assert!(Keyring::parse(&line).expect("a key").is_usable());
        assert_eq!(format!("{:?}", ring(&[OLD])), "[\"2026-01\"]");
    }
}
