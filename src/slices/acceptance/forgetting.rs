//! When a dossier forgets somebody, what acceptance and underwriting hold about their health goes too: in a
//! job that dossiers asked for in the transaction that forgot. A dossier that led to a contract forgets
//! nobody.

use uuid::Uuid;

use super::core::Acceptances;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::jobs::{Job, Next, Task};
use crate::slices::dossiers::{DossierId, FORGOTTEN, Forgotten};
use crate::slices::underwriting::Insured;

impl Acceptances {
    /// The work of this room.
    pub(super) fn forgets(&self) -> Task {
        let own = self.clone();
        Task::due(FORGOTTEN, move |job: Job| {
            let own = own.clone();
            async move {
                if let Some(one) = Forgotten::read(job.subject()) {
                    own.forget(one).await?;
                }
                Ok(Next::Done)
            }
        })
    }

    /// Forgets one person. The questionnaires that are left to be erased where our database does not reach.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn forget(&self, one: Forgotten) -> Result<Vec<Uuid>, Problem> {
        let core = &self.core;
        let id = DossierId::from_uuid(one.dossier);
        let insured = Insured { dossier: one.dossier, number: one.place };
        let mut transaction = core.store.begin().await?;
        match core.dossiers.shown(id).await.map_err(Problem::from) {
            Ok(shown) => {
                let person = shown.insured.iter().find(|it| it.place == one.place);
                if let Some(person) = person {
                    core.store.forget(&mut transaction, person.insured_id).await?;
                }
            }
            Err(problem) if problem.kind == Kind::NotFound => {}
            Err(problem) => return Err(problem),
        }
        let sessions = core.underwriting.forget(&mut transaction, insured).await?;
        self.commit(transaction).await?;
        Ok(sessions)
    }
}
