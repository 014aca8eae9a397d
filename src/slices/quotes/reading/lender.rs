//! What the lender of a document requires.

use super::faults::Faults;
use crate::domain::equivalence::{JobLoss, Profile, ProfileError, Requirement};
use crate::domain::product::LIST_MAX;
use crate::domain::rule::Rule;
use crate::slices::quotes::wire::LenderRequest;

/// Reads the lender's profile, if there is one.
pub(super) fn read(lender: Option<&LenderRequest>, faults: &mut Faults) -> Option<Profile> {
    let lender = lender?;
    if lender.criteria.len() > LIST_MAX {
        faults.add("/lender/criteria", Rule::CriterionUnknown, words(&ProfileError::TooMany));
        return None;
    }
    let before = faults.count();
    let requirements = requirements(lender, faults);
    if faults.count() > before {
        return None;
    }
    let job_loss =
        if lender.requires_job_loss { JobLoss::Required(Vec::new()) } else { JobLoss::NotRequired };
    let share = lender.min_share_percent.map(|share| u16::try_from(share).unwrap_or(u16::MAX));
    match Profile::try_new(requirements, job_loss, share) {
        Ok(profile) => Some(profile),
        Err(error) => {
            let field = if error == ProfileError::Share { "min_share_percent" } else { "criteria" };
            faults.add(format_args!("/lender/{field}"), Rule::CriterionUnknown, words(&error));
            None
        }
    }
}

fn requirements(lender: &LenderRequest, faults: &mut Faults) -> Vec<Requirement> {
    let mut requirements = Vec::new();
    for (row, criterion) in lender.criteria.iter().enumerate() {
        match Requirement::parse(criterion.number, criterion.value.as_deref()) {
            Ok(requirement) => requirements.push(requirement),
            Err(error) => {
                let pointer = format_args!("/lender/criteria/{row}");
                faults.add(pointer, Rule::CriterionUnknown, words(&error));
            }
        }
    }
    requirements
}

fn words(error: &ProfileError) -> String {
    match error {
        ProfileError::Unknown(number) => {
            format!("Le critère {number} n’existe pas : ils vont de 1 à 18.")
        }
        ProfileError::Repeated(number) => format!("Le critère {number} est exigé deux fois."),
        ProfileError::ValueMissing(number) => {
            format!("Donnez la valeur exigée du critère {number}.")
        }
        ProfileError::ValueUnknown(number) => {
            format!("Cette valeur n’est pas dans la liste du critère {number}.")
        }
        ProfileError::ValueNotApplicable(number) => {
            format!("Le critère {number} n’a pas de valeur : retirez-la.")
        }
        ProfileError::TooMany => "Un prêteur retient 11 critères au plus.".to_owned(),
        ProfileError::Share => "La part minimale va de 1 à 100 % par assuré.".to_owned(),
    }
}
