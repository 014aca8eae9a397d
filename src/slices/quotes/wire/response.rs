//! What is answered. The archive of a quote is this same document, so it is read back for ever: a
//! field that is added needs `#[serde(default)]`, one that is renamed an alias.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::LoanRequest;
use crate::domain::guarantee::{ExclusionCategory, Guarantee};
use crate::kernel::calendar::iso;
use crate::kernel::money::Cents;

/// A priced project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SimulationResponse {
    /// Always `EUR`.
    pub currency: String,
    /// Version of the tariff that gave the prices.
    pub tariff_version: String,
    /// One entry per person.
    pub insured: Vec<InsuredResponse>,
    /// One entry per loan.
    pub loans: Vec<LoanResponse>,
    /// All persons on all loans.
    pub project: ProjectResponse,
    /// Comparison with the bank's contract, when its price was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saving: Option<SavingResponse>,
    /// What to know before going on.
    pub warnings: Vec<WarningResponse>,
}

impl SimulationResponse {
    /// Leaves the month-by-month tables out.
    pub fn drop_schedules(&mut self) {
        self.loans.iter_mut().for_each(|loan| loan.schedule = None);
        self.insured.iter_mut().for_each(|person| person.schedule = None);
        self.project.schedule = None;
    }
}

/// What a set of premiums costs. Premiums are added to the instalments.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CostsResponse {
    /// Premium of the first whole month.
    pub first_month_cents: i64,
    /// Lowest monthly premium while cover runs.
    pub min_month_cents: i64,
    /// Highest monthly premium.
    pub max_month_cents: i64,
    /// Total over the first eight years (art. L313-8 C. conso.).
    pub total_8y_cents: i64,
    /// Total over the whole loan.
    pub total_cents: i64,
    /// Annual effective rate of the insurance, percent with 4 decimals (art. R314-12 C. conso.).
    #[schema(example = "0.1758")]
    pub taea: String,
    /// Annual effective rate of the credit without insurance, percent with 4 decimals.
    pub taeg_without: String,
    /// The same with this insurance.
    pub taeg_with: String,
}

/// One person's price and path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct InsuredResponse {
    /// `ref` of the request.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Costs of this person on all loans; rates are those of the whole project.
    #[serde(flatten)]
    pub costs: CostsResponse,
    /// Medical path and why.
    pub route: RouteResponse,
    /// Guarantees with their price, benefit and end.
    pub guarantees: Vec<GuaranteeResponse>,
    /// What is not covered for this person.
    #[serde(default)]
    pub exclusions: Vec<ExclusionResponse>,
    /// This person on each loan.
    pub loans: Vec<InsuredLoanResponse>,
    /// Answer to the lender's criteria, when they were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equivalence: Option<EquivalenceResponse>,
    /// Month by month, on request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Vec<PremiumRow>>,
}

/// Something that is not covered (*exclusion*).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExclusionResponse {
    /// Stable code.
    pub code: String,
    /// Why.
    pub category: ExclusionCategory,
    /// The guarantees that it limits.
    pub guarantees: Vec<Guarantee>,
    /// As printed in the conditions (French).
    pub wording: String,
}

/// One person on one loan; rates are those of that loan alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct InsuredLoanResponse {
    /// `ref` of the loan.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Share covered at the start, in percent.
    pub percent: u8,
    /// Costs.
    #[serde(flatten)]
    pub costs: CostsResponse,
    /// Price of the first whole month, guarantee by guarantee.
    pub guarantees: Vec<GuaranteePriceResponse>,
}

/// Price of one guarantee on one loan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GuaranteePriceResponse {
    /// Trade code.
    pub code: Guarantee,
    /// Price of the first whole month.
    pub first_month_cents: i64,
}

/// The medical path of one person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RouteResponse {
    /// Whether the person can be insured online.
    pub eligible: bool,
    /// `P1` no medical question, `P2` short declaration, `P3` full questionnaire; none when not
    /// eligible.
    pub path: Option<String>,
    /// Why, by stable codes.
    pub reasons: Vec<String>,
    /// Insured share of all outstanding credits, for the test of art. L113-2-1 C. ass.
    pub cumulated_cents: i64,
    /// Age at the first day of cover.
    pub age_at_effect: i32,
    /// Age at the last repayment.
    pub age_at_end: i32,
}

/// One guarantee of one person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GuaranteeResponse {
    /// Trade code.
    pub code: Guarantee,
    /// Price of the first whole month, all loans together.
    pub first_month_cents: i64,
    /// Total price, all loans together.
    pub total_cents: i64,
    /// What is paid, in one sentence (French).
    pub benefit: String,
    /// First day without this cover: end of the last loan or birthday.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = Date)]
    pub end_date: Date,
}

