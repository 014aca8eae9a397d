//! Answers are saved, page by page: each saving is one transaction, in which the price, the path of
//! every person and the state follow.
//!
//! Who saves says which version they saw. Two persons may write different pages of one dossier at once;
//! the same page written twice is refused, and the form says so.

use super::core::Dossiers;
use super::error::DossierError;
use super::model::{By, Decision, Dossier, DossierId, Health, Insured, Notice, Why};
use crate::domain::dossier::{Act, State};
use crate::domain::guarantee::Guarantee;
use crate::domain::health::Outcome;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::db::Connection;
use crate::platform::digest::{hex, sha256};
use crate::slices::quotes::QuoteId;
use crate::slices::quotes::form::assumptions::renewed;
use crate::slices::quotes::wire::{
    InsuredResponse, QuoteResponse, SimulationRequest, SimulationResponse,
};

/// Event of an answer that leaves the state as it is.
pub(super) const EDIT: &str = "edit";

/// Times that a price is worked out again when somebody changed it meanwhile.
const ROUNDS: u8 = 3;

/// What somebody saw before they wrote.
#[derive(Clone, Copy, Debug)]
pub enum Seen {
    /// A page: refused if the same page was written since.
    Page(u32),
    /// The whole dossier, in this version.
    Exactly(u32),
    /// Nothing is compared.
    Whatever,
}

/// A saving: who, of which page, having seen what.
#[derive(Clone, Copy)]
pub(super) struct Saving<'a> {
    pub(super) id: DossierId,
    pub(super) page: &'a str,
    pub(super) seen: Seen,
    pub(super) by: By,
}

impl Dossiers {
    /// Saves answers that no price depends on.
    pub(super) async fn save(
        &self,
        saving: Saving<'_>,
        change: impl FnOnce(&mut Dossier),
    ) -> Result<Dossier, DossierError> {
        let change = |dossier: &mut Dossier| {
            change(dossier);
            Ok(())
        };
        self.save_checked(saving, change).await
    }

    /// The same where the dossier itself may refuse them.
    pub(super) async fn save_checked(
        &self,
        saving: Saving<'_>,
        change: impl FnOnce(&mut Dossier) -> Result<(), DossierError>,
    ) -> Result<Dossier, DossierError> {
        let mut transaction = self.core.store.begin().await?;
        let mut dossier = self.held(&mut transaction, &saving).await?;
        change(&mut dossier)?;
        let is_offered = dossier.state.is_offered();
        self.finish(&mut transaction, &mut dossier, &saving, is_offered).await?;
        self.commit(transaction).await?;
        Ok(dossier)
    }

    /// Saves answers that change what is insured: another quote is made, and the paths follow.
    pub(super) async fn save_priced(
        &self,
        saving: Saving<'_>,
        why: Why,
        ask: impl Fn(&mut SimulationRequest),
        change: impl Fn(&mut Dossier),
    ) -> Result<Dossier, DossierError> {
        for _ in 0..ROUNDS {
            let seen = self.find(saving.id).await?;
            let old = self.quote_of(&seen).await?;
            let base = renewed(&old.request, self.today());
            let mut request = base.clone();
            ask(&mut request);
            if request != base {
                // What was accepted was accepted for something else.
                request = request.as_asked();
            }
            let new = self.priced(&seen, &old, request).await?;
            let mut transaction = self.core.store.begin().await?;
            let mut dossier = self.held(&mut transaction, &saving).await?;
            if dossier.quote_id != seen.quote_id {
                continue;
            }
            change(&mut dossier);
            let quotes = (&old, &new);
            let moved = self.reprice(&mut transaction, &mut dossier, quotes, Some(why)).await?;
            self.finish(&mut transaction, &mut dossier, &saving, moved).await?;
            self.commit(transaction).await?;
            return Ok(dossier);
        }
        Err(DossierError::Stale { now: self.find(saving.id).await?.version })
    }

    /// What the price would be with these changes, without keeping anything.
    pub(super) async fn tried(
        &self,
        dossier: &Dossier,
        ask: impl FnOnce(&mut SimulationRequest),
    ) -> Result<i64, DossierError> {
        Ok(self.simulated(dossier, ask).await?.project.costs.first_month_cents)
    }

    /// All that a price with these changes would say, without keeping anything.
    pub(super) async fn simulated(
        &self,
        dossier: &Dossier,
        ask: impl FnOnce(&mut SimulationRequest),
    ) -> Result<SimulationResponse, DossierError> {
        let quote = self.quote_of(dossier).await?;
        let mut request = renewed(&quote.request, self.today());
        ask(&mut request);
        Ok(self.core.quotes.simulate(&request, false)?)
    }

