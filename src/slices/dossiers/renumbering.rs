//! Another mobile number for somebody who has proven one, before the signature: the number is what signs, so that
//! it changes by two codes at once, one to the address of e-mail and one to the new number. A session alone changes
//! nothing; the old number and the address are told.

use std::net::IpAddr;

use super::codes::{Asked, Verdict};
use super::core::Dossiers;
use super::error::DossierError;
use super::letters;
use super::model::{By, Dossier, Insured};
use super::visits::Visit;
use crate::kernel::locale::Locale;
use crate::platform::db::{Connection, again};
use crate::slices::messages::{Letter, Message, Recipient};

/// Purposes of the two codes.
const BY_EMAIL: &str = "number-email";
const BY_SMS: &str = "number-sms";

/// Budget of what leaves at the demand of one person.
const BUDGET: &str = "dossiers/number";

/// Demands of one person in an hour: each sends a code to a number that nobody has proven.
const MOST: u32 = 5;

/// The two codes, as they were typed.
pub(super) struct Codes<'a> {
    pub(super) email: &'a str,
    pub(super) sms: &'a str,
}

/// What became of a demand to change a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Renumbered {
    /// It is changed.
    Done,
    /// It is not: how each of the two codes was judged.
    Refused {
        /// The one that went by e-mail.
        email: Verdict,
        /// The one that went to the new number.
        sms: Verdict,
    },
}

impl Dossiers {
    /// Sends both codes, or none: what refuses one is said of both.
    pub(super) async fn ask_number(
        &self,
        visit: &Visit,
        mobile: &str,
        from: Option<IpAddr>,
    ) -> Result<Asked, DossierError> {
        again(|| self.ask_number_once(visit, mobile, from)).await
    }

    async fn ask_number_once(
        &self,
        visit: &Visit,
        mobile: &str,
        from: Option<IpAddr>,
    ) -> Result<Asked, DossierError> {
        let (store, me) = (&self.core.store, visit.insured);
        let mut transaction = store.begin().await?;
        let dossier = store.lock_dossier(&mut transaction, visit.dossier).await?;
        let dossier = unsigned(dossier)?;
        let email = dossier.person(me).and_then(|one| one.email.clone());
        let ways = [
            (Recipient::Email(email.ok_or(DossierError::Unknown)?), BY_EMAIL),
            (Recipient::Mobile(mobile.to_owned()), BY_SMS),
        ];
        if !self.spends(&mut transaction, BUDGET, (me, MOST)).await? {
            return Ok(Asked::TooMany);
        }
        for (to, purpose) in ways {
            let asked = self.send_code(&mut transaction, me, to, purpose, from).await?;
            if asked != Asked::Sent {
                // Dropped without a commit: neither leaves.
                return Ok(asked);
            }
        }
        self.commit(transaction).await?;
        Ok(Asked::Sent)
    }

    /// The person types both codes. Codes that are on their way to the old number prove nothing any more, and
    /// every other browser of this person types one to the new number.
    pub(super) async fn renumber(
        &self,
        (visit, by): (&Visit, By),
        mobile: &str,
        codes: &Codes<'_>,
    ) -> Result<Renumbered, DossierError> {
        again(|| self.renumber_once((visit, by), mobile, codes)).await
    }

    async fn renumber_once(
        &self,
        (visit, by): (&Visit, By),
        mobile: &str,
        codes: &Codes<'_>,
    ) -> Result<Renumbered, DossierError> {
        let (store, me) = (&self.core.store, visit.insured);
        let mut transaction = store.begin().await?;
        let dossier = store.lock_dossier(&mut transaction, visit.dossier).await?;
        let mut dossier = unsigned(dossier)?;
        let is_taken = |one: &Insured| one.id != me && one.mobile.as_deref() == Some(mobile);
        if dossier.insured.iter().any(is_taken) {
            // Since the page was read.
            return Err(DossierError::taken(
                "Ce numéro est celui de l’autre personne\u{a0}: chacun signe sur le sien.",
            ));
        }
        let person = dossier.person(me).ok_or(DossierError::Unknown)?;
        if person.mobile.as_deref() == Some(mobile) {
            // Sent twice: the first answer.
            return Ok(Renumbered::Done);
        }
        let by_email: Vec<_> = person.email.clone().map(Recipient::Email).into_iter().collect();
        let by_sms = [Recipient::Mobile(mobile.to_owned())];
        let whose = (me, by_email.as_slice());
        let email = self.judge_code(&mut transaction, whose, BY_EMAIL, codes.email).await?;
        let whose = (me, by_sms.as_slice());
        let sms = self.judge_code(&mut transaction, whose, BY_SMS, codes.sms).await?;
        if !matches!((email, sms), (Verdict::Right(_), Verdict::Right(_))) {
            // A wrong try counts.
            self.commit(transaction).await?;
            return Ok(Renumbered::Refused { email, sms });
        }
        for purpose in [BY_EMAIL, BY_SMS] {
            store.spend_code(&mut transaction, me, purpose).await?;
        }
        self.take_number(&mut transaction, &mut dossier, (visit, by), mobile).await?;
        self.commit(transaction).await?;
        Ok(Renumbered::Done)
    }

    /// The new number is theirs, and both ends are told.
    async fn take_number(
        &self,
        connection: &mut Connection,
        dossier: &mut Dossier,
        (visit, by): (&Visit, By),
        mobile: &str,
    ) -> Result<(), DossierError> {
        let (now, state) = (self.now(), dossier.state);
        let person = dossier.insured.iter_mut().find(|one| one.id == visit.insured);
        let person = person.ok_or(DossierError::Unknown)?;
        let old = person.mobile.replace(mobile.to_owned());
        person.mobile_proven_at = Some(now);
        // The code by e-mail has proven it as well.
        person.email_proven_at.get_or_insert(now);
        let told = [person.email.clone().map(Recipient::Email), old.map(Recipient::Mobile)];
        self.record(connection, dossier, "number", state, by, "numero").await?;
        self.write(connection, dossier).await?;
        self.leave_others(connection, visit).await?;
        for to in told.into_iter().flatten() {
            self.tell_of_number(connection, dossier, to, letters::renumbered(mobile)).await?;
        }
        Ok(())
    }

    /// A word to a person about the version that has just been made.
    async fn tell_of_number(
        &self,
        connection: &mut Connection,
        dossier: &Dossier,
        to: Recipient,
        letter: Letter,
    ) -> Result<(), DossierError> {
        let (id, version) = (dossier.id.uuid().simple(), dossier.version);
        let event = format!("dossiers/number/{id}/{version}/{}", to.channel().code());
        let message = Message { event, to, locale: Locale::Fr, letter, expires: None };
        self.core.messages.post(connection, message).await?;
        Ok(())
    }
}

/// A dossier whose numbers may still change: evidence of a signature names the number that signed.
fn unsigned(dossier: Option<Dossier>) -> Result<Dossier, DossierError> {
    let dossier = dossier.ok_or(DossierError::Unknown)?;
    if dossier.state.is_signed() { Err(DossierError::Closed) } else { Ok(dossier) }
}
