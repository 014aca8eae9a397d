//! Deadlines, for a job that several copies may run together: each dossier is looked at again under its
//! lock, so that nothing is done twice. An offer ends by its own day, a quote of which no demand has come when it
//! has run out, what was put off by a limit of its own; anything else when nobody comes back.

use uuid::Uuid;

use super::core::Dossiers;
use super::error::DossierError;
use super::letters;
use super::model::{By, Decision, Dossier, DossierId, Insured};
use super::parking::ENDED;
use super::progress::{self, Task as Page};
use super::settings::days;
use crate::domain::dossier::{Act, State};
use crate::kernel::locale::Locale;
use crate::platform::db::Connection;
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
    /// Dossiers that were put off, of which people are told that they may ask again.
    pub recalled: u32,
}

/// Which deadline is looked at.
#[derive(Clone, Copy)]
enum Deadline {
    Reminder,
    Offer,
    Quote,
    Idle,
    Recall,
    PutOff,
}

/// In the order in which they are looked at: whoever is told that they may ask again is not given up at once.
const ALL: [Deadline; 6] = [
    Deadline::Offer,
    Deadline::Quote,
    Deadline::Idle,
    Deadline::Recall,
    Deadline::PutOff,
    Deadline::Reminder,
];

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
        for deadline in ALL {
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
            Deadline::Quote => store.idle_quotes(now - settings.kept(), after).await?,
            Deadline::Idle => store.idle(now - days(settings.abandoned_days), after).await?,
            Deadline::Recall => store.recalled(now, after).await?,
            Deadline::PutOff => store.put_off(now - days(settings.postponed_days), after).await?,
            Deadline::Reminder => {
                store.unreminded(now - days(settings.reminder_days), after).await?
            }
        })
    }

    /// Ends an offer whose time is over, before the sweep comes by.
    pub(super) async fn end_offer(&self, id: DossierId) -> Result<(), DossierError> {
        self.look_at(id, Deadline::Offer, &mut Swept::default()).await
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
        let is_idle_for = |count: u32| dossier.touched_at <= now - days(count);
        let act = match deadline {
            Deadline::Offer if dossier.offered_until.is_some_and(|until| until <= now) => {
                Act::Expire
            }
            Deadline::Quote if dossier.state == State::Quote && is_idle_for(settings.kept_days) => {
                // Another quote was made of it, or quotes live for longer.
                if self.quote_in(&mut transaction, &dossier).await?.status != "expired" {
                    return Ok(());
                }
                Act::Expire
            }
            // An offer was made of it meanwhile: it has a day of its own.
            Deadline::Idle if dossier.state.is_offered() => return Ok(()),
            Deadline::Idle if is_idle_for(settings.abandoned_days) => Act::Abandon,
            Deadline::PutOff
                if dossier.state == State::Postponed && is_idle_for(settings.postponed_days) =>
            {
                Act::Abandon
            }
            Deadline::Recall if dossier.state == State::Postponed => {
                swept.recalled += u32::from(self.recall(&mut transaction, &mut dossier).await?);
                return self.commit(transaction).await;
            }
            Deadline::Reminder if is_idle_for(settings.reminder_days) => {
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
        self.over(&mut transaction, &dossier).await?;
        self.commit(transaction).await?;
        match act {
            Act::Expire => swept.expired += 1,
            _ => swept.abandoned += 1,
        }
        Ok(())
    }

    /// Nothing will come of it: what was said of health is erased.
    async fn over(
        &self,
        connection: &mut Connection,
        dossier: &Dossier,
    ) -> Result<(), DossierError> {
        for one in &dossier.insured {
            self.health().erase(connection, one.id, "over").await?;
            self.forgotten(connection, dossier.id, one.place).await?;
        }
        self.write(connection, dossier).await
    }

    /// Who was put off is told that they may ask again, once; they have as long to come back as anybody.
    async fn recall(
        &self,
        connection: &mut Connection,
        dossier: &mut Dossier,
    ) -> Result<bool, DossierError> {
        let (store, now, settings) = (&self.core.store, self.now(), &self.core.settings);
        if !store.clear_recall(connection, dossier.id, now).await? {
            // Another copy was faster.
            return Ok(false);
        }
        let left = now - days(settings.postponed_days.saturating_sub(settings.abandoned_days));
        dossier.touched_at = dossier.touched_at.max(left);
        self.write(connection, dossier).await?;
        let stamp = now.as_second();
        let waiting = |one: &&Insured| one.decision == Some(Decision::Postponed);
        for one in dossier.insured.iter().filter(waiting) {
            let event = format!("recall/{}-{stamp}", one.id.simple());
            self.tell_recall(connection, one.id, &event).await?;
        }
        Ok(true)
    }

    /// One letter, once in the life of a dossier; nothing while only health is left.
    async fn remind(
        &self,
        connection: &mut Connection,
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
        let link = self.draw_way_into(connection, dossier, first.id).await?;
        let until = dossier.kept_until(&self.core.settings);
        let until = until.to_zoned(jiff::tz::TimeZone::UTC).date();
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
