//! Whose browser asks for the questionnaire: the journey's own session says it, and nothing else.

use uuid::Uuid;

use crate::kernel::problem::Problem;
use crate::platform::access::Boxed;
use crate::platform::digest::sha256;
use crate::slices::dossiers::Dossiers;
use crate::slices::dossiers::pages::visitor;
use crate::slices::underwriting::{Applicant, Applicants};

/// The people of the journey, for the questionnaire.
#[derive(Clone)]
pub struct Visitors(Dossiers);

impl Visitors {
    /// Those whom these dossiers know.
    pub const fn new(dossiers: Dossiers) -> Self {
        Self(dossiers)
    }
}

impl Applicants for Visitors {
    fn applicant<'a>(
        &'a self,
        headers: &'a hyper::http::HeaderMap,
    ) -> Boxed<'a, Result<Option<Applicant>, Problem>> {
        Box::pin(async move {
            let visit = visitor(&self.0, headers).await?;
            Ok(visit.map(|visit| mark(visit.insured)))
        })
    }
}

/// The mark of an insured person: the same on every device of theirs.
pub(super) fn mark(insured: Uuid) -> Applicant {
    sha256(&[b"dossier_insured", insured.as_bytes()])
}
