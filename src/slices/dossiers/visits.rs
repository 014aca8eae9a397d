//! Who is on which dossier: sessions of browsers, and the links that open them again. A link alone
//! never shows anything; a code by SMS is always asked.

use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::codes::{Asked, Verdict};
use super::core::Dossiers;
use super::error::DossierError;
use super::letters;
use super::model::{Dossier, DossierId};
use super::settings::days;
use super::store::{LinkRow, SessionRow};
use crate::kernel::locale::Locale;
use crate::platform::crypto::{Opaque, TokenHash};
use crate::platform::db::Connection;
use crate::slices::messages::{Message, Recipient};

/// Purpose of the code that proves a mobile number, at the beginning and at each return.
pub(super) const PROOF: &str = "dossier";

/// A session is written down as alive at most so often.
const TOUCH: Duration = Duration::from_secs(60);

/// A browser on a dossier.
#[derive(Clone, Copy, Debug)]
pub struct Visit {
    /// The dossier.
    pub dossier: DossierId,
    /// As which person.
    pub insured: Uuid,
    /// Whether the code was typed.
    pub is_proven: bool,
    /// When the session ends if nothing more is asked.
    pub ends_at: Timestamp,
    /// How long that is from now.
    pub lasts: Duration,
    hash: TokenHash,
}

