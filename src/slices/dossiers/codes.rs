//! Codes by SMS, or by e-mail where that may take its place: six digits, ten minutes, five tries, then a
//! pause of fifteen minutes. Tries are counted across codes and ways, so that asking for another one is no
//! way around; and so many codes leave in an hour for an address, at the demand of a network, and in all
//! (`messages::budget`).

use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::core::Dossiers;
use super::error::DossierError;
use super::letters;
use super::store::CodeRow;
use crate::kernel::locale::Locale;
use crate::platform::crypto::{SealError, equal, numeric_code};
use crate::platform::db::{Connection, DbError};
use crate::platform::web::facts;
use crate::slices::messages::{Allowance, Channel, Message, Recipient, Spender};

/// How long a code is good for.
const LIFE: Duration = Duration::from_secs(600);

/// Tries before the pause.
const TRIES: u8 = 5;

/// The pause.
const PAUSE: Duration = Duration::from_secs(900);

/// Another code may be asked for after so long.
const AGAIN: Duration = Duration::from_secs(30);

/// Budgets are of so long.
pub(super) const HOUR: Duration = Duration::from_secs(3600);

/// What became of a code that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It leaves.
    Sent,
    /// The last one has just left: another may be asked for at this moment.
    TooSoon(Timestamp),
    /// Too many wrong ones: not before this moment.
    Blocked(Timestamp),
    /// Too many codes to this address, from this network, or in all.
    TooMany,
}

/// What became of a code that was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the one, which went this way; it does not serve again.
    Right(Channel),
    /// It is not; so many tries are left.
    Wrong(u8),
    /// It is too old.
    Expired,
    /// None was sent, or the last one has served.
    Unsent,
    /// Not before this moment.
    Blocked(Timestamp),
}

impl Dossiers {
    /// Sends a code to a person, in the caller's transaction. `from` is where the demand comes from.
    ///
    /// # Errors
    /// No key is configured; the database does not answer.
    pub async fn send_code(
        &self,
        connection: &mut Connection,
        insured: Uuid,
        to: Recipient,
        purpose: &str,
        from: Option<IpAddr>,
    ) -> Result<Asked, DossierError> {
        let (core, now) = (&self.core, self.now());
        let known = core.store.lock_code(connection, insured, purpose).await?;
        if let Some(row) = &known {
            if let Some(until) = row.blocked_until.filter(|until| *until > now) {
                return Ok(Asked::Blocked(until));
            }
            if row.sent_at + AGAIN > now {
                return Ok(Asked::TooSoon(row.sent_at + AGAIN));
            }
        }
        if !self.admits(connection, &to, from).await? {
            return Ok(Asked::TooMany);
        }
        let code = numeric_code(&core.entropy);
        // The pause is over: tries begin again.
        let tries = known.as_ref().filter(|row| row.blocked_until.is_none()).map_or(0, |r| r.tries);
        let serial = known.map_or(0, |row| row.serial) + 1;
        let row = CodeRow {
            mark: self.mark(purpose, &text(insured, &to, &code))?,
            sent_at: now,
            expires_at: now + LIFE,
            tries,
            blocked_until: None,
            serial,
            channel: to.channel(),
        };
        core.store.write_code(connection, insured, purpose, &row).await?;
        let stamp = now.as_microsecond();
        let message = Message {
            event: format!("dossiers/code/{purpose}/{}/{stamp}", insured.simple()),
            to,
            locale: Locale::Fr,
            letter: letters::code(&code, purpose, self.origin()),
            expires: Some(now + LIFE),
        };
        core.messages.post(connection, message).await?;
        Ok(Asked::Sent)
    }

