//! What is left to do, for whom, and what comes next. Pure.

use super::model::{Dossier, Health, Insured};
use crate::domain::dossier::State;

/// A page of the journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    /// Page 2, of the person at this place.
    Identity(u8),
    /// Page 3.
    Address(u8),
    /// Page 4.
    Work(u8),
    /// Page 5.
    Loan,
    /// Page 6.
    Guarantees,
    /// The other person is invited.
    Invitation,
    /// Page 7.
    Health(u8),
    /// Page 8.
    Recap,
    /// Pages 9 and 10.
    Signature,
}

/// How far a task is, in the words of the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    ToDo,
    UnderWay,
    Done,
    NotYet,
}

impl Progress {
    /// What people read.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::ToDo => "À faire",
            Self::UnderWay => "En cours",
            Self::Done => "Terminé",
            Self::NotYet => "Pas encore possible",
        }
    }
}

impl Task {
    /// Its address below that of the dossier.
    pub(super) fn path(self) -> String {
        match self {
            Self::Identity(place) => format!("a{place}/identite"),
            Self::Address(place) => format!("a{place}/adresse"),
            Self::Work(place) => format!("a{place}/travail"),
            Self::Loan => "pret/1".to_owned(),
            Self::Guarantees => "garanties".to_owned(),
            Self::Invitation => "invitation".to_owned(),
            Self::Health(place) => format!("a{place}/sante"),
            Self::Recap => "recapitulatif".to_owned(),
            Self::Signature => "prelevement".to_owned(),
        }
    }

    /// The same, of a loan that is done or was taken out the list of loans.
    pub(super) fn path_in(self, dossier: &Dossier) -> String {
        let answers = &dossier.answers;
        if self == Self::Loan && (answers.loan_done || answers.without_loan) {
            "prets".to_owned()
        } else {
            self.path()
        }
    }

    /// Its name in the hub.
    pub(super) fn label(self, dossier: &Dossier, mine: u8) -> String {
        let whose = |place: u8, own: &str, of: &str| {
            if place == mine { own.to_owned() } else { of.replace("{}", &called(dossier, place)) }
        };
        match self {
            Self::Identity(place) => whose(place, "Dire qui vous êtes", "Dire qui est {}"),
            Self::Address(place) => whose(place, "Donner votre adresse", "Donner l’adresse de {}"),
            Self::Work(place) => {
                whose(place, "Décrire votre travail et vos loisirs", "Décrire le travail de {}")
            }
            Self::Loan => "Décrire votre prêt".to_owned(),
            Self::Guarantees => "Choisir vos garanties".to_owned(),
            Self::Invitation if progress(dossier, self, mine) == Progress::UnderWay => {
                format!("Attendre la partie de {}", called(dossier, 2))
            }
            Self::Invitation => "Inviter l’autre personne".to_owned(),
            Self::Health(place) => whose(place, "Passer l’étape santé", "Étape santé de {}"),
            Self::Recap => "Vérifier".to_owned(),
            Self::Signature => "Signer".to_owned(),
        }
    }
}

fn called(dossier: &Dossier, place: u8) -> String {
    dossier.at(place).map_or_else(|| "l’autre personne".to_owned(), Insured::called)
}

/// The tasks of the person at `mine`, in their order. Who was invited has their own, and nothing of
/// the other's.
pub(super) fn tasks(dossier: &Dossier, mine: u8) -> Vec<Task> {
    let described = |place| [Task::Identity(place), Task::Address(place), Task::Work(place)];
    let mut all = Vec::from(described(mine));
    let is_couple = dossier.insured.len() > 1;
    if mine == 1 {
        all.extend([Task::Loan, Task::Guarantees]);
        if is_couple && dossier.answers.together {
            all.extend(described(2));
        }
        if is_couple {
            all.push(Task::Invitation);
        }
    }
    all.extend([Task::Health(mine), Task::Recap, Task::Signature]);
    all
}

