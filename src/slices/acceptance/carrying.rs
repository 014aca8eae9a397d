//! What somebody has declared on the short page is not asked again in the questionnaire that follows it (row R6
//! of the routing): opened in the world of health once they consent, handed to their session, kept nowhere here.

use super::core::Acceptances;
use super::following::Case;
use crate::domain::health::Question;
use crate::kernel::problem::{Kind, Problem};
use crate::slices::underwriting::Declared;

impl Acceptances {
    /// Whether the questionnaire of this person begins with what they have declared.
    pub(super) async fn carries(&self, case: &Case) -> Result<bool, Problem> {
        let is_untouched = self.core.underwriting.is_untouched(case.insured()).await?;
        Ok(is_untouched && self.core.health.carries(case.person.insured_id).await?)
    }

    /// What it begins with, if nothing is answered in it yet: read once, and written down.
    pub(super) async fn declared(&self, case: &Case) -> Result<Option<Declared>, Problem> {
        if !self.core.underwriting.is_untouched(case.insured()).await? {
            return Ok(None);
        }
        let Some(carried) = self.core.health.carried(case.person.insured_id).await? else {
            return Ok(None);
        };
        let place = usize::from(case.person.place).checked_sub(1).ok_or(Kind::Bug)?;
        let asked = case.shown.quote.request.insured.get(place).ok_or(Kind::Bug)?;
        let said = |question| carried.declaration.yes.contains(&question);
        Ok(Some(Declared {
            centimetres: carried.centimetres,
            kilograms: carried.kilograms,
            smokes: asked.smoker,
            // The other six ask more than one question of the questionnaire, or something else: no answer of
            // theirs is anybody's answer there.
            is_on_leave: said(Question::SickLeave),
            is_examined: said(Question::Examination),
        }))
    }
}
