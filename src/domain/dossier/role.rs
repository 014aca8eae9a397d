//! Who acts on a dossier.

use std::fmt;

/// A role in the life of a dossier. The bank is outside: its answer is recorded by somebody of ours or
/// by the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Nobody that we know yet.
    Prospect,
    /// The borrower who pays; their e-mail address is proven.
    Customer,
    /// One insured person (*assuré*), for their own part.
    Insured,
    /// A broker (*courtier*), for the dossiers that they brought. Never answers health questions.
    Partner,
    /// Our customer service (*conseiller*).
    Advisor,
    /// Who studies risks.
    Underwriter,
    /// The medical officer (*médecin-conseil*).
    Medical,
    /// Who settles claims.
    Claims,
    /// Who collects premiums.
    Billing,
    /// Who watches over the law.
    Compliance,
    /// A job of the program.
    System,
}

impl Role {
    /// Every role, in the order of the documentation.
    pub const ALL: [Self; 11] = [
        Self::Prospect,
        Self::Customer,
        Self::Insured,
        Self::Partner,
        Self::Advisor,
        Self::Underwriter,
        Self::Medical,
        Self::Claims,
        Self::Billing,
        Self::Compliance,
        Self::System,
    ];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Prospect => "prospect",
            Self::Customer => "customer",
            Self::Insured => "insured",
            Self::Partner => "partner",
            Self::Advisor => "advisor",
            Self::Underwriter => "underwriter",
            Self::Medical => "medical",
            Self::Claims => "claims",
            Self::Billing => "billing",
            Self::Compliance => "compliance",
            Self::System => "system",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
