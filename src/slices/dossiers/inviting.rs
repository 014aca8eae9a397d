//! The other person is invited by a link of their own: a secret, for fourteen days, that opens with a
//! birth date and a code by SMS. Who invites sees how far they are, and nothing else.

use std::net::IpAddr;

use uuid::Uuid;

use super::answering::{Saving, Seen, is_open};
use super::codes::Asked;
use super::core::Dossiers;
use super::error::DossierError;
use super::letters;
use super::model::{By, Dossier, DossierId, Insured};
use super::store::LinkRow;
use super::visits::PROOF;
use crate::domain::dossier::Role;
use crate::kernel::locale::Locale;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::crypto::Opaque;
use crate::slices::messages::{Message, Recipient};
use jiff::civil::Date;

/// Purpose of the link.
const PURPOSE: &str = "invite";

/// Wrong birth dates before the link is frozen.
const FAILURES: u8 = 3;

/// Invitations of one dossier in an hour.
const MOST: u32 = 10;

/// Who is invited.
#[derive(Clone)]
pub(super) struct Invited {
    pub(super) given_name: String,
    pub(super) email: String,
    pub(super) mobile: String,
}

/// What opens behind a link of invitation.
pub(super) enum Invitation {
    /// It asks for the birth date. Who invited, and into which dossier.
    Open { by: String, dossier: DossierId, insured: Uuid },
    /// Three wrong birth dates.
    Frozen,
    /// Over, replaced, declined, or never made.
    Closed,
}

/// What became of a birth date that was typed.
pub(super) enum Opening {
    /// It is the one: a session, and a code that leaves.
    Right(DossierId, Opaque, Asked),
    /// It is not; so many tries are left.
    Wrong(u8),
    /// The link does not open any more.
    Closed,
}

impl Dossiers {
    /// How long a link to somebody else opens.
    pub fn link_life(&self) -> std::time::Duration {
        self.core.settings.invitation()
    }

    /// Invites the second person, or again: the link before opens no more. Sent again with the same answers,
    /// nothing else changes.
    pub(super) async fn invite(
        &self,
        id: DossierId,
        by: Uuid,
        invited: &Invited,
    ) -> Result<Dossier, DossierError> {
        let saving = Saving {
            id,
            page: "invitation",
            seen: Seen::Whatever,
            by: By::person(Role::Customer, by),
        };
        let mut dossier = self.find(id).await?;
        let before = dossier.insured.clone();
        name(&mut dossier, invited)?;
        if dossier.insured != before {
            dossier = self.save_checked(saving, |dossier| name(dossier, invited)).await?;
        } else if !is_open(dossier.state) {
            return Err(DossierError::Closed);
        }
        self.send_invitation(&dossier, invited).await?;
        Ok(dossier)
    }

    /// A new link in place of the last, by both ways.
    async fn send_invitation(
        &self,
        dossier: &Dossier,
        invited: &Invited,
    ) -> Result<(), DossierError> {
        let (core, now, id) = (&self.core, self.now(), dossier.id);
        let two = dossier.at(2).ok_or(DossierError::Unknown)?.id;
        let name = dossier.at(1).map(Insured::called).unwrap_or_default();
        let secret = Opaque::draw("", &core.entropy);
        let expires_at = now + core.settings.invitation();
        let mut transaction = core.store.begin().await?;
        let about = (id.uuid(), MOST);
        if !self.spends(&mut transaction, "dossiers/invite", about).await? {
            return Err(Problem::new(Kind::TooMany).into());
        }
        core.store.replace_links(&mut transaction, two, PURPOSE).await?;
        let link = LinkRow {
            hash: secret.hash(),
            purpose: PURPOSE.to_owned(),
            dossier: id,
            insured: two,
            expires_at,
            failures: 0,
            state: "open".to_owned(),
        };
        core.store.insert_link(&mut transaction, &link, now).await?;
        let address = format!("{}/i/{}", core.origin, secret.expose());
        let until = expires_at.to_zoned(jiff::tz::TimeZone::UTC).date();
        let letter = letters::invitation(&name, address, until);
        let ways =
            [Recipient::Mobile(invited.mobile.clone()), Recipient::Email(invited.email.clone())];
        for (to, way) in ways.into_iter().zip(["sms", "email"]) {
            let stamp = now.as_microsecond();
            let event = format!("dossiers/invite/{}/{stamp}/{way}", two.simple());
            let letter = letter.clone();
            let message =
                Message { event, to, locale: Locale::Fr, letter, expires: Some(expires_at) };
            core.messages.post(&mut transaction, message).await?;
        }
        self.commit(transaction).await
    }

    /// How the last invitation stands, for who invites: its state and when it ends.
    pub(super) async fn invitation_state(
        &self,
        insured: Uuid,
    ) -> Result<Option<(String, jiff::Timestamp)>, DossierError> {
        let link = self.core.store.last_link(insured, PURPOSE).await?;
        Ok(link.map(|link| (link.state, link.expires_at)))
    }

