//! How long what people told us is kept when no contract came of it, and their right to have it erased (GDPR
//! art. 17). What they are given of it is in `holding`.
//!
//! What is left of a dossier afterwards names nobody: its number, its states and their days, its quote. A
//! dossier that led to a contract is never touched here: the law has us keep it (art. L114-1 C. ass., art.
//! L123-22 C. com.).

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::core::Dossiers;
use super::error::DossierError;
use super::model::{Answers, By, Dossier, DossierId, Insured, Person};
use super::settings::days;
use crate::domain::dossier::{Act, State};
use crate::platform::db::Connection;

/// What became of a demand to erase.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// Dossiers in which nothing names the person any more.
    pub erased: Vec<String>,
    /// Those that are kept, and why.
    pub kept: Vec<(String, &'static str)>,
    /// The first of these: what others prepared for them goes by [`LEFT`] and [`UNCONCLUDED`].
    #[serde(skip)]
    pub dossiers: Vec<DossierId>,
    /// Who it was in each: what others hold of their health goes by [`FORGOTTEN`].
    #[serde(skip)]
    pub people: Vec<Forgotten>,
}

impl Erased {
    /// The dossiers that this person had begun.
    pub fn begun(&self) -> impl Iterator<Item = DossierId> {
        let first = self.people.iter().filter(|one| one.place == 1);
        first.map(|one| DossierId::from_uuid(one.dossier))
    }
}

/// The work of whoever holds something about a person's health beside the dossier: asked for in the
/// transaction that forgets them.
pub const FORGOTTEN: &str = "dossiers.forgotten";

/// The work of whoever keeps papers of a dossier: asked for, under the dossier's identifier, in the
/// transaction that forgets who began it.
pub const LEFT: &str = "dossiers.left";

/// The work of whoever prepared a contract: asked for, under the dossier's identifier, in the transaction that
/// forgets somebody of a dossier that led to none.
pub const UNCONCLUDED: &str = "dossiers.unconcluded";

/// Somebody whom a dossier forgets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forgotten {
    /// The dossier.
    pub dossier: Uuid,
    /// Their place in it, from 1.
    pub place: u8,
}

impl Forgotten {
    /// Who the subject of such a work is.
    pub fn read(subject: &str) -> Option<Self> {
        let (dossier, place) = subject.split_once('/')?;
        Some(Self { dossier: Uuid::try_parse(dossier).ok()?, place: place.parse().ok()? })
    }

    fn subject(self) -> String {
        format!("{}/{}", self.dossier.simple(), self.place)
    }
}

/// Why a dossier is kept.
const CONTRACT: &str = "a contract: its papers are kept until it can no longer be disputed";
const REFUSAL: &str = "a refusal: its proof is kept for five years";

/// Whether a contract was ever concluded.
const fn led_to_a_contract(state: State) -> bool {
    matches!(
        state,
        State::Contract
            | State::Bank
            | State::InForce
            | State::Amending
            | State::Suspended
            | State::Terminated
            | State::Withdrawn
            | State::BankRefused
    )
}

const fn is_refusal(state: State) -> bool {
    matches!(state, State::Declined | State::Ineligible)
}

impl Dossiers {
    /// Forgets who was behind dossiers that led to nothing, once their time is over; says how many.
    ///
    /// # Errors
    /// The database does not answer: what is left is done the next time.
    pub async fn forget_people(&self) -> Result<u32, DossierError> {
        let (store, settings, now) = (&self.core.store, &self.core.settings, self.now());
        let (mut forgotten, mut after) = (0, Uuid::nil());
        let over = now - days(settings.forgotten_days);
        let refused = now - days(settings.refusal_proof_days);
        loop {
            let page = store.forgettable(over, refused, after).await?;
            let Some(last) = page.last() else { return Ok(forgotten) };
            after = last.uuid();
            for id in page {
                forgotten += u32::from(self.forget_all(id, (over, refused)).await?);
            }
        }
    }

    async fn forget_all(
        &self,
        id: DossierId,
        (over, refused): (Timestamp, Timestamp),
    ) -> Result<bool, DossierError> {
        let mut transaction = self.core.store.begin().await?;
        let Some(mut dossier) = self.core.store.lock_dossier(&mut transaction, id).await? else {
            return Ok(false);
        };
        let limit = if is_refusal(dossier.state) { refused } else { over };
        // Somebody may have come back, or another copy was faster.
        let is_due = dossier.touched_at <= limit && !led_to_a_contract(dossier.state);
        if !is_due || dossier.insured.iter().all(is_nobody) {
            return Ok(false);
        }
        let everybody: Vec<Uuid> = dossier.insured.iter().map(|one| one.id).collect();
        self.erase_from(&mut transaction, &mut dossier, &everybody, "retention").await?;
        self.commit(transaction).await?;
        Ok(true)
    }

