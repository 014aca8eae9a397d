//! The cap of premiums (*écrêtement*) of the AERAS convention: a household that is entitled to it does not
//! pay supplements beyond what the convention lets the insurance weigh. The capped price is a quote of its
//! own, frozen as the other one is.

use rust_decimal::Decimal;
use serde::Serialize;

use super::core::Acceptances;
use super::model::Proposed;
use crate::domain::loan::LoanKind;
use crate::domain::underwriting::cap::{Household, WHOLE, is_paid_whole, scale};
use crate::kernel::money::Cents;
use crate::kernel::problem::{Kind, Problem};
use crate::slices::quotes::QuoteId;
use crate::slices::quotes::form::assumptions::renewed;
use crate::slices::quotes::wire::{LoadingRequest, SimulationRequest};

/// What became of a demand to be capped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Capped {
    /// The supplements are smaller now.
    Done,
    /// The insurance weighs no more than the convention allows.
    Light,
    /// The income is above this.
    Above(Cents),
}

/// What is kept of it.
#[derive(Serialize)]
struct Said {
    income_cents: i64,
    quarters: u16,
    scale: u16,
}

impl Acceptances {
    /// Caps the premiums of a proposal for this household. Asked twice, it is capped once.
    ///
    /// # Errors
    /// The proposal was accepted meanwhile; the database does not answer.
    pub(super) async fn cap(
        &self,
        it: &Proposed,
        place: u8,
        household: Household,
    ) -> Result<Capped, Problem> {
        if !household.is_entitled() {
            return Ok(Capped::Above(household.ceiling()));
        }
        let core = &self.core;
        let request = &renewed(&it.after.request, self.today());
        let scale = if is_paid_by_others(it, place) {
            0
        } else {
            scale(|scale| self.weight(&scaled(request, place, scale)?, place))
        };
        if scale == WHOLE {
            return Ok(Capped::Light);
        }
        let request = scaled(request, place, scale).ok_or(Kind::Bug)?;
        let key = format!("acceptance-cap-{}-{scale}", it.proposal.id.simple());
        let base = QuoteId::from_uuid(it.proposal.base_quote);
        let quote = core.quotes.keep_step(request, &key, Some(base)).await?;
        let quote: QuoteId = quote.id.parse().map_err(|_| Problem::new(Kind::Bug))?;
        let income_cents = household.income.get();
        let said = Said { income_cents, quarters: household.quarters, scale };
        let said = serde_json::to_string(&said).map_err(|it| Problem::new(Kind::Bug).cause(it))?;
        if !core.store.cap(it.proposal.id, quote.uuid(), &said).await? {
            return Err(Problem::new(Kind::Conflict).cause("accepted, or capped before"));
        }
        Ok(Capped::Done)
    }

    /// What the insurance of a person weighs in this request, in ten-thousandths of a percent a year.
    fn weight(&self, request: &SimulationRequest, place: u8) -> Option<i64> {
        let priced = self.core.quotes.simulate(request, false).ok()?;
        let at = usize::from(place).checked_sub(1)?;
        let taea: Decimal = priced.insured.get(at)?.costs.taea.parse().ok()?;
        i64::try_from((taea * Decimal::from(10_000)).round()).ok()
    }
}

/// Whether this person is under 35 and insures a zero-interest loan.
fn is_paid_by_others(it: &Proposed, place: u8) -> bool {
    let at = usize::from(place).saturating_sub(1);
    let (asked, priced) = (&it.before.request, &it.before.result);
    let (Some(person), Some(priced)) = (asked.insured.get(at), priced.insured.get(at)) else {
        return false;
    };
    let is_insured = |reference: &str| person.shares.iter().any(|share| share.loan == reference);
    let mut loans = asked.loans.iter().filter(|loan| is_insured(&loan.reference));
    let has_ptz = loans.any(|loan| loan.kind == LoanKind::Ptz);
    is_paid_whole(priced.route.age_at_effect, has_ptz)
}

/// The request with this person's supplements at this scale, rounded down to a hundredth of a percent.
fn scaled(request: &SimulationRequest, place: u8, scale: u16) -> Option<SimulationRequest> {
    let mut request = request.clone();
    let at = usize::from(place).checked_sub(1)?;
    let conditions = request.insured.get_mut(at)?.conditions.as_mut()?;
    let down = |text: &String| {
        let whole: Decimal = text.parse().ok()?;
        let part = whole * Decimal::from(scale) / Decimal::from(WHOLE);
        Some(part.trunc_with_scale(2).normalize().to_string())
    };
    for loading in &mut conditions.loadings {
        *loading = LoadingRequest {
            percent: loading.percent.as_ref().and_then(down),
            per_mille: loading.per_mille.as_ref().and_then(down),
            ..loading.clone()
        };
    }
    Some(request)
}
