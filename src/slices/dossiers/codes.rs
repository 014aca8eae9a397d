//! Codes by SMS: six digits, ten minutes, five tries, then a pause of fifteen minutes. Tries are counted
//! across codes, so that asking for another one is no way around; and so many codes leave in an hour for
//! a number, at the demand of a network, and in all.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::core::Dossiers;
use super::error::DossierError;
use super::letters;
use super::store::CodeRow;
use crate::kernel::locale::Locale;
use crate::platform::crypto::{SealError, equal, numeric_code};
use crate::platform::db::Connection;
use crate::platform::digest::sha256;
use crate::slices::messages::{Message, Recipient};

/// How long a code is good for.
const LIFE: Duration = Duration::from_secs(600);

/// Tries before the pause.
const TRIES: u8 = 5;

/// The pause.
const PAUSE: Duration = Duration::from_secs(900);

/// Another code may be asked for after so long.
const AGAIN: Duration = Duration::from_secs(30);

/// Counts are of so long.
const HOUR: Duration = Duration::from_secs(3600);

/// What became of a code that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It leaves.
    Sent,
    /// The last one has just left: another may be asked for at this moment.
    TooSoon(Timestamp),
    /// Too many wrong ones: not before this moment.
    Blocked(Timestamp),
    /// Too many codes to this number, from this network, or in all.
    TooMany,
}

/// What became of a code that was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the one; it does not serve again.
    Right,
    /// It is not; so many tries are left.
    Wrong(u8),
    /// It is too old, or none was sent.
    Expired,
    /// Not before this moment.
    Blocked(Timestamp),
}

impl Dossiers {
    /// Sends a code to a person, in the caller's transaction. `network` is where the demand comes from.
    ///
    /// # Errors
    /// No key is configured; the database does not answer.
    pub async fn send_code(
        &self,
        connection: &mut Connection,
        insured: Uuid,
        mobile: &str,
        purpose: &str,
        network: &str,
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
        if !self.admits(connection, mobile, network).await? {
            return Ok(Asked::TooMany);
        }
        let code = numeric_code(&core.entropy);
        // The pause is over: tries begin again.
        let tries = known.as_ref().filter(|row| row.blocked_until.is_none()).map_or(0, |r| r.tries);
        let serial = known.map_or(0, |row| row.serial) + 1;
        let row = CodeRow {
            mark: self.mark(insured, purpose, &code)?,
            sent_at: now,
            expires_at: now + LIFE,
            tries,
            blocked_until: None,
            serial,
        };
        core.store.write_code(connection, insured, purpose, &row).await?;
        let stamp = now.as_microsecond();
        let message = Message {
            event: format!("dossiers/code/{purpose}/{}/{stamp}", insured.simple()),
            to: Recipient::Mobile(mobile.to_owned()),
            locale: Locale::Fr,
            letter: letters::code(&code, purpose, self.origin()),
            expires: Some(now + LIFE),
        };
        core.messages.post(connection, message).await?;
        Ok(Asked::Sent)
    }

    /// Judges a code. Whatever the verdict, the caller commits: a wrong try counts.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn check_code(
        &self,
        connection: &mut Connection,
        insured: Uuid,
        purpose: &str,
        typed: &str,
    ) -> Result<Verdict, DossierError> {
        let (core, now) = (&self.core, self.now());
        let Some(mut row) = core.store.lock_code(connection, insured, purpose).await? else {
            return Ok(Verdict::Expired);
        };
        if let Some(until) = row.blocked_until.filter(|until| *until > now) {
            return Ok(Verdict::Blocked(until));
        }
        if row.expires_at <= now {
            return Ok(Verdict::Expired);
        }
        let marks = core.keyring.marks(&place(purpose), &text(insured, typed));
        if marks.iter().any(|mark| equal(mark, &row.mark)) {
            core.store.spend_code(connection, insured, purpose).await?;
            return Ok(Verdict::Right);
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

    fn mark(&self, insured: Uuid, purpose: &str, code: &str) -> Result<Vec<u8>, SealError> {
        let marks = self.core.keyring.marks(&place(purpose), &text(insured, code));
        marks.first().map(|mark| mark.to_vec()).ok_or(SealError::NoKey)
    }

    /// Counts one more code for the number, the network and everybody; `false` when that is too many.
    async fn admits(
        &self,
        connection: &mut Connection,
        mobile: &str,
        network: &str,
    ) -> Result<bool, DossierError> {
        let settings = &self.core.settings;
        for (what, whose, most) in [
            ("number", mobile, settings.codes_per_number),
            ("network", network, settings.codes_per_network),
            ("all", "", settings.codes_in_all),
        ] {
            let key = sha256(&[b"code", what.as_bytes(), whose.as_bytes()]);
            if !self.count(connection, &key, most).await? {
                metrics::counter!("dossiers_codes_refused_total", "count" => what).increment(1);
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Counts one more under this key, unless there are `most` already in this hour.
    pub(super) async fn count(
        &self,
        connection: &mut Connection,
        key: &[u8; 32],
        most: u32,
    ) -> Result<bool, DossierError> {
        let (store, now) = (&self.core.store, self.now());
        store.open_count(&mut *connection, key, now).await?;
        let row = store.lock_count(connection, key).await?;
        let (began, count) = row.filter(|(began, _)| *began + HOUR > now).unwrap_or((now, 0));
        if count >= most {
            return Ok(false);
        }
        store.write_count(connection, key, began, count + 1).await?;
        Ok(true)
    }
}

fn place(purpose: &str) -> [&[u8]; 2] {
    [b"dossier_code", purpose.as_bytes()]
}

fn text(insured: Uuid, code: &str) -> Vec<u8> {
    [insured.as_bytes().as_slice(), code.as_bytes()].concat()
}
