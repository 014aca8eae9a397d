//! Files come, are shown to who sent them, and go. A file that goes is not seen from the moment it was asked
//! for; its bytes go by a job of that transaction, which comes back until the storage has let go of them.

use uuid::Uuid;

use super::core::Offers;
use super::model::{LoanOf, OfferFile, OfferState, SentOffer};
use super::scanning::SCAN;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::db::{DbError, Transaction, again};
use crate::platform::digest::plain_sha256;
use crate::platform::jobs::{Job, Next, Task};
use crate::slices::dossiers::{DossierId, LEFT, LOAN_LEFT, LeftLoan, Signable};

/// The bytes of a file go.
const REMOVE: &str = "offers.remove";

impl Offers {
    /// The files of a loan, the oldest first; who calls has looked whose it is.
    pub(super) async fn files(&self, of: LoanOf) -> Result<Vec<OfferFile>, Problem> {
        Ok(self.core.store.files(of).await?)
    }

    /// Takes files for a loan, sealed, in quarantine and due for a scanner, in the place of one of them if it
    /// is named. The same file again is the one that is there. Says how many are new.
    ///
    /// # Errors
    /// [`Kind::Conflict`] when the dossier is signed, [`Kind::TooLarge`] when too many are kept.
    pub(super) async fn receive(
        &self,
        of: LoanOf,
        sent: Vec<SentOffer>,
        instead_of: Option<Uuid>,
    ) -> Result<usize, Problem> {
        let kept = self.files(of).await?;
        let mut wanted: Vec<([u8; 32], SentOffer)> = Vec::with_capacity(sent.len());
        for file in sent {
            let sha256 = plain_sha256(&file.bytes);
            let is_same = |it: &OfferFile| it.sha256 == sha256 && it.state != OfferState::Infected;
            if !kept.iter().any(is_same) && !wanted.iter().any(|(known, _)| *known == sha256) {
                wanted.push((sha256, file));
            }
        }
        // Looked at before anything is stored too: what is refused leaves no object behind.
        let leaves = usize::from(kept.iter().any(|it| Some(it.id) == instead_of));
        self.has_room(kept.len() - leaves + wanted.len())?;
        let mut fresh = Vec::with_capacity(wanted.len());
        for (sha256, file) in wanted {
            fresh.push(self.seal(of, file, sha256).await?);
        }
        again(|| self.write(of, &fresh, instead_of)).await?;
        Ok(fresh.len())
    }

    /// Refuses more files than a loan may have.
    fn has_room(&self, files: usize) -> Result<(), Problem> {
        let most = self.core.settings.files_max;
        if files <= most {
            return Ok(());
        }
        let detail =
            format!("{most}\u{a0}fichiers au plus pour un prêt\u{a0}: supprimez-en un d’abord");
        Err(Problem::new(Kind::TooLarge).detail(detail))
    }

    /// Seals a file and stores it: an object that nobody speaks of yet.
    async fn seal(
        &self,
        of: LoanOf,
        file: SentOffer,
        sha256: [u8; 32],
    ) -> Result<OfferFile, Problem> {
        let (core, now) = (&self.core, self.core.clock.now());
        let kept = OfferFile {
            id: core.entropy.uuid_v7(now),
            of,
            name: file.name,
            media: file.media,
            sha256,
            size: u32::try_from(file.bytes.len()).unwrap_or(u32::MAX),
            state: OfferState::Quarantine,
            received_at: now,
        };
        let sealed = core.keyring.seal(&place(&kept), &file.bytes, &core.entropy)?;
        core.storage.put_new(&object(&kept), sealed).await?;
        Ok(kept)
    }

    /// Writes what is stored while the dossier is held, so that the limit is exact and nothing comes after
    /// the signature.
    async fn write(
        &self,
        of: LoanOf,
        fresh: &[OfferFile],
        instead_of: Option<Uuid>,
    ) -> Result<(), Problem> {
        let core = &self.core;
        let (mut transaction, dossier) = self.held(of.dossier).await?;
        if dossier.loan_at(of.loan).is_none() {
            return Err(Problem::new(Kind::NotFound).cause("the loan was taken out meanwhile"));
        }
        if let Some(old) = instead_of {
            self.put_away(&mut transaction, of, old).await?;
        }
        let there = core.store.count(&mut transaction, of).await?;
        self.has_room(there + fresh.len())?;
        for file in fresh {
            core.store.insert(&mut transaction, file).await?;
            let (subject, now) = (file.id.simple().to_string(), file.received_at);
            core.schedule.put(&mut transaction, SCAN, &subject, now).await?;
        }
        transaction.commit().await.map_err(DbError::from)?;
        Ok(())
    }

