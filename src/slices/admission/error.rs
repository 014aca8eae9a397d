//! Why an operator's act was not done, in words for the operator, and as a refusal of the API.

use crate::kernel::problem::{Fault, Kind, Problem};
use crate::platform::db::DbError;

/// The codes of faults, for the registry of refusals.
pub const CODES: [(&str, &str); 3] = [
    ("GATEWAY_RULES", "Une règle de la passerelle ne peut pas être mise en vigueur."),
    ("GATEWAY_PLAN", "Aucun plan d’usage en vigueur ne porte ce nom."),
    ("GATEWAY_VALUE", "Une valeur de la clé d’API ne peut pas être acceptée."),
];

/// Why an act was not done.
#[derive(Debug, thiserror::Error)]
pub enum AdmissionError {
    /// No key has this identifier.
    #[error("no key is called `{0}`; `assurly gateway key list` shows them")]
    NoKey(Box<str>),
    /// No live secret of the key has this public part.
    #[error("the key has no live secret `{0}`; `assurly gateway key show` shows them")]
    NoSecret(Box<str>),
    /// No plan of the rules in force has this name.
    #[error("no plan is called `{0}`; `assurly gateway rules show` shows them")]
    NoPlan(Box<str>),
    /// No version of the rules has this number.
    #[error("the rules have no version {0}; `assurly gateway rules history` shows them")]
    NoVersion(u32),
    /// A key has two live secrets already.
    #[error("the key has two live secrets already: revoke the one that is not used any more")]
    TwoSecrets,
    /// There are as many keys as `admission.keys_max` allows.
    #[error("there are as many keys as `admission.keys_max` allows")]
    TooMany,
    /// Rules that cannot take effect, each fault with its place.
    #[error("the rules cannot take effect:\n{}", .0.join("\n"))]
    Rules(Vec<String>),
    /// A value that cannot be taken.
    #[error("{0}")]
    Value(String),
    /// A tool failed.
    #[error("{}", cause(.0))]
    Failed(Problem),
}

fn cause(problem: &Problem) -> &str {
    problem.cause.as_deref().or(problem.detail.as_deref()).unwrap_or("it failed")
}

impl From<DbError> for AdmissionError {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<AdmissionError> for Problem {
    fn from(error: AdmissionError) -> Self {
        let told = error.to_string();
        match error {
            AdmissionError::Failed(problem) => problem,
            AdmissionError::NoKey(_)
            | AdmissionError::NoSecret(_)
            | AdmissionError::NoVersion(_) => Self::new(Kind::NotFound),
            AdmissionError::TwoSecrets => Self::new(Kind::Conflict)
                .detail("La clé a déjà deux secrets en vigueur\u{202f}: révoquez-en un."),
            AdmissionError::TooMany => {
                Self::new(Kind::Conflict).detail("Le nombre maximal de clés est atteint.")
            }
            AdmissionError::Rules(faults) => {
                let fault = |text: String| Fault::new("", "GATEWAY_RULES", text);
                Self::new(Kind::Invalid).faults(faults.into_iter().take(100).map(fault).collect())
            }
            AdmissionError::NoPlan(_) => {
                Self::new(Kind::Invalid).faults(vec![Fault::new("/plan", "GATEWAY_PLAN", told)])
            }
            AdmissionError::Value(_) => {
                Self::new(Kind::Invalid).faults(vec![Fault::new("", "GATEWAY_VALUE", told)])
            }
        }
    }
}
