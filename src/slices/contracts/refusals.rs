//! Why a lender refuses a contract: the closed list of the reference (`refusal_reason`), in words. A lender refuses
//! on one of the criteria that it had retained, and says all its reasons (art. L313-30 C. conso.). No I/O.

use crate::domain::equivalence::CRITERIA;

/// The demand is incomplete: no refusal, and the lender's ten business days do not begin.
pub(super) const INCOMPLETE: &str = "DOSSIER_INCOMPLET";

/// None of the list: such a refusal may be unlawful.
pub(super) const OTHER: &str = "OTHER";

/// Criteria of the cover for the loss of employment.
const EMPLOYMENT: u8 = 8;

/// Every reason, with its words.
pub(super) fn all() -> Vec<(String, String)> {
    let mut all = vec![
        (INCOMPLETE.to_owned(), "Il manque une pièce\u{a0}: ce n’est pas un refus".to_owned()),
        ("QUOTITE".to_owned(), "La part du prêt assurée".to_owned()),
    ];
    all.extend(CRITERIA.iter().map(|one| {
        let words = crate::kernel::french::spaced(one.title);
        (one.refusal_code(), format!("Critère {}. {words}", one.number))
    }));
    all.extend(
        (1..=EMPLOYMENT)
            .map(|number| (format!("PE_{number}"), format!("Perte d’emploi, critère {number}"))),
    );
    all.push((OTHER.to_owned(), "Une autre raison".to_owned()));
    all
}

/// The words of a reason; none when the list has no such code.
pub(super) fn words(code: &str) -> Option<String> {
    all().into_iter().find(|(one, _)| one == code).map(|(_, words)| words)
}

/// Whether the lender's own words are needed to know what it wants.
pub(super) fn needs_words(code: &str) -> bool {
    code == INCOMPLETE || code == OTHER
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_that_of_the_reference() {
        let codes: Vec<_> = all().into_iter().map(|(code, _)| code).collect();
        assert_eq!(codes.len(), 18 + 8 + 3);
        for code in ["CCSF_01", "CCSF_18", "PE_1", "PE_8", "QUOTITE", INCOMPLETE, OTHER] {
            assert!(codes.iter().any(|one| one == code), "{code}");
        }
        assert!(codes.iter().all(|code| code.len() <= 20), "as long as the column");
        assert_eq!(words("CCSF_19"), None);
    }
}
