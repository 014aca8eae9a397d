//! Recovery codes: ten, of 80 bits each, shown once, each good once. They are short, so they are kept as
//! passwords are: by an expensive hash.

use std::sync::Arc;

use uuid::Uuid;

use crate::kernel::problem::Problem;
use crate::platform::crypto::TokenHash;
use crate::platform::db::Connection;
use crate::platform::digest::sha256;
use crate::slices::identity::core::Core;

/// Codes of a set.
const COUNT: usize = 10;

/// Letters that are not taken for one another: without I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Draws codes and takes them.
#[derive(Clone)]
pub(in super::super) struct Recovery {
    core: Arc<Core>,
}

impl Recovery {
    pub(in super::super) const fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// Ten new codes and their hashes, for [`super::super::store::Store::replace_recovery`].
    pub(in super::super) async fn draw(
        &self,
        user: Uuid,
    ) -> Result<(Vec<String>, Vec<TokenHash>), Problem> {
        let codes: Vec<String> =
            (0..COUNT).map(|_| letters(self.core.entropy.bytes::<10>())).collect();
        let place = self.core.hasher.place()?;
        let hashes = place.derive(codes.clone(), salt(user)).await?;
        Ok((codes, hashes))
    }

    /// What a typed code is looked up by; `None` when it cannot be one.
    pub(in super::super) async fn hash(
        &self,
        user: Uuid,
        typed: &str,
    ) -> Result<Option<TokenHash>, Problem> {
        let Some(code) = normal(typed) else { return Ok(None) };
        let place = self.core.hasher.place()?;
        Ok(place.derive(vec![code], salt(user)).await?.into_iter().next())
    }

    /// Takes a code in the caller's transaction, once.
    pub(in super::super) async fn take(
        &self,
        connection: &mut Connection,
        user: Uuid,
        hash: &TokenHash,
    ) -> Result<bool, Problem> {
        let now = self.core.clock.now();
        Ok(self.core.store.use_recovery(connection, user, hash, now).await?)
    }
}

/// One salt per person: who steals the table works on one person at a time.
fn salt(user: Uuid) -> [u8; 16] {
    let mut salt = [0; 16];
    salt.copy_from_slice(&sha256(&[b"recovery", user.as_bytes()])[..16]);
    salt
}

/// 80 bits in sixteen letters.
fn letters(bytes: [u8; 10]) -> String {
    let mut wide = [0; 16];
    wide[6..].copy_from_slice(&bytes);
    let bits = u128::from_be_bytes(wide);
    (0..16_u32)
        .rev()
        .map(|place| char::from(ALPHABET[usize::from(((bits >> (5 * place)) & 31) as u8)]))
        .collect()
}

/// The code that was typed, whatever its case and its spaces; letters that look alike are taken for the
/// ones that codes have.
pub(in super::super) fn normal(typed: &str) -> Option<String> {
    let letters = typed.chars().filter(|c| !c.is_whitespace() && *c != '-');
    let code: String = letters
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    let is_code = code.len() == 16 && code.bytes().all(|byte| ALPHABET.contains(&byte));
    is_code.then_some(code)
}

/// A code as it is shown: in groups of four.
pub(in super::super) fn shown(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|four| four.iter().collect()).collect();
    groups.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_write_it() {
        let code = letters([0xff, 0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88]);
        assert_eq!(code.len(), 16);
        assert_eq!(normal(&shown(&code)).as_ref(), Some(&code));
        assert_eq!(normal(&shown(&code).to_lowercase().replace('-', " ")), Some(code));
        assert_eq!(normal("OIL0-1111-1111-1111").as_deref(), Some("0110111111111111"));
        for wrong in ["", "1234", "UUUU-UUUU-UUUU-UUUU", "éééé-éééé-éééé-éééé"] {
            assert_eq!(normal(wrong), None, "{wrong}");
        }
        assert_eq!(letters([0; 10]), "0".repeat(16));
        assert_eq!(letters([255; 10]), "Z".repeat(16));
    }
}
