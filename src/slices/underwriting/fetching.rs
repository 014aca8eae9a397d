//! Getting decisions from the engine: what is due is looked at, because a callback hinted at it, because
//! the answers were sent, or because time passed. Either way alone is enough; both together are one.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::engine::{EngineDecision, EngineError, EngineState, Look};
use super::model::{Session, SessionState};
use super::service::{Shared, Underwriting};
use super::store::DecisionRow;
use crate::domain::underwriting::aeras::{self, Level};
use crate::domain::underwriting::{PersonDecision, decide};
use crate::kernel::problem::{Kind, Problem};
use crate::platform::db::{Connection, DbError};

/// A look that nobody ends is somebody else's after this.
const CLAIM: Duration = Duration::from_secs(60);

/// The waits between looks, the last one for ever.
const WAITS: [Duration; 5] = [
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(60),
    Duration::from_secs(300),
];

/// A decision that has not come for so long is an operator's business.
const ALERT: Duration = Duration::from_secs(24 * 3600);

/// How often what is over is tidied up.
const TIDY: Duration = Duration::from_secs(30);

/// Callbacks are not repeated after this.
const SEEN_FOR: Duration = Duration::from_secs(7 * 24 * 3600);

/// Looks at once.
const AT_ONCE: usize = 4;

impl Underwriting {
    /// Looks at what is due until `stop`.
    pub async fn attend(self, stop: impl Future<Output = ()> + Send) {
        let shared = &self.0;
        if !shared.upstream.is_configured() {
            return;
        }
        tokio::pin!(stop);
        let mut tidied: Option<std::time::Instant> = None;
        loop {
            if let Err(problem) = self.look_at_due().await {
                tracing::debug!(cause = problem.cause, "what is due cannot be looked at now");
            }
            if tidied.is_none_or(|at| at.elapsed() >= TIDY) {
                tidied = Some(std::time::Instant::now());
                if let Err(problem) = shared.tidy().await {
                    tracing::debug!(cause = problem.cause, "sessions cannot be tidied up now");
                }
            }
            tokio::select! {
                () = &mut stop => return,
                () = shared.bell.notified() => {}
                () = tokio::time::sleep(shared.settings.poll()) => {}
            }
        }
    }

    /// Looks at what is due now, a few at a time.
    async fn look_at_due(&self) -> Result<(), Problem> {
        let shared = &self.0;
        let now = shared.clock.now();
        let due = shared.store.due(now).await?;
        for some in due.chunks(AT_ONCE) {
            let looks = some.iter().map(|id| shared.look_at(*id, now));
            for looked in futures_util::future::join_all(looks).await {
                if let Err(problem) = looked {
                    tracing::warn!(cause = problem.cause, "a session could not be looked at");
                }
            }
        }
        Ok(())
    }
}

impl Shared {
    /// Everything was sent: the decision is fetched at once.
    pub(super) async fn submitted(&self, session: &Session) {
        match self.store.set_submitted(session.id, self.clock.now()).await {
            Ok(_) => self.bell.notify_one(),
            // The engine has it; its callback, or the person's next look, says so again.
            Err(error) => {
                tracing::error!(cause = %error, "a submission could not be noted");
            }
        }
    }

    /// Looks at one session, unless another copy does.
    async fn look_at(&self, id: Uuid, now: Timestamp) -> Result<(), Problem> {
        if !self.store.take(id, now, now + CLAIM).await? {
            return Ok(());
        }
        let Some(session) = self.store.session(id).await? else { return Ok(()) };
        let Some(engine_id) = session.engine_id.clone() else { return Ok(()) };
        let looked = match self.engine.look(&engine_id).await {
            Ok(look) => self.looked(&session, look).await,
            Err(EngineError::Unknown | EngineError::Over) => {
                tracing::error!(session = %self.shown(&session), "the engine has lost a session");
                return self.close(&session, SessionState::Failed).await;
            }
            Err(error) => Err(Problem::from(error)),
        };
        if let Err(problem) = looked {
            self.again(&session, 0).await?;
            return Err(problem);
        }
        Ok(())
    }

    /// What the engine says of a session, written down.
    async fn looked(&self, session: &Session, look: Look) -> Result<(), Problem> {
        if let Some(decision) = look.decision {
            self.record(session, &decision).await?;
            // Its documents may come later: they are made at the first call.
            self.archive(session).await?;
            return Ok(self.store.set_poll(session.id, None, 0, look.revision).await?);
        }
        match look.state {
            EngineState::Cancelled => self.close(session, SessionState::Cancelled).await,
            EngineState::Expired => self.close(session, SessionState::Expired).await,
            EngineState::Created | EngineState::InProgress
                if session.state == SessionState::InProgress =>
            {
                Ok(self.store.set_poll(session.id, None, 0, look.revision).await?)
            }
            _ => self.again(session, look.revision).await,
        }
    }

    /// Later again: the wait grows.
    async fn again(&self, session: &Session, revision: u32) -> Result<(), Problem> {
        let attempts = session.attempts;
        let place = usize::try_from(attempts).unwrap_or(usize::MAX).saturating_sub(1);
        let wait = WAITS[place.min(WAITS.len() - 1)];
        let now = self.clock.now();
        if session.submitted_at.is_some_and(|at| at + ALERT < now) {
            tracing::error!(session = %self.shown(session), "no decision within a day");
            metrics::counter!("reflex_overdue_total").increment(1);
        }
        Ok(self.store.set_poll(session.id, Some(now + wait), attempts, revision).await?)
    }

