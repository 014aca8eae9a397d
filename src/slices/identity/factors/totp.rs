//! Codes of an application that change every thirty seconds (RFC 6238: SHA-1, six digits, the step
//! before and the step after are taken). A code works once: its step is written down by the statement
//! that takes it. The seed is sealed.

use std::sync::Arc;

use totp_rs::{Algorithm, Builder, Secret, Totp};
use uuid::Uuid;

use crate::kernel::problem::{Kind, Problem};
use crate::platform::db::Connection;
use crate::slices::identity::core::Core;
use crate::slices::identity::model::{Factor, FactorKind, Pool, User};

/// A seed on its way to the application of its owner: shown on one page, while it is not confirmed.
pub(in super::super) struct Seed {
    /// For the picture.
    pub(in super::super) address: String,
    /// To be typed: base32 in groups of four.
    pub(in super::super) groups: String,
}

/// Sets applications up and checks their codes.
#[derive(Clone)]
pub(in super::super) struct Totps {
    core: Arc<Core>,
}

impl Totps {
    pub(in super::super) const fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// Begins a factor: nothing asks for it until its first code.
    pub(in super::super) async fn begin(
        &self,
        connection: &mut Connection,
        user: Uuid,
    ) -> Result<Uuid, Problem> {
        let now = self.core.clock.now();
        let id = self.core.entropy.uuid_v7(now);
        let seed = self.core.entropy.bytes::<20>();
        let place: [&[u8]; 2] = [b"factor", id.as_bytes()];
        let factor = Factor {
            id,
            user_id: user,
            kind: FactorKind::Totp,
            label: "".into(),
            sealed: self.core.keyring.seal(&place, &seed, &self.core.entropy)?,
            last_step: 0,
            created_at: now,
            confirmed_at: None,
            last_used_at: None,
        };
        self.core.store.delete_unconfirmed(connection, user).await?;
        self.core.store.insert_factor(connection, &factor, None).await?;
        Ok(id)
    }

    /// The seed of a factor that is not confirmed yet.
    pub(in super::super) fn seed(
        &self,
        pool: &Pool,
        user: &User,
        factor: &Factor,
        brand: &str,
    ) -> Result<Seed, Problem> {
        let secret = self.secret(factor)?;
        let issuer = format!("{brand} {}", pool.name(user.locale)).replace(':', " ");
        let account = user.email.replace(':', " ");
        let letters = secret.to_base32();
        let address = totp(secret, &account, &issuer)?.to_url().map_err(bug)?;
        let letters: Vec<char> = letters.chars().collect();
        let groups: Vec<String> = letters.chunks(4).map(|four| four.iter().collect()).collect();
        Ok(Seed { address, groups: groups.join(" ") })
    }

    /// The step that this code is of, if it is one of this factor's now.
    pub(in super::super) fn step(
        &self,
        factor: &Factor,
        code: &str,
    ) -> Result<Option<u64>, Problem> {
        let now = u64::try_from(self.core.clock.now().as_second()).unwrap_or(0);
        Ok(totp(self.secret(factor)?, "x", "x")?.check(code, now))
    }

    /// Takes a code of one of these factors, once.
    pub(in super::super) async fn take(
        &self,
        connection: &mut Connection,
        factors: &[Factor],
        code: &str,
    ) -> Result<bool, Problem> {
        let now = self.core.clock.now();
        for factor in factors.iter().filter(|f| f.kind == FactorKind::Totp && f.is_confirmed()) {
            if let Some(step) = self.step(factor, code)? {
                return Ok(self.core.store.use_step(connection, factor.id, step, now).await?);
            }
        }
        Ok(false)
    }

    /// Confirms a factor by its first code, which is used by that.
    pub(in super::super) async fn confirm(
        &self,
        connection: &mut Connection,
        factor: &Factor,
        code: &str,
    ) -> Result<bool, Problem> {
        let Some(step) = self.step(factor, code)? else { return Ok(false) };
        let (user, now) = (factor.user_id, self.core.clock.now());
        Ok(self.core.store.confirm_factor(connection, user, factor.id, step, now).await?)
    }

    fn secret(&self, factor: &Factor) -> Result<Secret, Problem> {
        let place: [&[u8]; 2] = [b"factor", factor.id.as_bytes()];
        Ok(Secret::from(self.core.keyring.open(&place, &factor.sealed)?.as_slice()))
    }
}

fn totp(secret: Secret, account: &str, issuer: &str) -> Result<Totp, Problem> {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(30)
        .with_secret(secret)
        .with_account_name(account)
        .with_issuer(Some(issuer))
        .build()
        .map_err(bug)
}

fn bug(error: impl std::error::Error + Send + Sync + 'static) -> Problem {
    Problem::new(Kind::Bug).cause(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, cut to six digits.
    #[test]
    fn the_examples_of_the_standard() {
        let make = || totp(Secret::from(&b"12345678901234567890"[..]), "x", "x").expect("a totp");
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(make().check(code, time), Some(time / 30), "{time}");
            assert_eq!(make().check(code, time + 30), Some(time / 30), "one step late");
            assert_eq!(make().check(code, time - 30), Some(time / 30), "one step early");
            assert_eq!(make().check(code, time + 60), None, "two steps late");
        }
        for wrong in ["", "28708", "2870822", "28708x", "287 082", "٢٨٧٠٨٢"] {
            assert_eq!(make().check(wrong, 59), None, "{wrong}");
        }
    }
}
