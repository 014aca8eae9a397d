//! A cover compared with a lender's requirements, criterion by criterion, with a sentence for each.
//!
//! The cover is equivalent when no answer is KO. A criterion that the lender did not retain cannot
//! be held against the cover, however poor it is on it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::equivalence::{
    cover::Cover,
    criteria::{CRITERIA, Criterion},
    profile::{Profile, Requirement},
};

/// The answer on one point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The cover meets the requirement.
    Ok,
    /// The cover falls short of it: the lender may refuse for that reason.
    Ko,
    /// The lender requires nothing on this point.
    NotRequired,
}

/// The answer on one point, explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The answer.
    pub verdict: Verdict,
    /// Why, for the customer (French).
    pub sentence: String,
}

/// A cover compared with a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// One line per criterion, in the order of [`CRITERIA`].
    pub criteria: Vec<Line>,
    /// Cover against the loss of a job, which is not sold.
    pub job_loss: Line,
    /// Share covered on each loan.
    pub share: Line,
}

impl Assessment {
    /// Whether the cover is equivalent: no point is KO.
    pub fn is_equivalent(&self) -> bool {
        let mut lines = self.criteria.iter().chain([&self.job_loss, &self.share]);
        lines.all(|line| line.verdict != Verdict::Ko)
    }

    /// The criteria on which the lender may refuse.
    pub fn failures(&self) -> impl Iterator<Item = (&'static Criterion, &Line)> {
        let lines = CRITERIA.iter().zip(&self.criteria);
        lines.filter(|(_, line)| line.verdict == Verdict::Ko)
    }
}

/// Compares a cover with what a lender requires.
pub fn assess(cover: &Cover, profile: &Profile) -> Assessment {
    Assessment {
        criteria: CRITERIA.iter().map(|c| criterion_line(cover, profile, c)).collect(),
        job_loss: job_loss_line(profile),
        share: share_line(cover, profile),
    }
}

/// What a cover offers on a criterion, whatever a lender requires (French): a value of the list, yes, or no and why.
pub fn level(cover: &Cover, criterion: &Criterion) -> String {
    match cover.offers(criterion.number) {
        Some(offered) => {
            criterion.values.get(offered).map_or("oui", |value| value.label).to_owned()
        }
        None => format!("non : {}", shortfall(cover, criterion.number)),
    }
}

fn criterion_line(cover: &Cover, profile: &Profile, criterion: &Criterion) -> Line {
    let Some(requirement) = profile.requirement(criterion.number) else {
        return not_required(format!("{} : non exigé par le prêteur.", criterion.title));
    };
    let offered = cover.offers(criterion.number);
    let is_met = offered.is_some_and(|offered| offered <= requirement.rank());
    let answer = match offered {
        Some(offered) => comparison(requirement, offered),
        None => shortfall(cover, criterion.number).to_owned(),
    };
    line(is_met, format!("{} : {answer}.", criterion.title))
}

/// What is required and what is offered, in words.
fn comparison(requirement: &Requirement, offered: usize) -> String {
    let values = requirement.criterion().values;
    match (values.get(requirement.rank()), values.get(offered)) {
        (Some(required), Some(offered)) => {
            format!("exigé {} ; le contrat offre {}", required.label, offered.label)
        }
        _ => "le contrat répond à l’exigence".to_owned(),
    }
}

/// Why the cover offers nothing on a criterion.
fn shortfall(cover: &Cover, number: u8) -> &'static str {
    if !cover.subscribes(number) {
        return "la garantie n’est pas souscrite";
    }
    match number {
        1 => "un sport pratiqué est exclu du contrat",
        3 => "la garantie cesse au 85e anniversaire, avant la fin du prêt",
        4 => "la garantie cesse au 71e anniversaire, avant la fin du prêt",
        5 | 13 => "la garantie cesse au 65e anniversaire, avant la fin du prêt",
        _ => "la franchise du contrat est plus longue que toutes celles de la liste",
    }
}

fn job_loss_line(profile: &Profile) -> Line {
    if profile.requires_job_loss() {
        let sentence = "Perte d’emploi : exigée par le prêteur ; le contrat ne l’offre pas.";
        line(false, sentence.to_owned())
    } else {
        not_required("Perte d’emploi : non exigée par le prêteur.".to_owned())
    }
}

fn share_line(cover: &Cover, profile: &Profile) -> Line {
    let Some(required) = profile.min_share_percent() else {
        return not_required("Quotité : aucune part minimale exigée par le prêteur.".to_owned());
    };
    // A project without a loan covers nothing, rather than everything.
    let covered = cover.shares_percent.iter().min().copied().unwrap_or(0);
    let sentence =
        format!("Quotité : exigée {required} % ; le contrat couvre {covered} % au moins.");
    line(covered >= required, sentence)
}

const fn line(is_met: bool, sentence: String) -> Line {
    let verdict = if is_met { Verdict::Ok } else { Verdict::Ko };
    Line { verdict, sentence }
}

const fn not_required(sentence: String) -> Line {
    Line { verdict: Verdict::NotRequired, sentence }
}

#[cfg(test)]
mod tests;
