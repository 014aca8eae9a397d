//! What a lender requires of any insurance (*fiche personnalisée*): the criteria it retained, the
//! value of each, and the share to cover.
//!
//! A profile that exists respects the limits of the list: eleven criteria of eighteen, and four of
//! the eight on the loss of a job.

use crate::domain::equivalence::criteria::Criterion;

/// Most criteria that a lender may retain of the eighteen.
pub const MAX_CRITERIA: usize = 11;
/// Most criteria that a lender may retain of the eight on the loss of a job.
pub const MAX_JOB_LOSS_CRITERIA: usize = 4;
/// How many criteria on the loss of a job exist.
pub const JOB_LOSS_CRITERIA: u8 = 8;

/// A criterion retained, with the value required.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requirement {
    criterion: &'static Criterion,
    rank: usize,
}

/// Cover against the loss of a job (*perte d'emploi*).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum JobLoss {
    /// Not required.
    #[default]
    NotRequired,
    /// Required, with the numbers (1 to 8) of the criteria retained, when they are known.
    Required(Vec<u8>),
}

/// Why a list is not a lender's profile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// No criterion has this number.
    #[error("criterion {0} does not exist: numbers go from 1 to 18, from 1 to 8 on job loss")]
    Unknown(u8),
    /// The same criterion twice.
    #[error("criterion {0} is required twice")]
    Repeated(u8),
    /// A value is needed, and none was given.
    #[error("criterion {0} needs a value")]
    ValueMissing(u8),
    /// The value is not one of the criterion's.
    #[error("criterion {0} has no such value")]
    ValueUnknown(u8),
    /// The criterion takes no value.
    #[error("criterion {0} takes no value")]
    ValueNotApplicable(u8),
    /// More criteria than a lender may retain.
    #[error("a lender retains at most 11 of the 18 criteria, and 4 of the 8 on job loss")]
    TooMany,
    /// A share above the whole.
    #[error("the share to cover is a percentage from 1 to 100 for each insured")]
    Share,
}

impl Requirement {
    /// The requirement of criterion `number` with `value`, a code of [`Criterion::values`]; criteria
    /// without values take none.
    ///
    /// # Errors
    /// A number or a value outside the list, a value missing or too many.
    pub fn parse(number: u8, value: Option<&str>) -> Result<Self, ProfileError> {
        let criterion = Criterion::numbered(number).ok_or(ProfileError::Unknown(number))?;
        let rank = match (criterion.values, value) {
            ([], None) => 0,
            ([], Some(_)) => return Err(ProfileError::ValueNotApplicable(number)),
            (_, None) => return Err(ProfileError::ValueMissing(number)),
            (values, Some(code)) => {
                let rank = values.iter().position(|value| value.code == code);
                rank.ok_or(ProfileError::ValueUnknown(number))?
            }
        };
        Ok(Self { criterion, rank })
    }

    /// The criterion.
    pub const fn criterion(&self) -> &'static Criterion {
        self.criterion
    }

    /// Place of the value in [`Criterion::values`]; zero when the criterion has none.
    pub const fn rank(&self) -> usize {
        self.rank
    }
}

/// A lender's requirements, within the limits of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    requirements: Vec<Requirement>,
    job_loss: JobLoss,
    min_share_percent: Option<u16>,
}

impl Profile {
    /// The profile of a lender. `min_share_percent` is the smallest share to cover on each loan,
    /// all insured together (100 for the whole loan, up to 400 for four insured).
    ///
    /// # Errors
    /// A criterion twice, too many of them, or a share that nobody can require.
    pub fn try_new(
        requirements: Vec<Requirement>,
        job_loss: JobLoss,
        min_share_percent: Option<u16>,
    ) -> Result<Self, ProfileError> {
        limited(requirements.iter().map(|r| r.criterion.number), MAX_CRITERIA)?;
        if let JobLoss::Required(numbers) = &job_loss {
            limited(numbers.iter().copied(), MAX_JOB_LOSS_CRITERIA)?;
            let unknown = numbers.iter().find(|n| !(1..=JOB_LOSS_CRITERIA).contains(*n));
            unknown.map_or(Ok(()), |n| Err(ProfileError::Unknown(*n)))?;
        }
        if min_share_percent.is_some_and(|share| !(1..=400).contains(&share)) {
            return Err(ProfileError::Share);
        }
        Ok(Self { requirements, job_loss, min_share_percent })
    }