/// How far a task is.
pub(super) fn progress(dossier: &Dossier, task: Task, mine: u8) -> Progress {
    let done = |is_done| if is_done { Progress::Done } else { Progress::ToDo };
    let of = |place: u8, test: fn(&Insured) -> bool| done(dossier.at(place).is_some_and(test));
    match task {
        Task::Identity(place) => of(place, |one| one.person.is_named()),
        Task::Address(place) => of(place, |one| one.person.is_housed()),
        Task::Work(place) => of(place, |one| one.person.work_done),
        Task::Loan => done(dossier.answers.loan_done),
        Task::Guarantees => done(dossier.answers.guarantees_done),
        // Health and signature need a telephone of their own, whoever typed the rest.
        Task::Invitation => match dossier.at(2) {
            Some(two) if two.mobile.is_none() => Progress::ToDo,
            Some(two) if two.mobile_proven_at.is_some() && two.is_described() => Progress::Done,
            Some(_) => Progress::UnderWay,
            None => Progress::ToDo,
        },
        Task::Health(place) => health(dossier, place),
        Task::Recap => recap(dossier, mine),
        Task::Signature => match dossier.state {
            State::Offer | State::Signature => Progress::ToDo,
            state if state.is_signed() => Progress::Done,
            _ => Progress::NotYet,
        },
    }
}

fn health(dossier: &Dossier, place: u8) -> Progress {
    let asks_are_known = dossier.answers.loan_done && dossier.answers.guarantees_done;
    match dossier.at(place).map(|one| (one.health, one.decision)) {
        _ if !asks_are_known => Progress::NotYet,
        Some((Health::None | Health::Answered, _)) => Progress::Done,
        Some((Health::Questionnaire, Some(decided))) if decided.is_acceptance() => Progress::Done,
        Some((Health::Asked, _) | (Health::Questionnaire, None)) => Progress::ToDo,
        // Somebody studies it: nothing is to be done here.
        Some((Health::Questionnaire, Some(_))) => Progress::UnderWay,
        None => Progress::NotYet,
    }
}

fn recap(dossier: &Dossier, mine: u8) -> Progress {
    match dossier.state {
        State::Offer | State::Signature if dossier.answers.documents_received_at.is_some() => {
            Progress::Done
        }
        State::Offer | State::Signature => Progress::ToDo,
        state if state.is_signed() => Progress::Done,
        _ if before_recap(dossier, mine).is_none() => Progress::ToDo,
        _ => Progress::NotYet,
    }
}

/// Whether somebody may go on to the signature: there is an offer, and nothing is left for them to do.
pub(super) fn is_ready(dossier: &Dossier, mine: u8) -> bool {
    dossier.state.is_offered() && before_recap(dossier, mine).is_none()
}

/// The first thing left before the recap.
fn before_recap(dossier: &Dossier, mine: u8) -> Option<Task> {
    tasks(dossier, mine).into_iter().find(|task| {
        !matches!(task, Task::Recap | Task::Signature)
            && matches!(progress(dossier, *task, mine), Progress::ToDo)
    })
}

/// Where somebody goes on. What is under way elsewhere (an invitation, a study) waits for nobody here.
pub(super) fn next(dossier: &Dossier, mine: u8) -> Task {
    before_recap(dossier, mine).unwrap_or(Task::Recap)
}

/// The same from a page: who is asked nothing about their health reads so once, on the page of health.
pub(super) fn next_page(dossier: &Dossier, mine: u8) -> Task {
    let answers = &dossier.answers;
    let is_known = answers.loan_done && answers.guarantees_done;
    let is_untold = |one: &Insured| one.is_protected() && !one.person.protection_read;
    match next(dossier, mine) {
        Task::Recap if is_known && dossier.at(mine).is_some_and(is_untold) => Task::Health(mine),
        other => other,
    }
}

/// What is missing before a signature, for the recap: what is to do, or under way.
pub(super) fn missing(dossier: &Dossier, mine: u8) -> Vec<Task> {
    let open = |task: &Task| {
        !matches!(task, Task::Recap | Task::Signature)
            && progress(dossier, *task, mine) != Progress::Done
    };
    tasks(dossier, mine).into_iter().filter(open).collect()
}
