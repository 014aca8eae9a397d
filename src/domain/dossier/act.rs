//! What can be done to a dossier.

use std::fmt;

/// Gives the acts their codes and their sentences.
macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $sentence:literal;)+) => {
        /// An act: something that moves a dossier from one state to another.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Act {
            $($(#[$doc])* $name,)+
        }

        impl Act {
            /// Every act, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// What it is for, and what its use-case makes sure of.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence),+ }
            }
        }
    };
}

acts! {
    /// Row 2 of the reference.
    KeepQuote = "keep_quote", "The quote is numbered and frozen, the information sheet (FSI) given to each insured.";
    /// Row 3.
    Disqualify = "disqualify", "Somebody cannot be insured online (row R0 of the routing).";
    /// Rows 4 and 14.
    Expire = "expire", "The deadline of the quote or of the offer has passed.";
    /// Row 5.
    Apply = "apply", "Contact given, loans complete, needs recorded (devoir de conseil).";
    /// Row 6, paths P2 and P3.
    AskHealth = "ask_health", "The path asks somebody about their health; each consents for themselves.";
    /// Row 6, path P1.
    SkipHealth = "skip_health", "The law protects everybody (art. L113-2-1 C. ass.): no health question.";
    /// Row 7.
    ChangeFacts = "change_facts", "A fact changes: the path is computed again, an automatic acceptance is void.";
    /// Row 8.
    CompleteHealth = "complete_health", "Every insured has answered.";
    /// Row 9.
    MakeOffer = "make_offer", "Every insured is accepted, or accepted the conditions.";
    /// Row 10.
    Postpone = "postpone", "The decision is put off to a date; the file is kept.";
    /// Row 10.
    Decline = "decline", "Declined after every level of AERAS, with its written reason.";
    /// Row 11.
    ApplyAgain = "apply_again", "The delay is over: a new declaration.";
    /// Row 12.
    BeginSignature = "begin_signature", "The documents are generated and were given.";
    /// Row 13.
    Conclude = "conclude", "Everybody has signed, the mandate too; the identity was not rejected.";
    /// Row 15.
    NotifyBank = "notify_bank", "The certificate and the schedule are with the customer for the lender, or the request is dated.";
    /// Row 16.
    EnterIntoForce = "enter_into_force", "The lender has accepted, the effect date is reached, the identity is verified.";
    /// Row 17.
    RecordBankRefusal = "record_bank_refusal", "The lender refuses, with its reasons (art. L313-30 C. conso.).";
    /// Row 17: the refusal was contested (art. L313-30 C. conso.), or never was.
    ResumeBank = "resume_bank", "The lender takes its refusal back, or it was written down by mistake.";
    /// Row 17.
    AmendForBank = "amend_for_bank", "Another contract, with the guarantees that the lender asks for, is concluded in its place.";
    /// Row 18.
    Withdraw = "withdraw", "Renounced within thirty days: everything is paid back.";
    /// Row 19.
    BeginAmendment = "begin_amendment", "An amendment is asked for.";
    /// Row 19.
    SignAmendment = "sign_amendment", "The amendment is signed: a new version of the schedule from its date.";
    /// Row 19.
    DropAmendment = "drop_amendment", "The amendment is given up.";
    /// Row 21.
    Suspend = "suspend", "Thirty days after the formal notice, disability cover is suspended (art. L113-3 C. ass.).";
    /// Row 21.
    Reinstate = "reinstate", "Everything due is paid: cover is back the next day at noon.";
    /// Rows 21 and 22.
    Terminate = "terminate", "Substitution, loan repaid, last cover ended, death, non-payment or nullity.";
    /// Row 23.
    Abandon = "abandon", "Ninety days without anything happening.";
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