    /// Erases who has this address from every dossier that no law has us keep. An open dossier is given up.
    ///
    /// # Errors
    /// The database does not answer: what is left is done by the same demand again.
    pub async fn erase_person(&self, email: &str) -> Result<Erased, DossierError> {
        let mut done = Erased::default();
        for id in self.core.store.dossiers_of(email).await? {
            let mut transaction = self.core.store.begin().await?;
            let locked = self.core.store.lock_dossier(&mut transaction, id).await?;
            let Some(mut dossier) = locked else { continue };
            let reason = match dossier.state {
                state if led_to_a_contract(state) => Some(CONTRACT),
                state if is_refusal(state) => Some(REFUSAL),
                _ => None,
            };
            if let Some(reason) = reason {
                done.kept.push((id.to_string(), reason));
                continue;
            }
            let theirs: Vec<_> = dossier.insured.iter().filter(|one| is(one, email)).collect();
            let places = theirs.iter().map(|it| Forgotten { dossier: id.uuid(), place: it.place });
            let people: Vec<_> = places.collect();
            let theirs: Vec<Uuid> = theirs.iter().map(|one| one.id).collect();
            // Without this person it leads nowhere. One that is over already stays as it is.
            match self
                .step(&mut transaction, &mut dossier, Act::Abandon, By::system(), "erasure")
                .await
            {
                Ok(()) | Err(DossierError::Illegal(_)) => {}
                Err(error) => return Err(error),
            }
            self.erase_from(&mut transaction, &mut dossier, &theirs, "erasure").await?;
            self.commit(transaction).await?;
            done.erased.push(id.to_string());
            done.dossiers.push(id);
            done.people.extend(people);
        }
        Ok(done)
    }

    /// Has whoever holds something of this person's health beside the dossier forget it too.
    pub(super) async fn forgotten(
        &self,
        connection: &mut Connection,
        id: DossierId,
        place: u8,
    ) -> Result<(), DossierError> {
        self.forget_health(connection, id, place).await?;
        if place == 1 {
            let papers = id.uuid().simple().to_string();
            self.core.schedule.put(connection, LEFT, &papers, self.now()).await?;
        }
        Ok(())
    }

    /// The same of their health alone: the person stays.
    pub(super) async fn forget_health(
        &self,
        connection: &mut Connection,
        id: DossierId,
        place: u8,
    ) -> Result<(), DossierError> {
        let subject = Forgotten { dossier: id.uuid(), place }.subject();
        self.core.schedule.put(connection, FORGOTTEN, &subject, self.now()).await?;
        Ok(())
    }

    /// Nothing in the dossier names these persons any more; that it happened is an event of it.
    async fn erase_from(
        &self,
        connection: &mut Connection,
        dossier: &mut Dossier,
        people: &[Uuid],
        reason: &str,
    ) -> Result<(), DossierError> {
        let (id, state) = (dossier.id, dossier.state);
        self.record(connection, dossier, "forget", state, By::system(), reason).await?;
        for one in dossier.insured.iter_mut().filter(|one| people.contains(&one.id)) {
            self.health().erase(connection, one.id, reason).await?;
            self.forgotten(connection, id, one.place).await?;
            (one.email, one.mobile) = (None, None);
            (one.email_proven_at, one.mobile_proven_at) = (None, None);
            one.person = Person::default();
            self.core.store.forget_insured(connection, one.id).await?;
        }
        let prepared = id.uuid().simple().to_string();
        self.core.schedule.put(connection, UNCONCLUDED, &prepared, self.now()).await?;
        if dossier.insured.iter().all(is_nobody) {
            dossier.answers = Answers::default();
        }
        dossier.owner = None;
        self.core.store.forget_drafts(connection, dossier.id).await?;
        self.core.store.update_dossier(connection, dossier).await?;
        Ok(self.core.store.update_insured(connection, dossier).await?)
    }
}

fn is_nobody(one: &Insured) -> bool {
    one.email.is_none() && one.mobile.is_none() && one.person == Person::default()
}

/// Whether somebody has this address, and has proven it or typed it themselves.
pub(super) fn is(one: &Insured, email: &str) -> bool {
    one.email.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(email))
}