    /// Judges a code, which serves once. `reached` is where this person is reached now: a code that went
    /// anywhere else is none of theirs. Whatever the verdict, the caller commits: a wrong try counts.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn check_code(
        &self,
        connection: &mut Connection,
        (insured, reached): (Uuid, &[Recipient]),
        purpose: &str,
        typed: &str,
    ) -> Result<Verdict, DossierError> {
        let verdict = self.judge_code(connection, (insured, reached), purpose, typed).await?;
        if matches!(verdict, Verdict::Right(_)) {
            self.core.store.spend_code(connection, insured, purpose).await?;
        }
        Ok(verdict)
    }

    /// The same, but a right code still serves: for who must have two, and spends them together.
    pub(super) async fn judge_code(
        &self,
        connection: &mut Connection,
        (insured, reached): (Uuid, &[Recipient]),
        purpose: &str,
        typed: &str,
    ) -> Result<Verdict, DossierError> {
        let (core, now) = (&self.core, self.now());
        let Some(mut row) = core.store.lock_code(connection, insured, purpose).await? else {
            return Ok(Verdict::Unsent);
        };
        if let Some(until) = row.blocked_until.filter(|until| *until > now) {
            return Ok(Verdict::Blocked(until));
        }
        if row.expires_at <= now {
            return Ok(Verdict::Expired);
        }
        let mut to = reached.iter().filter(|one| one.channel() == row.channel);
        if to.any(|to| self.is_mark(&row.mark, purpose, &text(insured, to, typed))) {
            return Ok(Verdict::Right(row.channel));
        }
        row.tries = row.tries.saturating_add(1);
        let verdict = if row.tries >= TRIES {
            row.blocked_until = Some(now + PAUSE);
            row.expires_at = now;
            row.tries = 0;
            Verdict::Blocked(now + PAUSE)
        } else {
            Verdict::Wrong(TRIES - row.tries)
        };
        core.store.write_code(connection, insured, purpose, &row).await?;
        Ok(verdict)
    }

    /// From when on another code may be asked for.
    pub(super) async fn next_code_at(
        &self,
        insured: Uuid,
        purpose: &str,
    ) -> Result<Option<Timestamp>, DossierError> {
        let row = self.core.store.code(insured, purpose).await?;
        Ok(row.map(|row| row.blocked_until.unwrap_or(row.sent_at + AGAIN)))
    }

    fn mark(&self, purpose: &str, text: &[u8]) -> Result<Vec<u8>, SealError> {
        let marks = self.core.keyring.marks(&place(purpose), text);
        marks.first().map(|mark| mark.to_vec()).ok_or(SealError::NoKey)
    }

    fn is_mark(&self, known: &[u8], purpose: &str, text: &[u8]) -> bool {
        let marks = self.core.keyring.marks(&place(purpose), text);
        marks.iter().any(|mark| equal(mark, known))
    }

    /// Spends one code of what may leave for this address, at the demand of this network, and in all; says
    /// whether there was one left of each. What the caller wrote stays, whatever the answer.
    async fn admits(
        &self,
        connection: &mut Connection,
        to: &Recipient,
        from: Option<IpAddr>,
    ) -> Result<bool, DossierError> {
        let settings = &self.core.settings;
        let allowance = |of, most| Allowance { of, most, window: HOUR };
        let mut budgets = vec![
            allowance(Spender::Recipient(to), settings.codes_per_number),
            allowance(Spender::Everyone, settings.codes_in_all),
        ];
        let network = from.map(facts::network);
        budgets.extend(
            network.map(|one| allowance(Spender::Network(one), settings.codes_per_network)),
        );
        let mut part = self.core.store.part(connection).await?;
        let spent = self.core.messages.spend(&mut part, "dossiers/code", &budgets).await?;
        if spent.is_err() {
            // Undone: what one budget refuses is not taken from the others.
            return Ok(false);
        }
        part.commit().await.map_err(DbError::from)?;
        Ok(true)
    }

    /// Spends one letter about a dossier, of so many in an hour; says whether there was one left. Who is
    /// told that there was not must not commit.
    pub(super) async fn spends(
        &self,
        connection: &mut Connection,
        purpose: &str,
        (about, most): (Uuid, u32),
    ) -> Result<bool, DossierError> {
        let budgets = [Allowance { of: Spender::Matter(about), most, window: HOUR }];
        let spent = self.core.messages.spend(connection, purpose, &budgets).await?;
        Ok(spent.is_ok())
    }
}

fn place(purpose: &str) -> [&[u8]; 2] {
    [b"dossier_code", purpose.as_bytes()]
}

/// What is marked: whose code it is, where it went, and the code. The code comes last and has six digits, so
/// that no two texts are the same.
fn text(insured: Uuid, to: &Recipient, code: &str) -> Vec<u8> {
    [insured.as_bytes(), to.address().as_bytes(), b"\n", code.as_bytes()].concat()
}
