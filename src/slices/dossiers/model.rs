//! What a dossier is made of. The price and what is insured are a quote; answers about health are in
//! another slice, and only how far they have come is said here.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::lending::LoanNumbers;
pub use super::person::Person;
use super::settings::{DossiersSettings, days};
use crate::domain::dossier::State;
use crate::kernel::access::codes;
use crate::kernel::id::{Id, Sort, check_digit};
use crate::platform::access::Party;
use crate::slices::quotes::wire::{QuoteResponse, RouteResponse};

/// Names the identifiers of dossiers.
pub struct OfDossier;

impl Sort for OfDossier {
    const PREFIX: &'static str = "dos";
}

/// Identifier of a dossier, `dos_…`.
pub type DossierId = Id<OfDossier>;

/// What the lender's loan is for and which pages are done, beside the quote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Answers {
    /// The lender's name, as on the loan's offer.
    pub lender: Option<String>,
    /// The page of the loan is done.
    pub loan_done: bool,
    /// The loans' numbers.
    pub loans: LoanNumbers,
    /// The only loan was taken out: the quote is of one that is not asked for any more.
    pub without_loan: bool,
    /// The page of the guarantees is done.
    pub guarantees_done: bool,
    /// Both fill in the dossier on this telephone.
    pub together: bool,
    /// Monthly price before and after, to be told once on the next page.
    pub notice: Option<Notice>,
    /// What time has changed of the offer, told until the next change.
    pub renewal: Option<Renewal>,
    /// What is to be done once more because the documents changed, told until they are received again.
    pub anew: Option<Anew>,
    /// Declarations of health whose time was over are asked for again, told until the next change.
    pub again: Option<Again>,
    /// The documents were received and can be kept (recap).
    pub documents_received_at: Option<String>,
    /// The signed contract that this dossier is to replace, which its lender refused.
    pub amends: Option<Amends>,
    /// The dossier that is to replace this one's contract.
    pub amended_by: Option<Uuid>,
    /// Days of each page that was last saved, for the foot of the page.
    pub saved_at: Option<String>,
}

/// A contract that a lender refused, for the dossier that asks for other guarantees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Amends {
    /// Its dossier.
    pub dossier: Uuid,
    /// Its number.
    pub contract: String,
    /// Why the lender refused, in words of our list.
    pub why: String,
}

/// A price that moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Notice {
    /// First month before.
    pub before_cents: i64,
    /// First month now.
    pub now_cents: i64,
    /// The whole cost before and now, when the first month says nothing of it.
    #[serde(default)]
    pub total: Option<[i64; 2]>,
    /// What moved it.
    pub why: Why,
    /// Somebody has fewer guarantees now, for their age or because they are retired.
    #[serde(default)]
    pub is_limited: bool,
    /// What is left to repay when cover begins, before and now, when the loan moved it by more than 1 %.
    #[serde(default)]
    pub balance: Option<[i64; 2]>,
}

/// An offer that time has put on another quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Renewal {
    /// First month before.
    pub before_cents: i64,
    /// First month now.
    pub now_cents: i64,
    /// The first day of cover now, when the one before had come; none when only the quote had run out.
    pub begins: Option<jiff::civil::Date>,
    /// Signing had begun: what was signed counts no more.
    pub is_void: bool,
    /// Somebody is not paid for any more when they cannot work.
    pub is_limited: bool,
}

/// What another set of documents asks for once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Anew {
    /// To be read.
    Reading,
    /// To be read, and signed: somebody had begun to.
    Signature,
}

/// Declarations that are asked for again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Again {
    /// Signing had begun: what was signed counts no more.
    pub is_void: bool,
}

/// What moved a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Why {
    /// Work or sports.
    Work,
    /// The loan.
    Loan,
    /// Another loan, or one less.
    Loans,
    /// Guarantees.
    Guarantees,
}

/// Where somebody's health formalities stand. Never what was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Health {
    /// Nothing is asked: the law protects the person.
    None,
    /// Questions are to be answered.
    Asked,
    /// The short declaration was given and says all.
    Answered,
    /// More questions follow.
    Questionnaire,
}

