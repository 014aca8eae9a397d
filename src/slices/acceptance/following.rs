//! How somebody's request stands: what underwriting says, put on the dossier as far as it concerns it,
//! and turned into what the person is to see.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::conditions::written;
use super::core::Acceptances;
use super::facts::{facts, holds};
use super::model::{Outlook, Proposal, Proposed, Reply, Study};
use super::visitors::mark;
use crate::domain::dossier::{Act, Role, State};
use crate::domain::pathway::Path;
use crate::domain::underwriting::{Conditions, PersonDecision, aeras, cap};
use crate::kernel::calendar::add_months;
use crate::kernel::problem::{Kind, Problem};
use crate::slices::dossiers::{Decision, DossierId, Health, Signable, SignableInsured};
use crate::slices::quotes::QuoteId;
use crate::slices::quotes::form::assumptions::renewed;
use crate::slices::quotes::wire::QuoteResponse;
use crate::slices::underwriting::{
    Decided, Entrance, Facts, Insured, Opening, SessionState, Standing,
};

/// A person of a dossier as it is now.
pub(super) struct Case {
    pub(super) shown: Signable,
    pub(super) person: SignableInsured,
}

impl Case {
    /// The person as underwriting knows them.
    pub(super) const fn insured(&self) -> Insured {
        Insured { dossier: self.shown.id.uuid(), number: self.person.place }
    }
}

impl Acceptances {
    /// A person of a dossier.
    pub(super) async fn case(&self, id: DossierId, insured: Uuid) -> Result<Case, Problem> {
        let shown = self.core.dossiers.shown(id).await?;
        let person = shown.insured.iter().find(|one| one.insured_id == insured).cloned();
        Ok(Case { person: person.ok_or(Kind::NotFound)?, shown })
    }

    /// How the request of a person stands; what was decided since is put on the dossier.
    pub(super) async fn outlook(&self, case: &Case) -> Result<Outlook, Problem> {
        if case.person.health != Health::Questionnaire {
            return self.protected(case).await;
        }
        if case.person.decision.is_some_and(Decision::is_acceptance) {
            return Ok(Outlook::Accepted);
        }
        let standing = self.core.underwriting.standing(case.insured()).await?;
        let Some(standing) = standing.filter(|it| it.state.is_live()) else {
            // Nobody studies anything any more.
            self.unsay(case).await?;
            return Ok(Outlook::ToFill { is_begun: false });
        };
        match (standing.state, &standing.decision) {
            (SessionState::Created, _) => Ok(Outlook::ToFill { is_begun: false }),
            (SessionState::InProgress, _) => Ok(Outlook::ToFill { is_begun: true }),
            (_, None) => Ok(Outlook::Awaited),
            (state, Some(decided)) => self.decided(case, &standing, state, decided).await,
        }
    }

    /// Nobody is asked whom the law protects: what they may have answered before is erased.
    async fn protected(&self, case: &Case) -> Result<Outlook, Problem> {
        let (underwriting, insured) = (&self.core.underwriting, case.insured());
        let standing = underwriting.standing(insured).await?;
        if case.person.health == Health::None && standing.is_some_and(|it| it.state.is_live()) {
            let mut transaction = self.core.store.begin().await?;
            underwriting.forget(&mut transaction, insured).await?;
            self.commit(transaction).await?;
        }
        Ok(Outlook::NotAsked)
    }

    async fn decided(
        &self,
        case: &Case,
        standing: &Standing,
        state: SessionState,
        decided: &Decided,
    ) -> Result<Outlook, Problem> {
        let asked = facts(&case.shown.quote, case.person.place).ok_or(Kind::Bug)?;
        let is_over = decided.valid_until < self.today();
        // How long somebody is put off is said by the delay alone.
        let is_put_off = matches!(decided.decision, PersonDecision::Postponed(_));
        let is_over = is_over && state == SessionState::Decided && !is_put_off;
        if is_over || !holds(&standing.facts, &asked) {
            // Its time is over, or more is asked than was or is studied: the questions are asked again.
            return self.anew(case).await;
        }
        let study =
            |evidence: &[String]| Study { evidence: evidence.to_vec(), since: decided.decided_at };
        match &decided.decision {
            PersonDecision::Declined => self.declined(case, standing, decided).await,
            // Everything that was asked for is there: a person studies it, three weeks from now at most.
            PersonDecision::PendingEvidence(_) if decided.completed_at.is_some() => {
                self.note(case, Decision::Referred, decided).await?;
                let since = decided.completed_at.unwrap_or(decided.decided_at);
                Ok(Outlook::Studied(Study { evidence: Vec::new(), since }))
            }
            PersonDecision::PendingEvidence(codes) => {
                self.note(case, Decision::PendingEvidence, decided).await?;
                Ok(Outlook::Studied(study(codes)))
            }
            // Studied again at the person's own demand: what was decided before waits.
            _ if state == SessionState::Referred => {
                self.note(case, Decision::Referred, decided).await?;
                Ok(Outlook::Studied(study(&[])))
            }
            PersonDecision::Referred => {
                self.note(case, Decision::Referred, decided).await?;
                Ok(Outlook::Studied(study(&[])))
            }
            PersonDecision::Postponed(months) => self.postponed(case, decided, *months).await,
            PersonDecision::Standard => {
                self.note(case, Decision::AcceptStandard, decided).await?;
                Ok(Outlook::Accepted)
            }
            PersonDecision::Modified(conditions) | PersonDecision::Partial(conditions) => {
                let facts = &standing.facts;
                self.proposed(case, decided, facts, conditions).await
            }
        }
    }

