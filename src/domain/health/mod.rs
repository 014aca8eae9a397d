//! The short health declaration (*déclaration de santé*, path P2): its questions, and what the answers
//! lead to (`docs/domain/health.md`).
//!
//! Answers are health data: no type of this room prints, and nothing here says which answer led where.
//! Whom the law protects is never asked any of this (art. L113-2-1 C. ass., `domain::pathway`).

mod declaration;
mod question;

pub use declaration::{Body, BodyError, Declaration, Outcome, is_current};
pub use question::{Question, VERSION};