    /// A file goes. One that is not there is gone already.
    ///
    /// # Errors
    /// [`Kind::Conflict`] when the dossier is signed.
    pub(super) async fn remove(&self, of: LoanOf, id: Uuid) -> Result<(), Problem> {
        let (mut transaction, _) = self.held(of.dossier).await?;
        self.put_away(&mut transaction, of, id).await?;
        transaction.commit().await.map_err(DbError::from)?;
        Ok(())
    }

    /// A transaction that holds a dossier which is not signed.
    async fn held(&self, id: DossierId) -> Result<(Transaction, Signable), Problem> {
        let mut transaction = self.core.store.begin().await?;
        let dossier = self.core.dossiers.signable(&mut transaction, id).await?;
        if dossier.state.is_signed() {
            return Err(Problem::new(Kind::Conflict).cause("the dossier is signed"));
        }
        Ok((transaction, dossier))
    }

    async fn put_away(
        &self,
        transaction: &mut Transaction,
        of: LoanOf,
        id: Uuid,
    ) -> Result<(), Problem> {
        if self.core.store.put_away(transaction, of, id).await? {
            let subject = id.simple().to_string();
            let now = self.core.clock.now();
            self.core.schedule.put(transaction, REMOVE, &subject, now).await?;
        }
        Ok(())
    }

    /// The bytes of a file, opened and held against its hash.
    pub(super) async fn bytes(&self, file: &OfferFile) -> Result<Vec<u8>, Problem> {
        let sealed = self.core.storage.get(&object(file)).await?;
        let bytes = self.core.keyring.open(&place(file), &sealed)?;
        if plain_sha256(&bytes) != file.sha256 {
            return Err(Problem::new(Kind::Bug).cause("a file that is not its hash"));
        }
        Ok(bytes)
    }

    /// What was put away goes for good.
    pub(super) fn removals(&self) -> Task {
        let own = self.clone();
        Task::due(REMOVE, move |job: Job| {
            let own = own.clone();
            async move {
                let Ok(id) = Uuid::try_parse(job.subject()) else { return Ok(Next::Done) };
                let Some(file) = own.core.store.file(id).await? else { return Ok(Next::Done) };
                own.core.storage.remove(&object(&file)).await?;
                own.core.store.delete(id).await?;
                Ok(Next::Done)
            }
        })
    }

    /// A dossier that names nobody any more keeps no offer: it names them on each page.
    pub(super) fn forgets(&self) -> Task {
        let own = self.clone();
        Task::due(LEFT, move |job: Job| {
            let own = own.clone();
            async move {
                let Ok(id) = Uuid::try_parse(job.subject()) else { return Ok(Next::Done) };
                own.forget(DossierId::from_uuid(id)).await?;
                Ok(Next::Done)
            }
        })
    }

    /// A loan that was taken out of its dossier leaves no file there, and no word about one.
    pub(super) fn lets_go(&self) -> Task {
        let own = self.clone();
        Task::due(LOAN_LEFT, move |job: Job| {
            let own = own.clone();
            async move {
                let Some(left) = LeftLoan::of_subject(job.subject()) else { return Ok(Next::Done) };
                let of = LoanOf { dossier: left.dossier, loan: left.number };
                let store = &own.core.store;
                let mut transaction = store.begin().await?;
                for file in store.of_dossier(&mut transaction, of.dossier).await? {
                    if file.of == of {
                        own.put_away(&mut transaction, of, file.id).await?;
                    }
                }
                store.forget_reviews_of(&mut transaction, of).await?;
                transaction.commit().await.map_err(DbError::from)?;
                Ok(Next::Done)
            }
        })
    }

    pub(super) async fn forget(&self, id: DossierId) -> Result<(), Problem> {
        let core = &self.core;
        let mut transaction = core.store.begin().await?;
        for file in core.store.of_dossier(&mut transaction, id).await? {
            self.put_away(&mut transaction, file.of, file.id).await?;
        }
        core.store.forget_reviews(&mut transaction, id).await?;
        transaction.commit().await.map_err(DbError::from)?;
        Ok(())
    }
}

/// Where a file is sealed for: moved to another place, it does not open.
fn place(file: &OfferFile) -> [&[u8]; 3] {
    [b"loan_offer", file.id.as_bytes(), &file.sha256]
}

/// Its name in the storage.
pub(super) fn object(file: &OfferFile) -> String {
    format!("offers/{}/{}", file.of.dossier.uuid().simple(), file.id.simple())
}