    /// The study ends, and the person is led to the questions again.
    async fn anew(&self, case: &Case) -> Result<Outlook, Problem> {
        // First the dossier: cut in between, the next look begins again.
        if case.shown.state == State::Postponed {
            self.reopen(case).await?;
        }
        self.unsay(case).await?;
        self.core.underwriting.cancel(case.insured()).await?;
        Ok(Outlook::ToFill { is_begun: false })
    }

    /// What the dossier says of a study that is over.
    async fn unsay(&self, case: &Case) -> Result<(), Problem> {
        if case.person.decision.is_none() {
            return Ok(());
        }
        let mut transaction = self.core.store.begin().await?;
        self.core.dossiers.ask_anew(&mut transaction, case.person.insured_id).await?;
        self.commit(transaction).await
    }

    async fn declined(
        &self,
        case: &Case,
        standing: &Standing,
        decided: &Decided,
    ) -> Result<Outlook, Problem> {
        // No program refuses anybody: what an engine would refuse, a person looks at.
        if decided.is_automatic {
            self.note(case, Decision::Referred, decided).await?;
            return Ok(Outlook::Studied(Study { evidence: Vec::new(), since: decided.decided_at }));
        }
        let facts = &standing.facts;
        let level = aeras::after(decided.refusals, facts.capital_euros, facts.age, facts.months);
        self.note(case, Decision::Declined, decided).await?;
        if level == aeras::Level::Over {
            self.decline(case).await?;
        }
        Ok(Outlook::Declined { at: decided.decided_at, level })
    }

    async fn postponed(
        &self,
        case: &Case,
        decided: &Decided,
        months: u16,
    ) -> Result<Outlook, Problem> {
        let day = decided.decided_at.to_zoned(TimeZone::UTC).date();
        let until = add_months(day, i32::from(months));
        if until <= self.today() {
            // The delay is over: a new declaration.
            return self.anew(case).await;
        }
        self.note(case, Decision::Postponed, decided).await?;
        self.put_off(case, until).await?;
        Ok(Outlook::Postponed { until })
    }

    /// Puts what was decided on the dossier, once, where the table has a place for it.
    async fn note(
        &self,
        case: &Case,
        decision: Decision,
        decided: &Decided,
    ) -> Result<(), Problem> {
        let is_studied = matches!(case.shown.state, State::Medical | State::Decision);
        if case.person.decision == Some(decision) || !is_studied {
            return Ok(());
        }
        let role = if decided.is_automatic { Role::System } else { Role::Medical };
        let mut transaction = self.core.store.begin().await?;
        let insured = case.person.insured_id;
        let dossiers = &self.core.dossiers;
        dossiers
            .record_decision(&mut transaction, insured, decision, role, "questionnaire")
            .await?;
        self.commit(transaction).await
    }

    /// The dossier stops, if everybody else has come as far as a decision.
    async fn decline(&self, case: &Case) -> Result<(), Problem> {
        if !self.is_decided(case).await? {
            return Ok(());
        }
        let (act, role) = (Act::Decline, Role::Medical);
        let mut transaction = self.core.store.begin().await?;
        self.core.dossiers.stop(&mut transaction, case.shown.id, act, role).await?;
        self.commit(transaction).await
    }

