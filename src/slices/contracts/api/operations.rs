//! What the API does from the account to the contract, and who may: the customer whose account it is.

use crate::kernel::access::PoolKind;
use crate::platform::access::{Customer, Operation};

const READ: &str = "dossiers:lire";
const WRITE: &str = "dossiers:ecrire";

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident $id:literal $scope:ident;)+) => {
        $(
            $(#[$doc])*
            pub(super) struct $name;

            impl Operation for $name {
                const ID: &'static str = $id;
                const SCOPE: &'static str = $scope;
                const POOLS: &'static [PoolKind] = &[PoolKind::Clients];
                type Actor = Customer;
            }
        )+
    };
}

operations! {
    /// Says which account is debited.
    PutMandate "dossiers.mandate" WRITE;
    /// Says who is debited, and how far their mandate is.
    ShowMandate "dossiers.find_mandate" READ;
    /// Asks somebody who is not insured for the mandate.
    AskHolder "dossiers.ask_holder" WRITE;
    /// Sends them another link.
    RemindHolder "dossiers.remind_holder" WRITE;
    /// Asks them no more.
    WithdrawHolder "dossiers.withdraw_holder" WRITE;
    /// Says how far the signature is, and what is signed.
    ShowSignature "dossiers.signature" READ;
    /// Reads a document that is to be signed, or was.
    ReadPaper "dossiers.document" READ;
    /// Sends the code that signs.
    SendCode "dossiers.send_code" WRITE;
    /// Signs everything with one code.
    Sign "dossiers.sign" WRITE;
    /// Lists the caller's own contracts.
    ListContracts "contracts.list" READ;
    /// Opens one.
    FindContract "contracts.find" READ;
    /// Reads its schedule.
    ShowSchedule "contracts.schedule" READ;
    /// Lists its documents.
    ListPapers "contracts.documents" READ;
    /// Reads one of them.
    ReadContractPaper "contracts.document" READ;
    /// Says what is asked of the lender.
    ShowLender "contracts.lender" READ;
    /// Dates the demand of substitution.
    AskLender "contracts.ask_lender" WRITE;
    /// Has the demand sent to the lender.
    DeliverToLender "contracts.deliver_to_lender" WRITE;
    /// Says what the lender did.
    AnswerOfLender "contracts.answer_of_lender" WRITE;
    /// Begins the dossier in which other guarantees are chosen.
    AmendForLender "contracts.amend_for_lender" WRITE;
    /// Renounces.
    Withdraw "contracts.withdraw" WRITE;
    /// Says which end was asked for.
    ShowEnd "contracts.termination" READ;
    /// Asks for the end.
    AskEnd "contracts.ask_termination" WRITE;
}
