//! What people say that they have read, and what takes it back: other documents are read anew, a code that was asked for
//! the old ones signs nothing, and what somebody had signed is void. Nothing is priced and no answer is taken here.

use super::answering::{EDIT, Saving, Seen};
use super::core::Dossiers;
use super::error::DossierError;
use super::letters;
use super::model::{Anew, By, Dossier, DossierId};
use crate::domain::dossier::State;
use crate::platform::db::Connection;

/// Purpose of the code that signs.
pub const SIGNATURE: &str = "signature";

impl Dossiers {
    /// The documents were received: noted, and nothing else moves.
    pub(super) async fn received(&self, saving: Saving<'_>) -> Result<Dossier, DossierError> {
        let mut transaction = self.core.store.begin().await?;
        let mut dossier = self.held(&mut transaction, &saving).await?;
        dossier.touched_at = self.now();
        dossier.answers.documents_received_at = Some(self.now().to_string());
        dossier.answers.anew = None;
        let state = dossier.state;
        self.record(&mut transaction, &mut dossier, EDIT, state, saving.by, saving.page).await?;
        self.write(&mut transaction, &dossier).await?;
        self.commit(transaction).await?;
        Ok(dossier)
    }

    /// Somebody has read that nothing is asked about their health: noted, and nothing else moves.
    pub(super) async fn read_protection(
        &self,
        id: DossierId,
        by: By,
    ) -> Result<Dossier, DossierError> {
        let saving = Saving { id, page: "sante", seen: Seen::Whatever, by };
        let mut transaction = self.core.store.begin().await?;
        let mut dossier = self.held(&mut transaction, &saving).await?;
        let own = dossier.insured.iter_mut().find(|one| by.insured == Some(one.id));
        let own = own.filter(|one| one.is_protected() && !one.person.protection_read);
        let Some(own) = own else { return Ok(dossier) };
        own.person.protection_read = true;
        dossier.touched_at = self.now();
        let state = dossier.state;
        self.record(&mut transaction, &mut dossier, EDIT, state, by, saving.page).await?;
        self.write(&mut transaction, &dossier).await?;
        self.commit(transaction).await?;
        Ok(dossier)
    }

    /// The documents are others now: what was received is read again, a code that was asked for signs nothing any more,
    /// and what somebody had signed is void, which the others are told.
    pub(super) async fn void(
        &self,
        connection: &mut Connection,
        dossier: &mut Dossier,
        by: By,
    ) -> Result<(), DossierError> {
        let is_signing = dossier.state == State::Signature;
        let answers = &mut dossier.answers;
        if is_signing {
            answers.anew = Some(Anew::Signature);
        } else if answers.documents_received_at.is_some() {
            answers.anew = answers.anew.or(Some(Anew::Reading));
        }
        (dossier.offered_until, answers.documents_received_at) = (None, None);
        self.expire_codes(connection, dossier).await?;
        let others = dossier.insured.iter().filter(|one| is_signing && by.insured != Some(one.id));
        for one in others {
            let event = format!("anew/{}-{}", dossier.version, one.id.simple());
            self.tell_by(connection, one.id, &event, letters::anew, &["mail"]).await?;
        }
        Ok(())
    }

    /// Codes that were asked for to sign documents that are not those any more.
    pub(super) async fn expire_codes(
        &self,
        connection: &mut Connection,
        dossier: &Dossier,
    ) -> Result<(), DossierError> {
        for one in &dossier.insured {
            self.core.store.expire_code(connection, one.id, SIGNATURE, self.now()).await?;
        }
        Ok(())
    }
}
