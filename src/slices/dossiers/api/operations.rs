//! What the API does with dossiers, and who may. `docs/access.md` says what each line means. A partner is
//! not here: they never see an answer about health, nor what follows from one.

use super::super::owning::Reader;
use crate::kernel::access::{Acr, PoolKind};
use crate::platform::access::{Customer, Operation};
use crate::slices::health::MedicalOfficer;

const READ: &str = "dossiers:lire";
const WRITE: &str = "dossiers:ecrire";
/// Health is asked for by itself, so that an application which only shows dossiers never has it.
const HEALTH: &str = "sante:ecrire";
const STUDY: &str = "sante:etudier";

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident $id:literal $scope:ident $actor:ident;)+) => {
        $(
            $(#[$doc])*
            pub(super) struct $name;

            impl Operation for $name {
                const ID: &'static str = $id;
                const SCOPE: &'static str = $scope;
                const POOLS: &'static [PoolKind] = pools!($actor);
                type Actor = $actor;
            }
        )+
    };
}

macro_rules! pools {
    (Customer) => {
        &[PoolKind::Clients]
    };
    (Reader) => {
        &[PoolKind::Clients, PoolKind::Gestion]
    };
}

operations! {
    /// Begins a dossier from a quote.
    Begin "dossiers.begin" WRITE Customer;
    /// Lists the caller's own.
    List "dossiers.list" READ Customer;
    /// Opens one.
    Find "dossiers.find" READ Reader;
    /// Says what was decided.
    ShowDecision "dossiers.decision" READ Customer;
    /// Says who somebody is.
    PutIdentity "dossiers.identity" WRITE Customer;
    /// Says where somebody lives.
    PutAddress "dossiers.address" WRITE Customer;
    /// Says what somebody does.
    PutWork "dossiers.work" WRITE Customer;
    /// Says what the loan is for and who lends.
    PutLoan "dossiers.loan" WRITE Customer;
    /// Says which loans there are.
    PutLoans "dossiers.loans" WRITE Customer;
    /// Chooses shares and the waiting period.
    PutGuarantees "dossiers.guarantees" WRITE Customer;
    /// Says that the documents were received.
    ReceiveDocuments "dossiers.receive_documents" WRITE Customer;
    /// Says how far the invitation of the other borrower is.
    ShowInvitation "dossiers.invitation" READ Customer;
    /// Invites the other borrower.
    Invite "dossiers.invite" WRITE Customer;
    /// Says how far one's own health is, and what one answered.
    ShowHealth "dossiers.health" HEALTH Customer;
    /// Gives one's short declaration.
    Declare "dossiers.declare" HEALTH Customer;
}

/// Reads somebody's declaration, for a reason that is written down.
pub(super) struct StudyHealth;

impl Operation for StudyHealth {
    const ID: &'static str = "dossiers.study_health";
    const SCOPE: &'static str = STUDY;
    const POOLS: &'static [PoolKind] = &[PoolKind::Gestion];
    const MIN_ACR: Acr = Acr::Mfa;
    type Actor = MedicalOfficer;
}
