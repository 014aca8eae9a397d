//! What a contract is made of.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::payers::Payer;
use crate::domain::dossier::State;
use crate::kernel::french;
use crate::kernel::id::{Id, Sort, check_digit};
use crate::slices::dossiers::DossierId;

/// Names the identifiers of contracts.
pub struct OfContract;

impl Sort for OfContract {
    const PREFIX: &'static str = "ctr";
}

/// Identifier of a contract, `ctr_…`.
pub type ContractId = Id<OfContract>;

/// The place of who subscribes: the account and the contract are theirs.
pub(super) const OWNER: u8 = 1;

/// The number of a contract and its future identifier, reserved before the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reserved {
    pub(super) sequence: u64,
    pub(super) id: ContractId,
    pub(super) at: Timestamp,
}

impl Reserved {
    /// The number for people: `CT-2026-0000042-7`.
    pub(super) fn number(&self) -> String {
        let year = self.at.strftime("%Y").to_string();
        let check = check_digit(&format!("{year}{:07}", self.sequence)).unwrap_or_default();
        format!("CT-{year}-{:07}-{check}", self.sequence)
    }

    /// Reference of the mandate of who subscribes (*RUM*), 35 characters at most.
    pub(super) fn rum(&self) -> String {
        self.rum_of(1)
    }

    /// The same of the mandate of this number: another debtor has another one.
    pub(super) fn rum_of(&self, number: u32) -> String {
        format!("ASL{}-{number}", self.number().trim_start_matches("CT"))
    }
}

/// The account that is debited.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Account {
    pub(super) holder: String,
    /// In capitals, without spaces.
    pub(super) iban: String,
}

impl Account {
    /// Whether its holder has one of these names, however their bank writes it.
    pub(super) fn is_of(&self, names: &[String]) -> bool {
        names.iter().any(|name| french::same_name(name, &self.holder))
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Account(…)")
    }
}

/// A SEPA mandate.
#[derive(Clone, Debug)]
pub(super) struct Mandate {
    pub(super) rum: String,
    pub(super) account: Account,
    /// Day of the month: 5, 10 or 15.
    pub(super) day: u8,
    /// Mark of the account as it is kept: another one at every saving, even of the same account. Of another
    /// payer: another one with another person or day.
    pub(super) mark: [u8; 32],
    /// Who was asked for it, when the account is somebody else's.
    pub(super) payer: Option<Payer>,
}

impl Mandate {
    /// Whether somebody may be debited by it for what this quote costs, once everybody has signed.
    pub(super) fn is_given(&self, quote: Uuid) -> bool {
        self.payer.as_ref().is_none_or(|payer| payer.has_given(quote))
    }
}

/// A person as signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Party {
    pub(super) insured: Uuid,
    /// In law: of birth, and the one in use when it is another.
    pub(super) name: String,
    /// Every name of theirs, the one in use first; empty in contracts of before, whose name is the one in use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) names: Vec<String>,
    pub(super) lines: Vec<String>,
    pub(super) city: String,
    pub(super) email: Option<String>,
}

impl Party {
    /// As pages and letters call them.
    pub(super) fn called(&self) -> &str {
        self.names.first().unwrap_or(&self.name)
    }

    /// Whether an account is theirs.
    pub(super) fn holds(&self, account: &Account) -> bool {
        account.is_of(&self.names) || account.is_of(std::slice::from_ref(&self.name))
    }
}

/// What the contract says beside its quote and its schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Content {
    pub(super) persons: Vec<Party>,
    pub(super) lender: String,
    /// A running loan: its insurance is replaced.
    pub(super) is_substitution: bool,
    /// Empty when the account is somebody else's.
    pub(super) masked_iban: String,
    pub(super) day: u8,
    pub(super) rum: String,
    /// Whose account it is, when they are not insured: their name is all that is shown of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) payer: Option<String>,
    /// Below this amount a debit is carried to the next one, as the quote said it; none in contracts of before, each
    /// premium of which is a debit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) smallest_debit_cents: Option<i64>,
}

impl Content {
    /// The account, as customers are shown it: masked, or as somebody's.
    pub(super) fn account(&self) -> String {
        match &self.payer {
            Some(name) => format!("compte de {name}"),
            None => self.masked_iban.clone(),
        }
    }
}

/// Whether it is known who is insured and who pays (LCB-FT, art. L561-5 CMF). No cover begins before it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identified {
    /// Somebody must look.
    Pending,
    /// It is known.
    Verified,
    /// It could not be verified; it may still be.
    Refused,
}

impl Identified {
    const ALL: [Self; 3] = [Self::Pending, Self::Verified, Self::Refused];

    /// As it is stored.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Verified => "ok",
            Self::Refused => "rejected",
        }
    }

    pub(super) fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// As programs read it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Verified => "verified",
            Self::Refused => "refused",
        }
    }
}