/// One loan with all its insurance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LoanResponse {
    /// `ref` of the request.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Most frequent instalment, insurance excluded.
    pub instalment_cents: i64,
    /// Last instalment, which settles the balance.
    pub last_instalment_cents: i64,
    /// Interest over the whole loan.
    pub interest_cents: i64,
    /// Last due date.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = Date)]
    pub end_date: Date,
    /// Costs of all persons on this loan; rates are those of this loan alone.
    #[serde(flatten)]
    pub costs: CostsResponse,
    /// Month by month, on request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Vec<LoanRow>>,
}

/// All persons on all loans.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProjectResponse {
    /// Always `project`.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Costs.
    #[serde(flatten)]
    pub costs: CostsResponse,
    /// Tax inside the premium of the first month (*TSCA*).
    pub first_month_tax_cents: i64,
    /// First amount collected, with the fractionation asked.
    pub first_collection_cents: i64,
    /// Below this amount a collection is carried to the next one; absent of quotes made before it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smallest_collection_cents: Option<i64>,
    /// Last day of the last loan.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = Date)]
    pub end_date: Date,
    /// Month by month, on request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Vec<ProjectRow>>,
}

/// Comparison with the bank's contract; positive amounts are saved with Assurly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SavingResponse {
    /// Saved over the whole loan.
    pub total_cents: i64,
    /// Saved over the first eight years.
    pub total_8y_cents: i64,
    /// The bank's contract, with the same measures.
    pub bank: CostsResponse,
    /// Assurly's, repeated here side by side.
    pub assurly: CostsResponse,
}

/// Something to know before going on; not an error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WarningResponse {
    /// Stable code.
    pub code: String,
    /// JSON pointer into the request.
    pub pointer: String,
    /// In words (French).
    pub detail: String,
}

/// Answer to the lender's list of criteria.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EquivalenceResponse {
    /// Whether the lender has no lawful reason to refuse (art. L313-30 C. conso.).
    pub equivalent: bool,
    /// Criterion by criterion.
    pub criteria: Vec<CriterionResponse>,
}

/// Answer to one criterion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CriterionResponse {
    /// Stable code: `CCSF_01` to `CCSF_18`, `QUOTITE`, `PERTE_EMPLOI`.
    pub code: String,
    /// `ok`, `ko` or `not_required`.
    pub status: String,
    /// In words (French).
    pub detail: String,
}

/// One month of one loan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LoanRow {
    /// Number of the instalment, from 1.
    pub month: u32,
    /// Due date.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = Date)]
    pub due_date: Date,
    /// Instalment, insurance excluded.
    pub instalment_cents: i64,
    /// Interest in it.
    pub interest_cents: i64,
    /// Capital in it.
    pub principal_cents: i64,
    /// Balance after it (*capital restant dû*).
    pub outstanding_cents: i64,
    /// Premiums of all persons on this loan.
    pub premium_cents: i64,
}

/// One month of one person's premium.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PremiumRow {
    /// Number of the month, from 1.
    pub month: u32,
    /// Due date.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = Date)]
    pub due_date: Date,
    /// Premium, all loans together.
    pub premium_cents: i64,
}

/// One month of the project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProjectRow {
    /// Number of the month, from 1.
    pub month: u32,
    /// First due date of the month.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = Date)]
    pub due_date: Date,
    /// Instalments of all loans, insurance excluded.
    pub instalment_cents: i64,
    /// Premiums of all persons.
    pub premium_cents: i64,
    /// Balance of all loans.
    pub outstanding_cents: i64,
}

/// A quote kept under its number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QuoteResponse {
    /// Identifier, `quo_…`: whoever holds it can read the quote.
    pub id: String,
    /// Number for people, with a check digit: `AS-2026-0001234-5`.
    pub number: String,
    /// Path of the quote's page.
    pub page: String,
    /// When it was made, RFC 3339 in UTC.
    pub created_at: String,
    /// First moment at which it can no longer be accepted, RFC 3339 in UTC.
    pub expires_at: String,
    /// `valid` or `expired`.
    pub status: String,
    /// Quote that this one was copied from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copied_from: Option<String>,
    /// What was asked.
    pub request: super::SimulationRequest,
    /// What was answered, never computed again.
    pub result: SimulationResponse,
}

impl QuoteResponse {
    /// What is owed when cover begins, all loans together.
    pub fn owed_at_start(&self) -> Cents {
        let loans = self.request.loans.iter().zip(&self.result.loans);
        Cents::new(loans.map(|(loan, priced)| priced.balance(loan, self.request.effect_date)).sum())
    }
}

impl LoanResponse {
    /// Balance on a day of the loan that was asked for; what is released later is not owed yet.
    pub fn balance(&self, asked: &LoanRequest, day: Date) -> i64 {
        let rows = self.schedule.as_deref().unwrap_or_default();
        if let Some(row) = rows.iter().rev().find(|row| row.due_date <= day) {
            return row.outstanding_cents;
        }
        if asked.release_date > day {
            return 0;
        }
        let later = asked.later_drawdowns.iter().flatten().filter(|part| part.date > day);
        asked.capital_cents - later.map(|part| part.amount_cents).sum::<i64>()
    }
}
