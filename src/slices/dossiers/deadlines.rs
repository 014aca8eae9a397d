//! Deadlines, for a job that several copies may run together: each dossier is looked at again under its
//! lock, so that nothing is done twice.

use uuid::Uuid;

use super::core::Dossiers;
use super::error::DossierError;
use super::letters;
use super::model::{By, Dossier, DossierId};
use super::parking::ENDED;
use super::progress::{self, Task as Page};
use super::settings::days;
use crate::domain::dossier::{Act, State};
use crate::kernel::locale::Locale;
use crate::platform::jobs::{Job, Next, Task};
use crate::slices::messages::{Message, Recipient};

/// What a look at the deadlines did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Reminders posted.
    pub reminded: u32,
    /// Offers and quotes that expired.
    pub expired: u32,
    /// Dossiers that nobody came back to.
    pub abandoned: u32,
}

/// Which deadline is looked at.
#[derive(Clone, Copy)]
enum Deadline {
    Reminder,
    Offer,
    Idle,
}

/// How often the deadlines are looked at.
const PERIOD: std::time::Duration = std::time::Duration::from_secs(3600);

/// How often what was kept of ended sessions is.
const OFTEN: std::time::Duration = std::time::Duration::from_secs(300);

impl Dossiers {
    /// The work that this slice has done by the jobs of the program.
    pub fn tasks(&self) -> Vec<Task> {
        let dossiers = self.clone();
        let sweep = move |_: Job| {
            let dossiers = dossiers.clone();
            async move {
                dossiers.sweep().await?;
                Ok(Next::Done)
            }
        };
        let dossiers = self.clone();
        let forget = move |_: Job| {
            let dossiers = dossiers.clone();
            async move {
                let forgotten = dossiers.forget_people().await?;
                tracing::info!(forgotten, "dossiers that led to nothing name nobody any more");
                Ok(Next::Done)
            }
        };
        let dossiers = self.clone();
        let forget_parked = move |_: Job| {
            let dossiers = dossiers.clone();
            async move {
                dossiers.forget_parked().await?;
                Ok(Next::Done)
            }
        };
        vec![
            Task::every("dossiers.parked", OFTEN, forget_parked),
            Task::every("dossiers.sweep", PERIOD, sweep),
            Task::every("dossiers.forget", PERIOD * 24, forget),
        ]
    }

    /// Reminds, expires and abandons what is due, and forgets sessions and links of the past.
    ///
    /// # Errors
    /// The database does not answer: what is left is done the next time.
    pub async fn sweep(&self) -> Result<Swept, DossierError> {
        let mut swept = Swept::default();
        for deadline in [Deadline::Offer, Deadline::Idle, Deadline::Reminder] {
            let mut after = Uuid::nil();
            loop {
                let page = self.page_of(deadline, after).await?;
                let Some(last) = page.last() else { break };
                after = last.uuid();
                for id in page {
                    self.look_at(id, deadline, &mut swept).await?;
                }
            }
        }
        let (now, settings) = (self.now(), &self.core.settings);
        self.core.store.forget_old(now - settings.session() - ENDED, now - days(30)).await?;
        Ok(swept)
    }

    async fn page_of(
        &self,
        deadline: Deadline,
        after: Uuid,
    ) -> Result<Vec<DossierId>, DossierError> {
        let (store, settings, now) = (&self.core.store, &self.core.settings, self.now());
        Ok(match deadline {
            Deadline::Offer => store.expired(now, after).await?,
            Deadline::Idle => store.idle(now - days(settings.abandoned_days), after).await?,
            Deadline::Reminder => {
                store.unreminded(now - days(settings.reminder_days), after).await?
            }
        })
    }

    async fn look_at(
        &self,
        id: DossierId,
        deadline: Deadline,
        swept: &mut Swept,
    ) -> Result<(), DossierError> {
        let (store, now, settings) = (&self.core.store, self.now(), &self.core.settings);
        let mut transaction = store.begin().await?;
        let Some(mut dossier) = store.lock_dossier(&mut transaction, id).await? else {
            return Ok(());
        };
        let act = match deadline {
            Deadline::Offer if dossier.offered_until.is_some_and(|until| until <= now) => {
                Act::Expire
            }
            Deadline::Idle if dossier.touched_at <= now - days(settings.abandoned_days) => {
                Act::Abandon
            }
            Deadline::Reminder if dossier.touched_at <= now - days(settings.reminder_days) => {
                swept.reminded += u32::from(self.remind(&mut transaction, &dossier).await?);
                return self.commit(transaction).await;
            }
            _ => return Ok(()),
        };
        match self.step(&mut transaction, &mut dossier, act, By::system(), "deadline").await {
            // Another copy was faster.
            Err(DossierError::Illegal(_)) => return Ok(()),
            other => other?,
        }
        for one in &dossier.insured {
            self.health().erase(&mut transaction, one.id, "over").await?;
            self.forgotten(&mut transaction, dossier.id, one.place).await?;
        }
        self.write(&mut transaction, &dossier).await?;
        self.commit(transaction).await?;
        match act {
            Act::Expire => swept.expired += 1,
            _ => swept.abandoned += 1,
        }
        Ok(())
    }

    /// One letter, once in the life of a dossier; nothing while only health is left.
    async fn remind(
        &self,
        connection: &mut crate::platform::db::Connection,
        dossier: &Dossier,
    ) -> Result<bool, DossierError> {
        let now = self.now();
        if !self.core.store.set_reminded(connection, dossier.id, now).await? {
            // Another copy was faster.
            return Ok(false);
        }
        let Some(first) = dossier.at(1).filter(|one| one.mobile_proven_at.is_some()) else {
            return Ok(false);
        };
        let Some((steps, minutes)) = left(dossier) else { return Ok(false) };
        let Some(email) = first.email.clone() else { return Ok(false) };
        let link = self.draw_way_back(connection, dossier.id, first.id).await?;
        let until = (dossier.touched_at + self.core.settings.kept())
            .to_zoned(jiff::tz::TimeZone::UTC)
            .date();
        let message = Message {
            event: format!("dossiers/reminder/{}", dossier.id.uuid().simple()),
            to: Recipient::Email(email),
            locale: Locale::Fr,
            letter: letters::reminder(link, &steps, minutes, until),
            expires: None,
        };
        self.core.messages.post(connection, message).await?;
        Ok(true)
    }
}

/// The steps that are left in words, and how long they take. Health is never named.
fn left(dossier: &Dossier) -> Option<(String, u32)> {
    let open = progress::missing(dossier, 1);
    let mut names: Vec<&str> = Vec::new();
    for task in &open {
        let name = match task {
            Page::Identity(_) | Page::Address(_) | Page::Work(_) => "vous",
            Page::Loan => "prêt",
            Page::Guarantees => "garanties",
            _ => continue,
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let is_ready = matches!(dossier.state, State::Offer);
    if names.is_empty() && !is_ready {
        return None;
    }
    names.push("signature");
    let count = u32::try_from(names.len()).unwrap_or(1);
    let steps = match names.as_slice() {
        [one] => format!("l’étape {one}"),
        [first @ .., last] => format!("les étapes {} et {last}", first.join(", ")),
        [] => return None,
    };
    Some((steps, count + 1))
}
