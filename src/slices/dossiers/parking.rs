//! What somebody sent after their session was over, kept until they have typed the code again. It is sealed,
//! for twenty minutes, for the same person in the same browser; nothing is done with it before they send it
//! again themselves. Answers about health are sealed by the world of health, under its own keys: nothing here
//! can open them.

use std::time::Duration;

use uuid::Uuid;

use super::core::Dossiers;
use super::error::DossierError;
use super::model::DossierId;
use super::settings::days;
use super::store::ParkedRow;
use super::visits::Visit;
use crate::platform::crypto::Opaque;
use crate::platform::db::again;
use crate::slices::health::HealthError;

/// How long it is kept.
pub(super) const LIFE: Duration = Duration::from_secs(20 * 60);

/// How long a session that is over is still known: whoever comes back after a night loses nothing.
pub(super) const ENDED: Duration = days(1);

/// The longest form that is kept: as long as any of these pages takes.
const LONGEST: usize = 16 * 1024;

/// A page whose form is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parkable {
    pub(super) dossier: DossierId,
    /// Its path after `/d/{id}/`.
    pub(super) page: String,
    is_health: bool,
}

impl Parkable {
    /// The page of this path, if it is one on which people type. Not among them: what takes a code; what binds
    /// (consent, receipt, signature, withdrawal: done once, by who reads it then); files.
    pub(super) fn of(path: &str) -> Option<Self> {
        let (dossier, page) = path.strip_prefix("/d/")?.split_once('/')?;
        let parts: Vec<&str> = page.split('/').collect();
        let is_place = |who: &str| matches!(who, "a1" | "a2");
        let is_number = |text: &str| text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit());
        let is_health = match parts.as_slice() {
            [who, "sante", "questions"] if is_place(who) => true,
            [who, "identite" | "adresse" | "travail"] if is_place(who) => false,
            ["pret", number] if is_number(number) => false,
            ["pret", number, "modifier"] if is_number(number) => false,
            ["garanties" | "invitation" | "prelevement" | "titulaire" | "banque"]
            | ["pret", "nouveau"]
            | ["banque", "reponse"] => false,
            _ => return None,
        };
        Some(Self { dossier: dossier.parse().ok()?, page: page.to_owned(), is_health })
    }
}

/// What is kept for somebody.
pub(super) struct Parked {
    /// Where it was sent, after `/d/{id}/`.
    pub(super) page: String,
    /// The form, as it was sent.
    pub(super) body: Vec<u8>,
}

impl Dossiers {
    /// Keeps what was sent with the cookie of a session that is over, and says by which secret it is found again.
    /// Nothing is kept of a session that lives, was left, never had its code typed, or is of another dossier.
    pub(super) async fn park(
        &self,
        cookie: &str,
        to: &Parkable,
        body: &[u8],
    ) -> Result<Option<Opaque>, DossierError> {
        let (core, now, life) = (&self.core, self.now(), self.core.settings.session());
        if body.len() > LONGEST {
            return Ok(None);
        }
        let row = core.store.session(&Opaque::hash_of(cookie), now - life - ENDED).await?;
        let row = row.filter(|row| {
            row.dossier == to.dossier && row.proven_at.is_some() && row.seen_at + life <= now
        });
        let Some(insured) = row.map(|row| row.insured) else { return Ok(None) };
        let sealed = if to.is_health {
            self.health().seal_aside(insured, body).await?
        } else {
            core.keyring.seal(&place(&insured, &to.page), body, &core.entropy)?
        };
        let secret = Opaque::draw("", &core.entropy);
        let row = ParkedRow {
            insured,
            secret: secret.hash(),
            page: &to.page,
            sealed: &sealed,
            expires_at: now + LIFE,
        };
        again(|| core.store.park(&row)).await?;
        Ok(Some(secret))
    }

