//! The dossier moves by itself as far as it can: what is complete is applied for, whom the law protects
//! is asked nothing, whoever answered is decided, and everybody decided makes an offer.
//!
//! Every step is an act of the one table (`domain::dossier`) and an event of its own. Nothing is
//! written here: the caller holds the row and commits.

use jiff::Timestamp;

use super::core::Dossiers;
use super::error::DossierError;
use super::model::{By, Decision, Dossier, Health};
use super::settings::days;
use super::store::NewEvent;
use crate::domain::dossier::{Act, Role, State, apply};
use crate::platform::db::Connection;

impl Dossiers {
    /// One act, by the table: the state, the version, and the event.
    pub(super) async fn step(
        &self,
        connection: &mut Connection,
        dossier: &mut Dossier,
        act: Act,
        by: By,
        reason: &str,
    ) -> Result<(), DossierError> {
        let to = apply(dossier.state, act, by.role)?;
        self.record(connection, dossier, act.code(), to, by, reason).await
    }

    /// An event and the version that it makes.
    pub(super) async fn record(
        &self,
        connection: &mut Connection,
        dossier: &mut Dossier,
        act: &str,
        to: State,
        by: By,
        reason: &str,
    ) -> Result<(), DossierError> {
        dossier.version += 1;
        let event = NewEvent {
            version: dossier.version,
            act,
            from: dossier.state,
            to,
            by,
            at: self.now(),
            reason,
        };
        self.core.store.add_event(connection, dossier.id, &event).await?;
        dossier.state = to;
        Ok(())
    }

    /// Every step that is due.
    pub(super) async fn settle(
        &self,
        connection: &mut Connection,
        dossier: &mut Dossier,
        by: By,
    ) -> Result<(), DossierError> {
        while let Some((act, role)) = due(dossier, self.now()) {
            let by = if role == Role::System { By::system() } else { By { role, ..by } };
            self.step(connection, dossier, act, by, "").await?;
            if act == Act::MakeOffer {
                let settings = &self.core.settings;
                let is_studied =
                    dossier.insured.iter().any(|one| one.health == Health::Questionnaire);
                let count =
                    if is_studied { settings.medical_offer_days } else { settings.offer_days };
                dossier.offered_until = Some(self.now() + days(count));
            }
        }
        Ok(())
    }

    /// The dossier and its persons as they are now, in the caller's transaction.
    pub(super) async fn write(
        &self,
        connection: &mut Connection,
        dossier: &Dossier,
    ) -> Result<(), DossierError> {
        self.core.store.update_dossier(connection, dossier).await?;
        self.core.store.update_insured(connection, dossier).await?;
        Ok(())
    }
}

/// Whether the pages that make a demand are done: the contact proven, the first person, the loan, the
/// guarantees.
pub(super) fn is_whole(dossier: &Dossier) -> bool {
    let first = dossier.at(1);
    // A token proves its holder; on the pages the code does.
    let is_reached =
        dossier.owner.is_some() || first.is_some_and(|one| one.mobile_proven_at.is_some());
    let answers = &dossier.answers;
    is_reached
        && first.is_some_and(super::model::Insured::is_described)
        && answers.lender.is_some()
        && answers.loan_done
        && answers.guarantees_done
}

/// The next step that is due, and in which role. Decisions that no person has to take are taken here.
fn due(dossier: &mut Dossier, now: Timestamp) -> Option<(Act, Role)> {
    match dossier.state {
        State::Quote if is_whole(dossier) => Some((Act::Apply, Role::Customer)),
        State::Application if is_whole(dossier) => {
            let asks = dossier.insured.iter().any(|one| one.health != Health::None);
            let act = if asks { Act::AskHealth } else { Act::SkipHealth };
            Some((act, Role::Customer))
        }
        State::Medical => {
            let open = |one: &super::model::Insured| match one.health {
                Health::None | Health::Answered => false,
                Health::Asked => true,
                Health::Questionnaire => one.decision.is_none(),
            };
            let is_open = dossier.insured.iter().any(open);
            (!is_open).then_some((Act::CompleteHealth, Role::Insured))
        }
        State::Decision => {
            decide(dossier, now);
            let accepted = |one: &super::model::Insured| {
                one.is_described() && one.decision.is_some_and(Decision::is_acceptance)
            };
            dossier.insured.iter().all(accepted).then_some((Act::MakeOffer, Role::System))
        }
        _ => None,
    }
}

/// Standard acceptance of whom the law protects and of whoever's short declaration says all.
fn decide(dossier: &mut Dossier, now: Timestamp) {
    for one in &mut dossier.insured {
        let is_plain = matches!(one.health, Health::None | Health::Answered);
        if is_plain && one.decision.is_none() {
            one.decision = Some(Decision::AcceptStandard);
            one.decided_at = Some(now);
        }
    }
}