    /// Keeps what was typed and could not be taken, so that it is shown back after a pause.
    pub(super) async fn keep_draft(
        &self,
        id: DossierId,
        page: &str,
        form: &crate::platform::web::form::Form,
    ) -> Result<(), DossierError> {
        let hidden = ["jeton", "v", "cle", "action"];
        let pairs = form.pairs().filter(|(name, _)| !hidden.contains(name));
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Ok(self.core.store.keep_draft(id, page, &pairs, self.now()).await?)
    }

    /// What was typed and could not be taken.
    pub(super) async fn draft(
        &self,
        id: DossierId,
        page: &str,
    ) -> Result<Option<std::collections::BTreeMap<String, String>>, DossierError> {
        Ok(self.core.store.draft(id, page).await?)
    }

    /// Forgets what was typed of a page that was taken under another name.
    pub(super) async fn forget_draft(&self, id: DossierId, page: &str) -> Result<(), DossierError> {
        let mut transaction = self.core.store.begin().await?;
        self.core.store.forget_draft(&mut transaction, id, page).await?;
        self.commit(transaction).await
    }

    /// The dossier held for this saving, if it may still be written.
    pub(super) async fn held(
        &self,
        connection: &mut Connection,
        saving: &Saving<'_>,
    ) -> Result<Dossier, DossierError> {
        let store = &self.core.store;
        let dossier = store.lock_dossier(connection, saving.id).await?;
        let dossier = dossier.ok_or(DossierError::Unknown)?;
        if !is_open(dossier.state) {
            return Err(DossierError::Closed);
        }
        let stale = DossierError::Stale { now: dossier.version };
        match saving.seen {
            Seen::Exactly(version) if version != dossier.version => Err(stale),
            Seen::Page(version) if version < dossier.version => {
                for page in same_answers(saving.page) {
                    if store.was_written(connection, dossier.id, version, page).await? {
                        return Err(stale);
                    }
                }
                Ok(dossier)
            }
            _ => Ok(dossier),
        }
    }

    /// A frozen price of this request: the old one when nothing changed.
    pub(super) async fn priced(
        &self,
        dossier: &Dossier,
        old: &QuoteResponse,
        request: SimulationRequest,
    ) -> Result<QuoteResponse, DossierError> {
        if request == old.request && old.status != "expired" {
            return Ok(old.clone());
        }
        let document =
            serde_json::to_vec(&request).map_err(|e| Problem::new(Kind::Bug).cause(e))?;
        let key = format!("{}-{}-{}", dossier.id, old.id, hex(&sha256(&[&document])[..16]));
        Ok(self.core.quotes.keep_step(request, &key, old.id.parse().ok()).await?)
    }

    /// Puts another quote under the dossier; `true` when what is insured has changed. Without a reason only
    /// time has passed: whoever was accepted stays so on the same path.
    pub(super) async fn reprice(
        &self,
        connection: &mut Connection,
        dossier: &mut Dossier,
        (old, new): (&QuoteResponse, &QuoteResponse),
        why: Option<Why>,
    ) -> Result<bool, DossierError> {
        (dossier.answers.notice, dossier.answers.renewal) = (None, None);
        dossier.answers.again = None;
        if new.id == old.id {
            return Ok(false);
        }
        let id: QuoteId = new.id.parse().map_err(|_| Problem::new(Kind::Bug))?;
        dossier.quote_id = id.uuid();
        self.number_loans(connection, dossier, (old, new)).await?;
        let first = |quote: &QuoteResponse| quote.result.project.costs.first_month_cents;
        let whole = |quote: &QuoteResponse| quote.result.project.costs.total_cents;
        let (before_cents, now_cents) = (first(old), first(new));
        // A loan that begins later is in no first month.
        let has_moved = before_cents == now_cents && whole(old) != whole(new);
        let total = has_moved.then(|| [whole(old), whole(new)]);
        let is_limited = loses_work(old, new);
        let balance = if why == Some(Why::Loan) { moved_balance(old, new) } else { None };
        let is_told =
            before_cents != now_cents || total.is_some() || is_limited || balance.is_some();
        if let Some(why) = why.filter(|_| is_told) {
            let notice = Notice { before_cents, now_cents, total, why, is_limited, balance };
            dossier.answers.notice = Some(notice);
        }
        // Days that time alone has moved are no other demand.
        let base = renewed(&old.request, self.today());
        let is_same_project =
            (&base.loans, &base.options) == (&new.request.loans, &new.request.options);
        let persons = new.result.insured.iter().zip(&new.request.insured).enumerate();
        for (one, (at, (priced, asked))) in dossier.insured.iter_mut().zip(persons) {
            let before = one.path.clone();
            one.follow(&priced.route);
            let is_moved = before != one.path;
            // A changed fact voids an acceptance that no person gave.
            let is_void = match one.decision {
                Some(Decision::AcceptStandard) => why.is_some() || is_moved,
                // Conditions that were accepted hold for the price that was shown with them.
                Some(Decision::AcceptModified | Decision::AcceptPartial) => {
                    asked.conditions.is_none()
                }
                // What is studied, put off or refused is what was asked then, of whom it was asked.
                Some(_) => {
                    let is_same = base.insured.get(at) == Some(asked);
                    is_moved || !(is_same && is_same_project)
                }
                None => false,
            };
            if is_void {
                (one.decision, one.decided_at) = (None, None);
            }
            if is_moved {
                one.health = self.health_after(connection, dossier.id, one).await?;
            }
        }
        Ok(true)
    }