    /// Whether something is kept for this person in the browser that has this secret.
    pub(super) async fn is_parked(
        &self,
        visit: &Visit,
        secret: Option<&str>,
    ) -> Result<bool, DossierError> {
        let Some(secret) = secret else { return Ok(false) };
        let hash = Opaque::hash_of(secret);
        Ok(self.core.store.parked(visit.insured, &hash, self.now()).await?.is_some())
    }

    /// What is kept for this person in the browser that has this secret. What does not open any more (a key that
    /// is gone, a consent that was taken back) is not there.
    pub(super) async fn parked(
        &self,
        visit: &Visit,
        secret: Option<&str>,
    ) -> Result<Option<Parked>, DossierError> {
        let (core, insured) = (&self.core, visit.insured);
        let Some(hash) = secret.map(Opaque::hash_of) else { return Ok(None) };
        let row = core.store.parked(insured, &hash, self.now()).await?;
        let Some((page, sealed)) = row else { return Ok(None) };
        let kept = Parkable::of(&format!("/d/{}/{page}", visit.dossier));
        let opened = match kept {
            Some(kept) if kept.is_health => {
                match self.health().open_aside(insured, &sealed).await {
                    Err(HealthError::Database(error)) => return Err(error.into()),
                    opened => opened.ok(),
                }
            }
            Some(_) => core.keyring.open(&place(&insured, &page), &sealed).ok(),
            None => None,
        };
        if opened.is_none() {
            tracing::warn!("what was kept of an ended session does not open");
        }
        Ok(opened.map(|body| Parked { page, body }))
    }

    /// Leaves what is kept.
    pub(super) async fn unpark(&self, secret: &str) -> Result<(), DossierError> {
        Ok(self.core.store.unpark(&Opaque::hash_of(secret)).await?)
    }

    /// It was sent again to its page, which has answered; says whether it was kept for that page.
    pub(super) async fn unpark_at(&self, secret: &str, page: &str) -> Result<bool, DossierError> {
        Ok(self.core.store.unpark_at(&Opaque::hash_of(secret), page).await?)
    }

    /// Forgets what nobody came back for in time.
    ///
    /// # Errors
    /// The database does not answer: what is left is done the next time.
    pub async fn forget_parked(&self) -> Result<(), DossierError> {
        Ok(self.core.store.forget_parked(self.now()).await?)
    }
}

/// Where it is kept: what is moved to another person or another page does not open there.
fn place<'a>(insured: &'a Uuid, page: &'a str) -> [&'a [u8]; 3] {
    [b"dossier_parked", insured.as_bytes(), page.as_bytes()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "/d/dos_00000000000070008000000000000000/";

    fn kept(page: &str) -> Option<bool> {
        Parkable::of(&format!("{BASE}{page}")).map(|page| page.is_health)
    }

    #[test]
    fn pages_on_which_people_type_are_kept_and_acts_are_not() {
        for page in [
            "a1/identite",
            "a2/adresse",
            "a1/travail",
            "pret/1",
            "pret/2/modifier",
            "pret/nouveau",
            "garanties",
            "invitation",
            "prelevement",
            "titulaire",
            "banque",
            "banque/reponse",
        ] {
            assert_eq!(kept(page), Some(false), "{page}");
        }
        assert_eq!(kept("a1/sante/questions"), Some(true));
        for page in [
            "",
            "code",
            "contact",
            "signature",
            "signature/code",
            "recapitulatif",
            "renoncer",
            "quitter",
            "lien",
            "reprise",
            "a1/sante",
            "a1/decision",
            "a1/pieces",
            "a3/identite",
            "pret/1/offre",
            "pret/1/supprimer",
            "prets",
            "pret/x",
            "garanties/",
        ] {
            assert_eq!(kept(page), None, "{page}");
        }
        assert_eq!(Parkable::of("/d/nothing/garanties"), None);
        assert_eq!(Parkable::of("/espace/contrats/1/garanties"), None);
    }
}