    /// What opens behind this link.
    pub(super) async fn invitation(&self, secret: &str) -> Result<Invitation, DossierError> {
        let link = self.core.store.link(&Opaque::hash_of(secret)).await?;
        let Some(link) = link.filter(|link| link.purpose == PURPOSE) else {
            return Ok(Invitation::Closed);
        };
        match link.state.as_str() {
            "frozen" => return Ok(Invitation::Frozen),
            "open" if link.expires_at > self.now() => {}
            _ => return Ok(Invitation::Closed),
        }
        let dossier = self.find(link.dossier).await?;
        let by = dossier.at(1).map(Insured::called).unwrap_or_default();
        Ok(Invitation::Open { by, dossier: link.dossier, insured: link.insured })
    }

    /// The invited person types their birth date.
    pub(super) async fn accept_invitation(
        &self,
        secret: &str,
        birth: Date,
        from: Option<IpAddr>,
    ) -> Result<Opening, DossierError> {
        let store = &self.core.store;
        let hash = Opaque::hash_of(secret);
        let Invitation::Open { dossier: id, insured, .. } = self.invitation(secret).await? else {
            return Ok(Opening::Closed);
        };
        let dossier = self.find(id).await?;
        let quote = self.quote_of(&dossier).await?;
        let person = dossier.person(insured).ok_or(DossierError::Unknown)?;
        let place = usize::from(person.place).saturating_sub(1);
        let is_right =
            quote.request.insured.get(place).is_some_and(|asked| asked.birth_date == birth);
        let mut transaction = store.begin().await?;
        let link = store.lock_link(&mut transaction, &hash).await?;
        let Some(link) = link.filter(|link| link.state == "open") else {
            return Ok(Opening::Closed);
        };
        if is_right {
            let secret = self.open_session(&mut transaction, id, insured).await?;
            let mobile = person.mobile.clone().ok_or(DossierError::Unknown)?;
            let to = Recipient::Mobile(mobile);
            let asked = self.send_code(&mut transaction, insured, to, PROOF, from).await?;
            self.commit(transaction).await?;
            return Ok(Opening::Right(id, secret, asked));
        }
        let failures = link.failures + 1;
        let is_frozen = failures >= FAILURES;
        let state = if is_frozen { "frozen" } else { "open" };
        store.update_link(&mut transaction, &hash, failures, state).await?;
        if is_frozen {
            self.tell_frozen(&mut transaction, &dossier).await?;
        }
        self.commit(transaction).await?;
        Ok(if is_frozen { Opening::Closed } else { Opening::Wrong(FAILURES - failures) })
    }

    /// «Ce n’est pas moi»: the link opens no more, and who invited is told to look again.
    pub(super) async fn decline_invitation(&self, secret: &str) -> Result<(), DossierError> {
        let Invitation::Open { dossier, .. } = self.invitation(secret).await? else {
            return Ok(());
        };
        let dossier = self.find(dossier).await?;
        let hash = Opaque::hash_of(secret);
        let mut transaction = self.core.store.begin().await?;
        self.core.store.update_link(&mut transaction, &hash, 0, "declined").await?;
        self.tell_frozen(&mut transaction, &dossier).await?;
        self.commit(transaction).await
    }

    async fn tell_frozen(
        &self,
        connection: &mut crate::platform::db::Connection,
        dossier: &Dossier,
    ) -> Result<(), DossierError> {
        let Some((first, email)) =
            dossier.at(1).and_then(|one| one.email.clone().map(|email| (one.id, email)))
        else {
            return Ok(());
        };
        let link = self.draw_way_back(connection, dossier.id, first).await?;
        let stamp = self.now().as_microsecond();
        let message = Message {
            event: format!("dossiers/frozen/{}/{stamp}", dossier.id.uuid().simple()),
            to: Recipient::Email(email),
            locale: Locale::Fr,
            letter: letters::frozen(link),
            expires: None,
        };
        self.core.messages.post(connection, message).await?;
        Ok(())
    }
}

/// Who is invited, before they have said anything themselves.
/// Names who is invited. Whoever has proven a number is somebody: nobody else takes their place, and only they
/// change their number (`renumbering`).
fn name(dossier: &mut Dossier, invited: &Invited) -> Result<(), DossierError> {
    for two in dossier.insured.iter_mut().filter(|one| one.place == 2) {
        let is_same = two.mobile.as_ref() == Some(&invited.mobile)
            && two.email.as_ref() == Some(&invited.email);
        if two.mobile_proven_at.is_some() && !is_same {
            return Err(DossierError::taken(
                "Cette personne a déjà confirmé son numéro\u{a0}: elle seule peut en changer.",
            ));
        }
        two.email = Some(invited.email.clone());
        two.mobile = Some(invited.mobile.clone());
        if two.person.given_name.is_none() {
            two.person.given_name = Some(invited.given_name.clone());
        }
    }
    Ok(())
}