    /// The same until this day, or until that of the other who is put off if it is later.
    async fn put_off(&self, case: &Case, until: Date) -> Result<(), Problem> {
        let state = self.core.dossiers.shown(case.shown.id).await?.state;
        if !matches!(state, State::Decision | State::Postponed) {
            return Ok(());
        }
        // Midnight of Paris has passed by then.
        let until =
            until.to_zoned(TimeZone::UTC).map_err(|it| Problem::new(Kind::Bug).cause(it))?;
        let mut transaction = self.core.store.begin().await?;
        let dossiers = &self.core.dossiers;
        dossiers.postpone(&mut transaction, case.shown.id, until.timestamp()).await?;
        self.commit(transaction).await
    }

    async fn is_decided(&self, case: &Case) -> Result<bool, Problem> {
        Ok(self.core.dossiers.shown(case.shown.id).await?.state == State::Decision)
    }

    /// A dossier that was put off is open again.
    pub(super) async fn reopen(&self, case: &Case) -> Result<(), Problem> {
        let (act, role) = (Act::ApplyAgain, Role::Customer);
        let mut transaction = self.core.store.begin().await?;
        self.core.dossiers.stop(&mut transaction, case.shown.id, act, role).await?;
        self.commit(transaction).await
    }

    /// The conditions with their price: a quote of their own, made once for a decision and a quote.
    async fn proposed(
        &self,
        case: &Case,
        decided: &Decided,
        studied: &Facts,
        conditions: &Conditions,
    ) -> Result<Outlook, Problem> {
        let Some(wanted) = written(conditions) else {
            tracing::error!("a decision excludes what nobody has worded");
            self.note(case, Decision::Referred, decided).await?;
            return Ok(Outlook::Studied(Study { evidence: Vec::new(), since: decided.decided_at }));
        };
        let (core, quote) = (&self.core, &case.shown.quote);
        let base: QuoteId = quote.id.parse().map_err(|_| Problem::new(Kind::Bug))?;
        let insured = case.person.insured_id;
        let (purpose, capital) = (quote.request.purpose, studied.capital_euros);
        let may = cap::is_within(decided.refusals, purpose, capital, studied.age, studied.months);
        let known = core.store.proposal(insured, decided.id, base.uuid()).await?;
        if let Some(proposal) = known {
            let after = core.quotes.find_by_link(QuoteId::from_uuid(proposal.quote)).await?;
            return Ok(shown(proposal, (conditions, may), quote, after));
        }
        let mut request = renewed(&quote.request, self.today());
        let place = usize::from(case.person.place).saturating_sub(1);
        let person = request.insured.get_mut(place).ok_or(Kind::Bug)?;
        person.conditions = Some(wanted);
        let key = format!("acceptance-{}-{}-{}", insured.simple(), decided.id.simple(), quote.id);
        let after = core.quotes.keep_step(request, &key, Some(base)).await?;
        let made: QuoteId = after.id.parse().map_err(|_| Problem::new(Kind::Bug))?;
        let now = core.clock.now();
        let proposal = Proposal {
            id: core.entropy.uuid_v7(now),
            insured,
            decision: decided.id,
            base_quote: base.uuid(),
            quote: made.uuid(),
            reply: Reply::Proposed,
            valid_until: decided.valid_until,
            is_capped: false,
        };
        core.store.insert(&proposal, now).await?;
        // Two looks at once made one quote by its key, and one row: whose it is does not matter.
        let kept = core.store.proposal(insured, decided.id, base.uuid()).await?;
        Ok(shown(kept.ok_or(Kind::Bug)?, (conditions, may), quote, after))
    }

    /// Opens the questionnaire for this browser, or comes back to it.
    pub(super) async fn open(&self, case: &Case) -> Result<Entrance, Problem> {
        // Who answered the short declaration with a yes is on the long one now, whatever the route was.
        let path = match (case.person.health, case.person.path.as_str()) {
            (Health::Questionnaire, "P2" | "P3") => Path::P3,
            _ => Path::P1,
        };
        let facts = facts(&case.shown.quote, case.person.place).ok_or(Kind::Bug)?;
        let (insured, applicant) = (case.insured(), mark(case.person.insured_id));
        let declared = if path == Path::P3 { self.declared(case).await? } else { None };
        let opening = Opening { insured, applicant, path, facts, declared };
        self.core.underwriting.open(&opening).await
    }
}

fn shown(
    proposal: Proposal,
    (conditions, may_be_capped): (&Conditions, bool),
    before: &QuoteResponse,
    after: QuoteResponse,
) -> Outlook {
    let (before, conditions) = (before.clone(), conditions.clone());
    let proposed = Proposed { proposal, conditions, may_be_capped, before, after };
    Outlook::Proposed(Box::new(proposed))
}
