//! Equivalence of guarantees (*équivalence du niveau de garantie*), `docs/domain/equivalence.md`.
//!
//! A lender may refuse another insurance only when it falls short of what its own list requires
//! (art. L313-30 C. conso.), and that list is drawn from eighteen criteria agreed by the CCSF
//! (*avis* of 13 January 2015), eleven at most. Here the answer is worked out before the bank does.
//!
//! * [`criteria`]: the eighteen criteria, as data;
//! * [`profile`]: what one lender requires;
//! * [`cover`]: what one insured's cover offers;
//! * [`assessment`]: the two compared.
//!
//! Nothing here decides whether the cover may be sold: an assessment that is not equivalent is a
//! warning to the customer.

pub mod assessment;
pub mod cover;
pub mod criteria;
pub mod profile;

pub use assessment::{Assessment, Line, Verdict, assess, level};
pub use cover::Cover;
pub use criteria::{CRITERIA, Criterion, Scope, Value};
pub use profile::{JobLoss, Profile, ProfileError, Requirement};