    /// Keeps a decision, once, and moves its session on.
    pub(super) async fn record(
        &self,
        session: &Session,
        decision: &EngineDecision,
    ) -> Result<bool, Problem> {
        let now = self.clock.now();
        let id = self.entropy.uuid_v7(now);
        let commercial = serde_json::to_string(&decision.outcomes)
            .map_err(|error| Problem::new(Kind::Bug).cause(error))?;
        let place: [&[u8]; 2] = [b"uw_decision.medical", id.as_bytes()];
        let row = DecisionRow {
            id,
            engine_decision_id: decision.id.clone(),
            supersedes: decision.supersedes.clone(),
            status: status(decision).to_owned(),
            automatic: decision.is_automatic,
            commercial,
            medical_sealed: self.medical.seal(&place, &decision.medical, &self.entropy)?,
            kb: decision.kb.clone(),
            as_of: decision.as_of,
            decided_at: decision.decided_at,
            valid_until: decision.valid_until,
        };
        let from = session.state;
        let mut transaction = self.store.database.begin().await?;
        let is_new = self.store.insert_decision(&mut transaction, session.id, &row, now).await?;
        if is_new {
            let to = self.after(&mut transaction, session, decision).await?;
            let is_moved = from.may_become(to)
                && self.store.set_state(&mut transaction, session.id, from, to, now).await?;
            if !is_moved {
                return Err(Problem::new(Kind::Conflict).cause("the session has moved on"));
            }
            self.store.audit(&mut transaction, &self.act(session, "engine", to.code())).await?;
            let asked = decide(&decision.outcomes, decision.is_automatic);
            self.ask_evidence(&mut transaction, session, (id, &asked)).await?;
        }
        transaction.commit().await.map_err(DbError::from)?;
        if is_new {
            self.say(session, decision);
        }
        Ok(is_new)
    }

    /// Where a decision leads. What a person refuses is studied again, level after level of AERAS, without
    /// being asked for.
    async fn after(
        &self,
        connection: &mut Connection,
        session: &Session,
        decision: &EngineDecision,
    ) -> Result<SessionState, Problem> {
        let is_refusal =
            !decision.is_automatic && decide(&decision.outcomes, false) == PersonDecision::Declined;
        if decision.is_referred {
            return Ok(SessionState::Referred);
        }
        if !is_refusal {
            return Ok(SessionState::Decided);
        }
        let (refusals, facts) = (self.refusals(connection, session.id).await?, &session.facts);
        let level = aeras::after(refusals, facts.capital_euros, facts.age, facts.months);
        Ok(if level == Level::Over { SessionState::Decided } else { SessionState::Referred })
    }

    /// The log and the figures: what was decided, never why, nor of whom.
    fn say(&self, session: &Session, decision: &EngineDecision) {
        let worst = decision.outcomes.iter().map(|it| it.outcome).max();
        let outcome = worst.map_or("none", crate::domain::underwriting::Outcome::code);
        let automatic = if decision.is_automatic { "true" } else { "false" };
        metrics::counter!("reflex_decisions_total", "outcome" => outcome, "automatic" => automatic)
            .increment(1);
        if let Some(at) = session.submitted_at {
            let lag = self.clock.now().duration_since(at).as_secs_f64();
            metrics::histogram!("reflex_poll_lag_seconds").record(lag.max(0.0));
        }
        tracing::info!(session = %self.shown(session), outcome, automatic, "decided");
    }

    /// Ends what nobody finished, forgets old callbacks, and counts.
    async fn tidy(&self) -> Result<(), Problem> {
        let now = self.clock.now();
        for id in self.store.out_of_time(now).await? {
            if let Some(session) = self.store.session(id).await? {
                self.close(&session, SessionState::Expired).await?;
            }
        }
        self.store.forget_seen(now - SEEN_FOR).await?;
        metrics::gauge!("reflex_breaker_state").set(self.upstream.position().figure());
        let counted = self.store.count().await?;
        for state in SessionState::ALL {
            let count = counted.iter().find(|(code, ..)| code == state.code());
            let count = count.map_or(0, |(_, count, _)| *count);
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            metrics::gauge!("reflex_sessions", "state" => state.code()).set(count);
        }
        let waiting = counted.iter().find(|(code, ..)| code == SessionState::Submitted.code());
        let oldest = waiting.and_then(|(_, _, at)| *at);
        let age = oldest.map_or(0.0, |at| now.duration_since(at).as_secs_f64());
        metrics::gauge!("reflex_oldest_submission_seconds").set(age);
        Ok(())
    }
}

/// The knowledge base that new questionnaires are asked from (`id@version`), as a figure.
pub(super) fn known(kb: &str) {
    let (id, version) = kb.split_once('@').unwrap_or((kb, ""));
    metrics::gauge!("reflex_kb_info", "id" => id.to_owned(), "version" => version.to_owned())
        .set(1.0);
}

const fn status(decision: &EngineDecision) -> &'static str {
    if decision.is_referred { "REFERRED" } else { "DECIDED" }
}
