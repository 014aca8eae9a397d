//! What is covered for whom, read from the guarantees that have a price: age, retirement or a decision leave
//! somebody fewer than were asked for, and no page says otherwise.

use super::guest::Guest;
use crate::domain::guarantee::Guarantee;
use crate::domain::product::is_limited_to_dc_ptia;
use crate::kernel::calendar::completed_years;
use crate::kernel::french;
use crate::slices::quotes::wire::QuoteResponse;

/// Why somebody has two guarantees, in words that name nobody.
pub(super) const LIMITED: &str = "à partir de 65\u{a0}ans ou à la retraite, nous assurons le décès et la perte \
    d’autonomie, pas l’arrêt de travail ni l’invalidité";

/// Death, loss of autonomy, inability to work, then invalidity: total, partial, both.
const NAMES: [&str; 6] = [
    "décès",
    "perte d’autonomie",
    "arrêt de travail",
    "invalidité totale",
    "invalidité partielle",
    "invalidité totale et partielle",
];
const NAMES_AND_INITIALS: [&str; 6] = [
    "décès",
    "perte totale d’autonomie (PTIA)",
    "arrêt de travail (ITT)",
    "invalidité totale (IPT)",
    "invalidité partielle (IPP)",
    "invalidité totale (IPT) et partielle (IPP)",
];

/// The guarantees of one person.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Cover([bool; Guarantee::ALL.len()]);

impl Cover {
    /// Of the person at this place, from 1.
    pub(super) fn of(quote: &QuoteResponse, place: u8) -> Self {
        let priced = quote.result.insured.get(usize::from(place).saturating_sub(1));
        Self(Guarantee::ALL.map(|code| {
            priced.is_some_and(|one| one.guarantees.iter().any(|found| found.code == code))
        }))
    }

    pub(super) fn has(self, guarantee: Guarantee) -> bool {
        let mut all = Guarantee::ALL.into_iter().zip(self.0);
        all.any(|(code, is_there)| is_there && code == guarantee)
    }

    /// Whether nothing of what we sell is missing.
    pub(super) fn is_whole(self) -> bool {
        self.0.into_iter().all(|is_there| is_there)
    }

    /// «décès, perte d’autonomie, arrêt de travail, invalidité totale et partielle».
    pub(super) fn in_words(self) -> String {
        self.said(&NAMES)
    }

    /// The same with the initials that banks use.
    pub(super) fn with_initials(self) -> String {
        self.said(&NAMES_AND_INITIALS)
    }

    fn said(self, [death, autonomy, work, total, partial, both]: &[&'static str; 6]) -> String {
        let invalidity = match (self.has(Guarantee::Ipt), self.has(Guarantee::Ipp)) {
            (true, true) => *both,
            (true, false) => *total,
            (false, true) => *partial,
            (false, false) => "",
        };
        let named =
            [(Guarantee::Deces, death), (Guarantee::Ptia, autonomy), (Guarantee::Itt, work)];
        let named = named.into_iter().filter(|(code, _)| self.has(*code)).map(|(_, word)| *word);
        let all: Vec<_> = named.chain([invalidity]).filter(|word| !word.is_empty()).collect();
        match all.split_last() {
            Some((last, before)) if !before.is_empty() && !last.contains(" et ") => {
                format!("{} et {last}", before.join(", "))
            }
            _ => all.join(", "),
        }
    }
}

/// Whether anybody is paid for when they cannot work.
pub(super) fn is_work_covered(quote: &QuoteResponse) -> bool {
    let mut places = (1..=quote.result.insured.len()).filter_map(|place| u8::try_from(place).ok());
    places.any(|place| Cover::of(quote, place).has(Guarantee::Itt))
}

/// Whether the person at this place has fewer guarantees for their age or because they are retired.
pub(super) fn is_limited(quote: &QuoteResponse, place: u8) -> bool {
    let asked = quote.request.insured.get(usize::from(place).saturating_sub(1));
    asked.is_some_and(|one| {
        let age = completed_years(one.birth_date, quote.request.effect_date);
        is_limited_to_dc_ptia(age, one.occupation)
    })
}

/// The same of all persons, as a sentence; empty when it is of nobody.
pub(super) fn limited(quote: &QuoteResponse) -> String {
    let mut places = (1..=quote.request.insured.len()).filter_map(|it| u8::try_from(it).ok());
    if places.any(|place| is_limited(quote, place)) {
        format!("{}.", french::capitalised(LIMITED))
    } else {
        String::new()
    }
}

/// The guarantees of each person that this guest may read, with who they are: one line that names nobody when
/// all are read and have the same. What a decision left another person is theirs.
pub(super) fn lines(quote: &QuoteResponse, guest: &Guest) -> Vec<(String, Cover)> {
    let persons = guest.dossier.insured.iter().zip(&quote.request.insured);
    let shown = persons.filter(|(one, asked)| {
        let is_decided = asked.conditions.as_ref().is_some_and(|found| found.pack.is_some());
        one.place == guest.place || !is_decided
    });
    let all: Vec<_> = shown
        .map(|(one, _)| {
            let who = if one.place == guest.place { "vous".to_owned() } else { one.called() };
            (who, Cover::of(quote, one.place))
        })
        .collect();
    let is_whole = all.len() == quote.request.insured.len();
    match all.as_slice() {
        [first, rest @ ..] if is_whole && rest.iter().all(|one| one.1 == first.1) => {
            vec![(String::new(), first.1)]
        }
        _ => all,
    }
}
