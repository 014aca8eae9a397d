//! What is asked: `POST /v1/simulations`, `POST /v1/quotes`, `assurly simulate`.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::guarantee::{ExclusionCategory, Guarantee, Pack};
use crate::domain::loan::{LoanKind, Purpose, Usage};
use crate::domain::person::{
    ManualWork, Occupation, Sport, SportLevel, SportTreatment, WorkHazard,
};
use crate::domain::tariff::{Basis, Fractionation};
use crate::kernel::calendar::iso;

/// A project to price: its loans, the persons to insure, and what they want.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SimulationRequest {
    /// First day of cover.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = Date, example = "2026-06-05")]
    pub effect_date: Date,
    /// What the project finances.
    pub purpose: Purpose,
    /// Use of the property; follows from the purpose when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// 1 to 6 loans.
    pub loans: Vec<LoanRequest>,
    /// 1 to 4 persons.
    pub insured: Vec<InsuredRequest>,
    /// What is chosen; every field has a default.
    #[serde(default)]
    pub options: OptionsRequest,
    /// The bank's contract to compare with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank_offer: Option<BankOfferRequest>,
    /// What the lender requires, from its *fiche personnalisée*.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lender: Option<LenderRequest>,
}

impl SimulationRequest {
    /// Whether a loan is already being repaid when cover begins, as far as we were told.
    pub fn is_running(&self) -> bool {
        self.loans.iter().any(|loan| loan.release_date < self.effect_date)
    }

    /// Whether it holds what was decided after a study of somebody's health.
    pub fn is_decided(&self) -> bool {
        self.insured.iter().any(|one| one.conditions.is_some() || !one.loadings.is_empty())
    }

    /// Whether it may be read outside its dossier, by its author or else by a link: of several persons nobody reads
    /// there what somebody's health led to; of one, nobody but themselves.
    pub fn is_for(&self, is_author: bool) -> bool {
        !self.is_decided() || (is_author && self.insured.len() == 1)
    }

    /// The same as it was asked, before anybody's health was studied.
    #[must_use]
    pub fn as_asked(mut self) -> Self {
        self.insured.iter_mut().for_each(|person| person.conditions = None);
        self
    }
}

/// One loan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoanRequest {
    /// Name of the loan inside this document, 1 to 40 characters.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Kind of loan.
    pub kind: LoanKind,
    /// Capital lent.
    #[schema(example = 20_000_000)]
    pub capital_cents: i64,
    /// Term in months, deferral included.
    #[schema(example = 240)]
    pub months: u32,
    /// Nominal annual rate in percent, at most 3 decimals.
    #[schema(example = "3.30")]
    pub nominal_rate: String,
    /// Day on which the funds are released.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = Date)]
    pub release_date: Date,
    /// Parts of the capital released later, for a home paid as it is built (*VEFA*).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub later_drawdowns: Option<Vec<DrawdownRequest>>,
    /// First due date; one month after the release when absent.
    #[serde(default, with = "iso::option", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub first_due_date: Option<Date>,
    /// Fees of the lender kept at the release.
    #[serde(default)]
    pub lender_fees_cents: i64,
    /// Account fee added to each instalment.
    #[serde(default)]
    pub account_fee_cents: i64,
    /// Months of deferral, for `differe_partiel`, `differe_total` and `ptz`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferral_months: Option<u32>,
    /// Steps, for `paliers`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<StepRequest>>,
    /// Interest added to the capital until the end, for `relais`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capitalised_interest: Option<bool>,
    /// Repayments before term, in the order of their months.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early_repayments: Option<Vec<EarlyRepaymentRequest>>,
    /// The lender's own schedule: replaces the computed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Vec<ImportedRow>>,
}

/// A part of the capital released after the first (*appel de fonds*).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DrawdownRequest {
    /// Day, after the first release and before the first due date.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// Amount; all parts together stay below the capital.
    pub amount_cents: i64,
}

/// One step of a loan by steps: a weight, or an instalment; the last instalment is solved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepRequest {
    /// Months of the step.
    pub months: u32,
    /// Weight of the step's instalment relative to the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "0.8")]
    pub weight: Option<String>,
    /// Instalment of the step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instalment_cents: Option<i64>,
}

/// A repayment before term (*remboursement anticipé*).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EarlyRepaymentRequest {
    /// Month after whose instalment the amount is paid.
    pub after_month: u32,
    /// Amount repaid.
    pub amount_cents: i64,
    /// What stays as it was.
    pub keep: Keep,
}

/// What an early repayment leaves unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// The term: the instalment falls.
    Term,
    /// The instalment: the term shortens.
    Instalment,
}

/// One row of a lender's schedule (*tableau d'amortissement*).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportedRow {
    /// Due date.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = Date)]
    pub due_date: Date,
    /// Interest of the row.
    pub interest_cents: i64,
    /// Capital repaid by the row; negative while interest is capitalised.
    pub principal_cents: i64,
}