/// A contract.
#[derive(Clone, Debug)]
pub struct Contract {
    /// Identifier.
    pub id: ContractId,
    /// Its dossier, whose state is the contract's.
    pub dossier: DossierId,
    /// Number for people.
    pub number: String,
    pub(super) ceremony: Uuid,
    pub(super) content: Content,
    /// First day of cover.
    pub effect_on: Date,
    /// When everybody had signed.
    pub concluded_at: Timestamp,
    /// Last day of the right to renounce.
    pub withdraw_until: Date,
    /// Where the verification of identities is (LCB-FT).
    pub identity: Identified,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How: [`WITHDRAWN`], [`REPLACED`].
    pub end_reason: Option<String>,
}

/// It was renounced (art. L132-5-1 C. ass.).
pub(super) const WITHDRAWN: &str = "renonciation";

/// Its lender refused it, and another one with other guarantees was signed in its place.
pub(super) const REPLACED: &str = "remplacement";

impl Contract {
    /// Where it stands, for people: a contract in whose place there is another is not «résilié».
    pub(super) fn label(&self, state: State) -> &'static str {
        if self.end_reason.as_deref() == Some(REPLACED) { "Remplacé" } else { state.label() }
    }
}

/// One premium of the schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Premium {
    /// Number of the month, from 1.
    pub month: u32,
    /// Day on which it is debited.
    pub due_on: Date,
    /// Amount.
    pub premium_cents: i64,
    /// What is left of the loans after the month.
    pub outstanding_cents: i64,
}

/// A debit: one premium, or several of which the first were too small to be debited alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Due {
    /// Number of the last month that it pays.
    pub(super) month: u32,
    /// Day of the schedule on which it is debited.
    pub(super) due_on: Date,
    pub(super) amount_cents: i64,
    /// How many premiums it pays.
    pub(super) premiums: u32,
}

/// A premium that is due soon.
#[derive(Clone, Copy, Debug)]
pub(super) struct Coming {
    pub(super) contract: ContractId,
    pub(super) dossier: DossierId,
    /// As in the schedule.
    pub(super) month: u32,
    pub(super) due_on: Date,
}

impl Coming {
    /// The place before all that are due on this day or later.
    pub(super) fn before(day: Date) -> Self {
        Self {
            contract: ContractId::from_uuid(Uuid::max()),
            dossier: DossierId::from_uuid(Uuid::max()),
            month: u32::MAX,
            due_on: day.yesterday().unwrap_or(day),
        }
    }
}

/// What is asked of the lender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BankRequest {
    pub(super) version: u32,
    /// `draft`, `sent`, `received`, `late`, `accepted` or `refused`.
    pub state: String,
    /// Where the lender is written to.
    pub agency: String,
    /// Number of the loan.
    pub loan_number: String,
    /// Number of the insurance that is replaced; may be empty.
    pub old_contract: String,
    /// When the demand was dated; none for a new loan, or when it was before this was written down.
    pub asked_at: Option<Timestamp>,
    /// Which demand it is, from 1: one that was corrected has another letter.
    pub(super) demand_no: u32,
    /// Day on which the new insurance takes over.
    pub effect_on: Date,
    /// Day on which the lender had it.
    pub received_on: Option<Date>,
    /// Last day for its answer.
    pub answer_due: Option<Date>,
    /// Day of its answer.
    pub answered_on: Option<Date>,
    /// Day on which it sent the demand back as incomplete, while that stands.
    pub(super) sent_back_on: Option<Date>,
    /// Why it refused, or sent the demand back: a code of `refusals`.
    pub reason_code: String,
    /// The same in the lender's words.
    pub reason: String,
}

impl BankRequest {
    /// The first day of cover that holds: not before the day that was signed, nor before the one that was asked of the
    /// lender.
    pub(super) fn cover_from(&self, contract: &Contract) -> Date {
        self.effect_on.max(contract.effect_on)
    }

    /// Whether the demand is dated: there is a letter.
    pub(super) fn is_asked(&self) -> bool {
        self.state != "draft"
    }

    /// Whether the lender has answered, which stands.
    pub(super) fn is_answered(&self) -> bool {
        matches!(self.state.as_str(), "accepted" | "refused")
    }

    /// Whether the lender refuses, as long as it does not take that back.
    pub(super) fn is_refused(&self) -> bool {
        self.state == "refused"
    }

    /// Whether the lender has sent the demand back as incomplete: its days have not begun.
    pub(super) fn is_sent_back(&self) -> bool {
        !self.is_answered() && !self.reason_code.is_empty()
    }
}

/// An end that was asked for.
#[derive(Clone, Debug)]
pub(super) struct EndAsked {
    pub(super) wanted_on: Date,
    pub(super) asked_at: Timestamp,
    /// A code of `leaving::REASONS`.
    pub(super) reason: String,
}