impl Dossiers {
    /// The visit of this cookie.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn visit(&self, cookie: Option<&str>) -> Result<Option<Visit>, DossierError> {
        let Some(cookie) = cookie else { return Ok(None) };
        let (store, now, life) = (&self.core.store, self.now(), self.core.settings.session());
        let hash = Opaque::hash_of(cookie);
        let Some(row) = store.session(&hash, now - life).await? else { return Ok(None) };
        if row.seen_at + TOUCH <= now {
            store.touch_session(&hash, now).await?;
        }
        Ok(Some(Visit {
            dossier: row.dossier,
            insured: row.insured,
            is_proven: row.proven_at.is_some(),
            ends_at: now + life,
            lasts: life,
            hash,
        }))
    }

    /// Opens a session that has still to be proven by a code.
    pub(super) async fn open_session(
        &self,
        connection: &mut Connection,
        dossier: DossierId,
        insured: Uuid,
    ) -> Result<Opaque, DossierError> {
        let secret = Opaque::draw("", &self.core.entropy);
        let row = SessionRow { dossier, insured, proven_at: None, seen_at: self.now() };
        self.core.store.insert_session(connection, &secret.hash(), &row).await?;
        Ok(secret)
    }

    /// The person leaves this browser.
    pub(super) async fn leave(&self, visit: &Visit) -> Result<(), DossierError> {
        Ok(self.core.store.end_session(&visit.hash).await?)
    }

    /// The person is asked for a code again in every browser but this one.
    pub(super) async fn leave_others(
        &self,
        connection: &mut Connection,
        visit: &Visit,
    ) -> Result<(), DossierError> {
        let store = &self.core.store;
        Ok(store.end_other_sessions(connection, visit.insured, &visit.hash).await?)
    }

    /// The person types the code that opens their session. Who has also proven their address, by the link
    /// that led here or by their account, holds the dossier from now on.
    pub(super) async fn prove(&self, visit: &Visit, typed: &str) -> Result<Verdict, DossierError> {
        let (store, now) = (&self.core.store, self.now());
        let mut transaction = store.begin().await?;
        let dossier = store.lock_dossier(&mut transaction, visit.dossier).await?;
        let mut dossier = dossier.ok_or(DossierError::Unknown)?;
        let person = dossier.person(visit.insured).ok_or(DossierError::Unknown)?;
        let reached: Vec<_> = person.mobile.clone().map(Recipient::Mobile).into_iter().collect();
        let whose = (visit.insured, reached.as_slice());
        let verdict = self.check_code(&mut transaction, whose, PROOF, typed).await?;
        if matches!(verdict, Verdict::Right(_)) {
            store.prove_session(&mut transaction, &visit.hash, now).await?;
            for one in dossier.insured.iter_mut().filter(|one| one.id == visit.insured) {
                one.mobile_proven_at.get_or_insert(now);
            }
            store.update_insured(&mut transaction, &dossier).await?;
            self.hand_over(&mut transaction, dossier, visit.insured).await?;
        }
        self.commit(transaction).await?;
        Ok(verdict)
    }

    /// The dossier of somebody who has proven both their address and their number belongs to the account
    /// of that address. One of the two is not enough: either may have been mistyped on the first page.
    async fn hand_over(
        &self,
        connection: &mut Connection,
        mut dossier: Dossier,
        insured: Uuid,
    ) -> Result<(), DossierError> {
        let first = dossier.at(1).filter(|one| one.id == insured && one.email_proven_at.is_some());
        let email = first.and_then(|one| one.email.clone());
        if let (None, Some(email)) = (&dossier.owner, email) {
            let party = self.core.identity.enrol(connection, "clients", &email).await?;
            dossier.owner = Some(party.as_bytes().to_vec());
            self.core.store.update_dossier(connection, &dossier).await?;
        }
        Ok(())
    }

    /// Sends the code of a session again.
    pub(super) async fn ask_proof(
        &self,
        visit: &Visit,
        from: Option<IpAddr>,
    ) -> Result<Asked, DossierError> {
        let dossier = self.find(visit.dossier).await?;
        let person = dossier.person(visit.insured).ok_or(DossierError::Unknown)?;
        let mobile = person.mobile.clone().ok_or(DossierError::Unknown)?;
        let mut transaction = self.core.store.begin().await?;
        let to = Recipient::Mobile(mobile);
        let asked = self.send_code(&mut transaction, visit.insured, to, PROOF, from).await?;
        self.commit(transaction).await?;
        Ok(asked)
    }

    /// Sends somebody the link back to their dossier.
    pub(super) async fn send_way_back(
        &self,
        connection: &mut Connection,
        dossier: &Dossier,
        insured: Uuid,
    ) -> Result<(), DossierError> {
        let (core, now) = (&self.core, self.now());
        let Some(email) = dossier.person(insured).and_then(|one| one.email.clone()) else {
            return Ok(());
        };
        let link = self.draw_way_into(connection, dossier, insured).await?;
        let until = dossier.kept_until(&core.settings);
        let until = until.to_zoned(jiff::tz::TimeZone::UTC).date();
        let message = Message {
            event: format!("dossiers/resume/{}/{}", insured.simple(), now.as_microsecond()),
            to: Recipient::Email(email),
            locale: Locale::Fr,
            letter: letters::resume(link, until),
            expires: None,
        };
        core.messages.post(connection, message).await?;
        Ok(())
    }

    /// A link back to a dossier, for a letter to this person. Who follows it proves the address that it was
    /// written to.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn draw_way_back(
        &self,
        connection: &mut Connection,
        dossier: DossierId,
        insured: Uuid,
    ) -> Result<String, DossierError> {
        let until = self.now() + days(self.core.settings.abandoned_days);
        self.draw_until(connection, (dossier, insured), until).await
    }

    /// The same for whoever has read the dossier: it opens until that ends, by whatever day that is.
    pub(super) async fn draw_way_into(
        &self,
        connection: &mut Connection,
        dossier: &Dossier,
        insured: Uuid,
    ) -> Result<String, DossierError> {
        let settings = &self.core.settings;
        let shortest = self.now() + days(settings.abandoned_days);
        let until = shortest.max(dossier.kept_until(settings));
        self.draw_until(connection, (dossier.id, insured), until).await
    }

    async fn draw_until(
        &self,
        connection: &mut Connection,
        (dossier, insured): (DossierId, Uuid),
        expires_at: Timestamp,
    ) -> Result<String, DossierError> {
        let (core, now) = (&self.core, self.now());
        let secret = Opaque::draw("", &core.entropy);
        let link = LinkRow {
            hash: secret.hash(),
            purpose: "resume".to_owned(),
            dossier,
            insured,
            // As long as the dossier: who comes back late is not sent away.
            expires_at,
            failures: 0,
            state: "open".to_owned(),
        };
        core.store.insert_link(connection, &link, now).await?;
        Ok(format!("{}/r/{}", core.origin, secret.expose()))
    }

    /// The person and the dossier of a link back, while it opens.
    pub(super) async fn way_back(
        &self,
        secret: &str,
    ) -> Result<Option<(Dossier, Uuid)>, DossierError> {
        let link = self.core.store.link(&Opaque::hash_of(secret)).await?;
        let open = link.filter(|link| {
            link.purpose == "resume" && link.state == "open" && link.expires_at > self.now()
        });
        let Some(link) = open else { return Ok(None) };
        Ok(self.core.store.dossier(link.dossier).await?.map(|dossier| (dossier, link.insured)))
    }

    /// Sends another link in place of one whose time is over, to the address that it was written to: silent
    /// about a link that never was, or was written to another address.
    pub(super) async fn renew_way_back(&self, secret: &str) -> Result<(), DossierError> {
        let link = self.core.store.link(&Opaque::hash_of(secret)).await?;
        match link.filter(|link| link.purpose == "resume" && link.state == "open") {
            Some(link) => self.ask_way_back(link.dossier, Some(link.insured)).await,
            None => Ok(()),
        }
    }

    /// Somebody comes back by the link of a letter, or by their account: their address is proven, a session
    /// opens, and a code leaves.
    pub(super) async fn come_back(
        &self,
        dossier: DossierId,
        insured: Uuid,
        from: Option<IpAddr>,
    ) -> Result<(Opaque, Asked), DossierError> {
        let (store, now) = (&self.core.store, self.now());
        let mut transaction = store.begin().await?;
        let locked = store.lock_dossier(&mut transaction, dossier).await?;
        let mut locked = locked.ok_or(DossierError::Unknown)?;
        let person = locked.insured.iter_mut().find(|one| one.id == insured);
        let person = person.ok_or(DossierError::Unknown)?;
        person.email_proven_at.get_or_insert(now);
        let mobile = person.mobile.clone();
        store.update_insured(&mut transaction, &locked).await?;
        let secret = self.open_session(&mut transaction, dossier, insured).await?;
        let mobile = mobile.ok_or(DossierError::Unknown)?;
        let to = Recipient::Mobile(mobile);
        let asked = self.send_code(&mut transaction, insured, to, PROOF, from).await?;
        self.commit(transaction).await?;
        Ok((secret, asked))
    }

    /// Sends the link back to who asks, or to everybody of the dossier who proved a number; silent about
    /// a dossier that is not there, and about asking too often.
    pub(super) async fn ask_way_back(
        &self,
        id: DossierId,
        insured: Option<Uuid>,
    ) -> Result<(), DossierError> {
        /// Links of one dossier in an hour.
        const MOST: u32 = 5;
        let Some(dossier) = self.core.store.dossier(id).await? else { return Ok(()) };
        let mut transaction = self.core.store.begin().await?;
        if !self.spends(&mut transaction, "dossiers/resume", (id.uuid(), MOST)).await? {
            return Ok(());
        }
        for one in &dossier.insured {
            let is_asked = insured.map_or(one.mobile_proven_at.is_some(), |asked| asked == one.id);
            if is_asked {
                self.send_way_back(&mut transaction, &dossier, one.id).await?;
            }
        }
        self.commit(transaction).await
    }

    /// Another address or number for who has proven nothing yet.
    pub(super) async fn correct_contact(
        &self,
        visit: &Visit,
        email: String,
        mobile: String,
    ) -> Result<(), DossierError> {
        let store = &self.core.store;
        let mut transaction = store.begin().await?;
        let dossier = store.lock_dossier(&mut transaction, visit.dossier).await?;
        let mut dossier = dossier.ok_or(DossierError::Unknown)?;
        let person = dossier.insured.iter_mut().find(|one| one.id == visit.insured);
        let person = person.ok_or(DossierError::Unknown)?;
        // Whoever was invited has the number that they were invited by.
        if person.mobile_proven_at.is_some() || person.place != 1 {
            return Err(DossierError::Closed);
        }
        let is_other = person.email.as_ref() != Some(&email);
        if is_other {
            person.email_proven_at = None;
        }
        person.email = Some(email);
        person.mobile = Some(mobile);
        store.update_insured(&mut transaction, &dossier).await?;
        if is_other {
            // Whoever reads the first address proves nothing of this one.
            store.replace_links(&mut transaction, visit.insured, "resume").await?;
        }
        self.send_way_back(&mut transaction, &dossier, visit.insured).await?;
        self.commit(transaction).await
    }
}