/// One person to insure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InsuredRequest {
    /// Name of the person inside this document, 1 to 40 characters.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Birth date.
    #[serde(with = "iso")]
    #[schema(value_type = String, format = Date, example = "1990-09-15")]
    pub birth_date: Date,
    /// Smoked or vaped in the last 24 months.
    pub smoker: bool,
    /// Professional status.
    pub occupation: Occupation,
    /// Manual work in the job.
    #[serde(default)]
    pub manual_work: ManualWork,
    /// Kilometres driven for the job in a year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub km_per_year: Option<u32>,
    /// Dangerous sides of the job.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub work_hazards: Vec<WorkHazard>,
    /// More than 90 days a year outside the EU, the EEA, the United Kingdom and Switzerland.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub long_stays_abroad: bool,
    /// Country of residence, ISO 3166-1 alpha-2; `FR` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "FR")]
    pub residence_country: Option<String>,
    /// Insured share of the person's other running home loans, all lenders together.
    #[serde(default)]
    pub other_insured_cents: i64,
    /// Shares of the loans to cover; several rows for one loan when the share changes.
    pub shares: Vec<ShareRequest>,
    /// Sports with a risk of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sports: Vec<SportRequest>,
    /// Loadings already decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub loadings: Vec<LoadingRequest>,
    /// What was decided after the person's health was studied and they accepted. Written by the house
    /// alone: no program and no form may say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    pub conditions: Option<ConditionsRequest>,
}

/// Conditions of acceptance (*conditions particulières d’acceptation*) of one person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ConditionsRequest {
    /// Supplements (*surprimes*).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub loadings: Vec<LoadingRequest>,
    /// What is not covered, each acknowledged by the person.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclusions: Vec<ExclusionRequest>,
    /// The guarantees sold, when fewer than those asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pack: Option<Pack>,
}

/// Something that a decision excludes, in the words that were acknowledged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExclusionRequest {
    /// Stable code.
    pub code: String,
    /// Why.
    pub category: ExclusionCategory,
    /// The guarantees that it limits.
    pub guarantees: Vec<Guarantee>,
    /// As printed in the conditions (French).
    pub wording: String,
}

/// The share of one loan to cover (*quotité*), from a date on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShareRequest {
    /// `ref` of the loan.
    pub loan: String,
    /// Whole percent, 1 to 100.
    #[schema(minimum = 1, maximum = 100, example = 100)]
    pub percent: u32,
    /// First day of this share; the first day of cover when absent.
    #[serde(default, with = "iso::option", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
}

/// A sport practised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SportRequest {
    /// Which sport.
    pub code: Sport,
    /// How it is practised.
    #[serde(default)]
    pub level: SportLevel,
    /// Covered for a loading, or excluded.
    #[serde(default)]
    pub treatment: SportTreatment,
}

/// A loading (*surprime*) on one guarantee: a percentage, or per mille of the outstanding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadingRequest {
    /// Guarantee loaded.
    pub guarantee: Guarantee,
    /// Percentage added to the price, 0 to 300.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "75")]
    pub percent: Option<String>,
    /// Thousandths of the outstanding added a year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "0.5")]
    pub per_mille: Option<String>,
    /// First day without the loading.
    #[serde(default, with = "iso::option", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<Date>,
}

/// What is chosen for all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OptionsRequest {
    /// Days of inability before the first payment (*franchise*): 30, 60 or 90.
    #[schema(example = 90)]
    pub franchise_days: u32,
    /// Guarantees bought together.
    pub pack: Pack,
    /// Back and psychiatric conditions covered without condition (*maladies non objectivables*).
    pub mno: bool,
    /// Basis of the premium.
    pub basis: Basis,
    /// How often premiums are collected.
    pub fractionation: Fractionation,
}

impl Default for OptionsRequest {
    fn default() -> Self {
        Self {
            franchise_days: 90,
            pack: Pack::Full,
            mno: true,
            basis: Basis::CrdAnnual,
            fractionation: Fractionation::Monthly,
        }
    }
}

/// The bank's contract: a rate on a basis, or an amount per month.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BankOfferRequest {
    /// What the price is counted on.
    pub basis: BankBasis,
    /// Annual rate in percent, for `initial` and `outstanding`; applied to the same shares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "0.34")]
    pub rate: Option<String>,
    /// Amount a month for the whole project, for `monthly`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly_cents: Option<i64>,
}

/// Basis of the bank's price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BankBasis {
    /// A rate on the initial capital.
    Initial,
    /// A rate on the outstanding balance of each month.
    Outstanding,
    /// The same amount every month.
    Monthly,
}

/// What the lender requires of any insurance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LenderRequest {
    /// CCSF criteria retained, at most 11 of the 18.
    #[serde(default)]
    pub criteria: Vec<CriterionRequest>,
    /// Smallest share to cover on each loan, in percent, all persons together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_share_percent: Option<u32>,
    /// Whether the lender requires cover against the loss of a job.
    #[serde(default)]
    pub requires_job_loss: bool,
}

/// One criterion of the CCSF list and the value required.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CriterionRequest {
    /// Number of the criterion, 1 to 18.
    pub number: u8,
    /// Value required: days for criterion 6, a code for 2, 10, 11, 12, 17 and 18; none elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}
