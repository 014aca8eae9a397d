//! What can go wrong with a dossier, and which problem each failure is.

use crate::domain::dossier::Illegal;
use crate::domain::rule::Rule;
use crate::kernel::problem::{Fault, Kind, Problem};
use crate::platform::crypto::SealError;
use crate::platform::db::{Contended, DbError};
use crate::slices::health::HealthError;
use crate::slices::messages::PostError;

/// A failure of the use-cases of dossiers.
#[derive(Debug, thiserror::Error)]
pub enum DossierError {
    /// No such dossier, or not for who asks.
    #[error("no such dossier")]
    Unknown,
    /// Somebody wrote since.
    #[error("the dossier was changed meanwhile: version {now}")]
    Stale {
        /// The version now.
        now: u32,
    },
    /// The table has no such act here.
    #[error(transparent)]
    Illegal(#[from] Illegal),
    /// It is signed or over: answers do not change any more.
    #[error("the dossier is closed")]
    Closed,
    /// The law protects this person: no question of health may be asked (art. L113-2-1 C. ass.).
    #[error("the person is protected: no health question may be asked")]
    Protected,
    /// The answers cannot be taken.
    #[error("the answers cannot be taken")]
    Refused(Box<Problem>),
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl DossierError {
    /// Somebody else has what is asked for.
    pub(super) fn taken(why: &'static str) -> Self {
        Problem::new(Kind::Conflict).detail(why).into()
    }
}

impl Contended for DossierError {
    fn is_contended(&self) -> bool {
        match self {
            Self::Database(error) => error.is_contended(),
            Self::Refused(problem) => problem.is_contended(),
            _ => false,
        }
    }
}

impl From<Problem> for DossierError {
    fn from(problem: Problem) -> Self {
        Self::Refused(Box::new(problem))
    }
}

impl From<PostError> for DossierError {
    fn from(error: PostError) -> Self {
        Self::from(Problem::from(error))
    }
}

impl From<SealError> for DossierError {
    fn from(error: SealError) -> Self {
        Self::from(Problem::from(error))
    }
}

impl From<HealthError> for DossierError {
    fn from(error: HealthError) -> Self {
        Self::from(Problem::from(error))
    }
}

impl From<DossierError> for Problem {
    fn from(error: DossierError) -> Self {
        match error {
            DossierError::Unknown => {
                Self::new(Kind::NotFound).detail("Aucun dossier n’a cet identifiant.")
            }
            DossierError::Stale { now } => Self::new(Kind::Conflict).faults(vec![Fault::new(
                "/version",
                Rule::VersionConflict.code(),
                format!("Le dossier a changé\u{a0}: sa version est {now}. Relisez-le."),
            )]),
            DossierError::Illegal(illegal) => refused_act(&illegal),
            DossierError::Closed => Self::new(Kind::Conflict).faults(vec![Fault::new(
                "/state",
                Rule::IllegalTransition.code(),
                "Ce dossier est signé ou terminé\u{a0}: ses réponses ne changent plus.",
            )]),
            DossierError::Protected => Self::new(Kind::Protected).faults(vec![Fault::new(
                "/health",
                Rule::LemoineProtected.code(),
                Rule::LemoineProtected.sentence(),
            )]),
            DossierError::Refused(problem) => *problem,
            DossierError::Database(error) => error.into(),
        }
    }
}

/// 409 with what may be done instead: one fault for each act that is allowed, at `/allowed/{act}`.
fn refused_act(illegal: &Illegal) -> Problem {
    let code = Rule::IllegalTransition.code();
    let detail = format!(
        "L’acte «\u{a0}{}\u{a0}» n’existe pas dans l’état «\u{a0}{}\u{a0}».",
        illegal.act,
        illegal.state.label()
    );
    let allowed = illegal.allowed.iter();
    let allowed = allowed.map(|act| Fault::new(format!("/allowed/{act}"), code, act.sentence()));
    let faults = std::iter::once(Fault::new("/state", code, detail.clone())).chain(allowed);
    Problem::new(Kind::Conflict).detail(detail).faults(faults.collect())
}
