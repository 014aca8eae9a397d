//! The answer to the lender's list of criteria, for one person.

use super::Writer;
use crate::domain::equivalence::{CRITERIA, Cover, Line, Profile, Verdict, assess};
use crate::domain::guarantee::ExclusionCategory;
use crate::slices::quotes::wire::{CriterionResponse, EquivalenceResponse};

/// Compares the cover of the person at `place` with what the lender requires.
pub(super) fn response(
    writer: &Writer<'_>,
    place: usize,
    profile: &Profile,
) -> EquivalenceResponse {
    let assessment = assess(&cover(writer, place), profile);
    let codes = CRITERIA.iter().map(|criterion| format!("CCSF_{:02}", criterion.number));
    let mut criteria: Vec<_> =
        codes.zip(&assessment.criteria).map(|(code, line)| criterion(code, line)).collect();
    criteria.push(criterion("PERTE_EMPLOI".into(), &assessment.job_loss));
    criteria.push(criterion("QUOTITE".into(), &assessment.share));
    EquivalenceResponse { equivalent: assessment.is_equivalent(), criteria }
}

fn criterion(code: String, line: &Line) -> CriterionResponse {
    let status = match line.verdict {
        Verdict::Ok => "ok",
        Verdict::Ko => "ko",
        Verdict::NotRequired => "not_required",
    };
    CriterionResponse { code, status: status.to_owned(), detail: line.sentence.clone() }
}

fn cover(writer: &Writer<'_>, place: usize) -> Cover {
    let (project, person) = (writer.project, &writer.project.insured[place]);
    let days = project.choices.franchise.days();
    let excludes =
        |category| person.exclusions.iter().any(|exclusion| exclusion.category == category);
    Cover {
        birth_date: person.life.birth,
        loan_end: project.last_repayment(person),
        pack: person.life.pack,
        franchise_days: u16::try_from(days).unwrap_or(u16::MAX),
        mno_included: project.choices.mno,
        sport_excluded: excludes(ExclusionCategory::Sport),
        travel_excluded: excludes(ExclusionCategory::Travel),
        shares_percent: project.shares_at_start(),
    }
}