codes!(Health { None = "none", Asked = "asked", Answered = "answered", Questionnaire = "questionnaire" });

impl Health {
    /// Where it stands for a path, before anything was answered.
    pub(super) fn of_path(path: &str) -> Self {
        match path {
            "P1" | "REUSED" => Self::None,
            "P2" => Self::Asked,
            _ => Self::Questionnaire,
        }
    }
}

/// What was decided for one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// At the price of the quote.
    AcceptStandard,
    /// With loadings or exclusions, which the person accepted.
    AcceptModified,
    /// Without some guarantees.
    AcceptPartial,
    /// Put off.
    Postponed,
    /// Documents are awaited.
    PendingEvidence,
    /// A person studies it.
    Referred,
    /// Refused after every level of AERAS.
    Declined,
}

codes!(Decision {
    AcceptStandard = "accept_standard",
    AcceptModified = "accept_modified",
    AcceptPartial = "accept_partial",
    Postponed = "postponed",
    PendingEvidence = "pending_evidence",
    Referred = "referred",
    Declined = "declined",
});

impl Decision {
    /// Whether the person can be insured on it.
    pub const fn is_acceptance(self) -> bool {
        matches!(self, Self::AcceptStandard | Self::AcceptModified | Self::AcceptPartial)
    }
}

/// One person to insure.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Insured {
    /// Identifier.
    pub id: Uuid,
    /// From 1, as in the quote.
    pub place: u8,
    /// Address of e-mail.
    pub email: Option<String>,
    /// Mobile number, E.164.
    pub mobile: Option<String>,
    /// When the address was proven.
    pub email_proven_at: Option<Timestamp>,
    /// When the number was proven.
    pub mobile_proven_at: Option<Timestamp>,
    /// Who they are.
    pub person: Person,
    /// P1, P2 or P3.
    pub path: String,
    /// Why.
    pub reason: String,
    /// How far health is.
    pub health: Health,
    /// What was decided.
    pub decision: Option<Decision>,
    /// When.
    pub decided_at: Option<Timestamp>,
}

impl Insured {
    /// Somebody of whom nothing is known yet but their place and the path of their price.
    pub(super) fn new(id: Uuid, place: u8, route: &RouteResponse) -> Self {
        let mut one = Self {
            id,
            place,
            email: None,
            mobile: None,
            email_proven_at: None,
            mobile_proven_at: None,
            person: Person::default(),
            path: String::new(),
            reason: String::new(),
            health: Health::None,
            decision: None,
            decided_at: None,
        };
        one.follow(route);
        one.health = Health::of_path(&one.path);
        one
    }

    /// Puts the path of a quote's answer on the person.
    pub(super) fn follow(&mut self, route: &RouteResponse) {
        self.path = route.path.clone().unwrap_or_default();
        self.reason = route.reasons.first().cloned().unwrap_or_default();
    }

    /// How the person is called on pages that others read.
    pub(super) fn called(&self) -> String {
        match (&self.person.given_name, self.place) {
            (Some(name), _) => name.clone(),
            (None, 1) => "la première personne".to_owned(),
            (None, _) => "la deuxième personne".to_owned(),
        }
    }

    /// Whether the law protects them from questions about health (path P1, art. L113-2-1 C. ass.).
    pub(super) fn is_protected(&self) -> bool {
        self.health == Health::None && self.path == "P1"
    }

    /// Whether nothing of theirs is missing before the decision.
    pub(super) fn is_described(&self) -> bool {
        self.person.is_named() && self.person.is_housed() && self.person.work_done
    }
}

/// A dossier.
#[derive(Clone)]
pub(super) struct Dossier {
    /// Identifier.
    pub id: DossierId,
    /// Place among all.
    pub sequence: u64,
    /// Grows with every write.
    pub version: u32,
    /// Where it stands.
    pub state: State,
    /// Its quote.
    pub quote_id: Uuid,
    /// What the quote does not say.
    pub answers: Answers,
    /// Whose it is for the API.
    pub owner: Option<Vec<u8>>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// Last act of a person.
    pub touched_at: Timestamp,
    /// Until when the offer may be signed.
    pub offered_until: Option<Timestamp>,
    /// The persons, by place.
    pub insured: Vec<Insured>,
}