    /// Where health stands on another path. Whom the law protects has no answers kept.
    async fn health_after(
        &self,
        connection: &mut Connection,
        id: DossierId,
        one: &Insured,
    ) -> Result<Health, DossierError> {
        let (asked, insured) = (Health::of_path(&one.path), one.id);
        let world = self.health();
        match asked {
            Health::None => {
                world.erase(connection, insured, "protected").await?;
                self.forget_health(connection, id, one.place).await?;
                Ok(Health::None)
            }
            Health::Asked => Ok(match world.outcome(connection, insured).await? {
                Some(Outcome::Standard) => Health::Answered,
                Some(Outcome::Questionnaire) => Health::Questionnaire,
                None => Health::Asked,
            }),
            other => Ok(other),
        }
    }

    /// The event, the way back to a demand when what is insured changed, then every step that is due.
    pub(super) async fn finish(
        &self,
        connection: &mut Connection,
        dossier: &mut Dossier,
        saving: &Saving<'_>,
        is_new: bool,
    ) -> Result<(), DossierError> {
        let now = self.now();
        dossier.touched_at = now;
        dossier.answers.saved_at = Some(now.to_string());
        let reopens = is_new && !matches!(dossier.state, State::Quote | State::Application);
        if reopens {
            self.void(connection, dossier, saving.by).await?;
            self.step(connection, dossier, Act::ChangeFacts, as_actor(saving.by), saving.page)
                .await?;
        } else {
            let state = dossier.state;
            self.record(connection, dossier, EDIT, state, saving.by, saving.page).await?;
        }
        self.core.store.forget_draft(connection, dossier.id, saving.page).await?;
        if saving.page == "pret" {
            // Terms that were typed before hold a month that is not the loan's any more.
            self.core.store.forget_drafts_under(connection, dossier.id, saving.page).await?;
        }
        self.settle(connection, dossier, as_actor(saving.by)).await?;
        self.write(connection, dossier).await
    }
}

/// Whether somebody who was paid for when they cannot work is not any more.
pub(super) fn loses_work(old: &QuoteResponse, new: &QuoteResponse) -> bool {
    let works = |one: &InsuredResponse| one.guarantees.iter().any(|it| it.code == Guarantee::Itt);
    let mut both = old.result.insured.iter().zip(&new.result.insured);
    both.any(|(before, now)| works(before) && !works(now))
}

/// What is left to repay of a running loan when cover begins, before and now, when it moved by more than 1 %.
fn moved_balance(old: &QuoteResponse, new: &QuoteResponse) -> Option<[i64; 2]> {
    let is_running = old.request.is_running() || new.request.is_running();
    let [before, now] = [old, new].map(|quote| quote.owed_at_start().get());
    let has_moved = before.abs_diff(now) > before.unsigned_abs() / 100;
    (is_running && before > 0 && now > 0 && has_moved).then_some([before, now])
}

/// Pages that write the same answers: the loans are on one, the terms of each on others.
fn same_answers(page: &str) -> Vec<&str> {
    match page {
        "pret" | "prets" => vec!["pret", "prets"],
        one => vec![one],
    }
}

/// Whether answers may still change.
pub(super) const fn is_open(state: State) -> bool {
    matches!(
        state,
        State::Quote
            | State::Application
            | State::Medical
            | State::Decision
            | State::Offer
            | State::Signature
    )
}

/// Past the quote, whoever began it is its customer.
pub(super) fn as_actor(by: By) -> By {
    use crate::domain::dossier::Role;
    if by.role == Role::Prospect { By { role: Role::Customer, ..by } } else { by }
}
