//! The medical path of one insured (*parcours*): P1 no question, P2 short declaration, P3 full
//! questionnaire, and why (`docs/domain/route.md`).
//!
//! The path is a pure function of the facts. A person whom the law protects is never sent to P2 or
//! P3, whatever anybody asks.

mod route;
mod rules;

pub use route::{Facts, Path, PreviousDecision, Reason, Route, route};
pub use rules::{Rules, ShortBand};