impl Dossier {
    /// The number for people.
    pub(super) fn number(&self) -> String {
        number(self.created_at, self.sequence)
    }

    /// The person of this identifier.
    pub(super) fn person(&self, insured: Uuid) -> Option<&Insured> {
        self.insured.iter().find(|one| one.id == insured)
    }

    /// The place of a loan in this quote of the dossier, by its number.
    pub(super) fn loan_at(&self, number: u8, quote: &QuoteResponse) -> Option<usize> {
        let numbers = self.answers.loans.of(quote.request.loans.len());
        numbers.iter().position(|known| *known == number)
    }

    /// The person at this place, from 1.
    pub(super) fn at(&self, place: u8) -> Option<&Insured> {
        self.insured.iter().find(|one| one.place == place)
    }

    /// Until when it is kept if nobody touches it any more: the sweep ends nothing before.
    pub(super) fn kept_until(&self, settings: &DossiersSettings) -> Timestamp {
        let idle = match self.state {
            State::Quote => settings.kept_days,
            State::Postponed => settings.postponed_days,
            _ => settings.abandoned_days,
        };
        let offered = self.offered_until.filter(|_| self.state.is_offered());
        offered.unwrap_or(self.touched_at + days(idle))
    }
}

/// The number for people: `DO-2026-0001234-6`.
pub(super) fn number(created_at: Timestamp, sequence: u64) -> String {
    let year = created_at.strftime("%Y").to_string();
    let check = check_digit(&format!("{year}{sequence:07}")).unwrap_or_default();
    format!("DO-{year}-{sequence:07}-{check}")
}

/// Who does something to a dossier, for the event.
#[derive(Clone, Copy, Debug)]
pub(super) struct By {
    /// In which role.
    pub role: crate::domain::dossier::Role,
    /// The insured person.
    pub insured: Option<Uuid>,
    /// The holder of a token.
    pub party: Option<Party>,
}

impl By {
    /// The program itself.
    pub(super) const fn system() -> Self {
        Self { role: crate::domain::dossier::Role::System, insured: None, party: None }
    }

    /// One of the insured, in this role.
    pub(super) const fn person(role: crate::domain::dossier::Role, insured: Uuid) -> Self {
        Self { role, insured: Some(insured), party: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: DossiersSettings = DossiersSettings {
        kept_days: 30,
        reminder_days: 3,
        abandoned_days: 90,
        postponed_days: 730,
        forgotten_days: 1095,
        refusal_proof_days: 1826,
        offer_days: 30,
        medical_offer_days: 120,
        invitation_days: 14,
        session_minutes: 30,
        codes_per_number: 6,
        codes_per_network: 60,
        codes_in_all: 3000,
    };

    #[test]
    fn each_state_is_kept_until_the_sweep_would_end_it() {
        let touched_at = Timestamp::UNIX_EPOCH;
        let mut dossier = Dossier {
            id: DossierId::from_uuid(Uuid::nil()),
            sequence: 1,
            version: 1,
            state: State::Quote,
            quote_id: Uuid::nil(),
            answers: Answers::default(),
            owner: None,
            created_at: touched_at,
            touched_at,
            // An offer that was taken back says nothing.
            offered_until: Some(touched_at + days(120)),
            insured: Vec::new(),
        };
        for (state, count) in [
            (State::Quote, 30),
            (State::Application, 90),
            (State::Medical, 90),
            (State::Decision, 90),
            (State::Offer, 120),
            (State::Signature, 120),
            (State::Postponed, 730),
        ] {
            dossier.state = state;
            assert_eq!(dossier.kept_until(&SETTINGS), touched_at + days(count), "{state:?}");
        }
    }
}