    /// The requirement on criterion `number`, when the lender retained it.
    pub fn requirement(&self, number: u8) -> Option<&Requirement> {
        let retained = |r: &&Requirement| r.criterion.number == number;
        self.requirements.iter().find(retained)
    }

    /// Whether cover against the loss of a job is required.
    pub const fn requires_job_loss(&self) -> bool {
        matches!(self.job_loss, JobLoss::Required(_))
    }

    /// The smallest share to cover on each loan, in percent, all insured together.
    pub const fn min_share_percent(&self) -> Option<u16> {
        self.min_share_percent
    }
}

fn limited(numbers: impl Iterator<Item = u8>, most: usize) -> Result<(), ProfileError> {
    let mut seen = Vec::new();
    for number in numbers {
        if seen.contains(&number) {
            return Err(ProfileError::Repeated(number));
        }
        seen.push(number);
    }
    if seen.len() > most {
        return Err(ProfileError::TooMany);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(numbers: &[u8]) -> Vec<Requirement> {
        let value = |n: u8| Criterion::numbered(n).and_then(|c| c.values.last()).map(|v| v.code);
        let parse = |n: &u8| Requirement::parse(*n, value(*n)).expect("a requirement");
        numbers.iter().map(parse).collect()
    }

    fn profile(numbers: &[u8], job_loss: JobLoss) -> Result<Profile, ProfileError> {
        Profile::try_new(plain(numbers), job_loss, None)
    }

    #[test]
    fn values_are_checked() {
        let parse = |number, value| Requirement::parse(number, value).map(|r| r.rank());
        assert_eq!(parse(6, Some("90")), Ok(2));
        assert_eq!(parse(3, None), Ok(0));
        assert_eq!(parse(6, Some("45")), Err(ProfileError::ValueUnknown(6)));
        assert_eq!(parse(6, None), Err(ProfileError::ValueMissing(6)));
        assert_eq!(parse(3, Some("oui")), Err(ProfileError::ValueNotApplicable(3)));
        assert_eq!(parse(0, None), Err(ProfileError::Unknown(0)));
        assert_eq!(parse(19, None), Err(ProfileError::Unknown(19)));
    }

    #[test]
    fn eleven_criteria_and_no_more() {
        let eleven: Vec<u8> = (1..=11).collect();
        assert!(profile(&eleven, JobLoss::NotRequired).is_ok());
        let twelve: Vec<u8> = (1..=12).collect();
        assert_eq!(profile(&twelve, JobLoss::NotRequired), Err(ProfileError::TooMany));
        assert_eq!(profile(&[3, 3], JobLoss::NotRequired), Err(ProfileError::Repeated(3)));
    }

    #[test]
    fn four_criteria_on_job_loss_and_no_more() {
        let required = |numbers: &[u8]| profile(&[], JobLoss::Required(numbers.to_vec()));
        assert!(required(&[]).expect("no detail known").requires_job_loss());
        assert!(required(&[1, 2, 3, 8]).is_ok());
        assert_eq!(required(&[1, 2, 3, 4, 5]), Err(ProfileError::TooMany));
        assert_eq!(required(&[9]), Err(ProfileError::Unknown(9)));
        assert_eq!(required(&[2, 2]), Err(ProfileError::Repeated(2)));
    }

    #[test]
    fn a_share_is_a_percentage_for_each_insured() {
        let share = |percent| Profile::try_new(vec![], JobLoss::NotRequired, Some(percent));
        assert!(share(1).is_ok() && share(200).is_ok());
        assert_eq!(share(0), Err(ProfileError::Share));
        assert_eq!(share(401), Err(ProfileError::Share));
    }
}
