//! Which passwords may be chosen: long enough, and not among those that are tried first. Nothing is
//! asked of their composition.

use zxcvbn::{Score, zxcvbn};

/// What is wrong with a password that somebody wants to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weak {
    /// Nothing was typed.
    Missing,
    /// Shorter than [`SHORTEST`].
    Short,
    /// Longer than [`LONGEST`].
    Long,
    /// Guessed in few tries.
    Common,
}

/// Fewest characters.
pub const SHORTEST: usize = 12;

/// Most characters.
pub const LONGEST: usize = 128;

/// Letters and digits that are left at least without those words.
const LEFT_AT_LEAST: usize = 6;

/// Words that say nothing here: everybody would think of them.
const HOUSE: [&str; 6] = ["assurly", "assurance", "emprunteur", "pret", "insurance", "gigamesh"];

/// What keeps this password from being chosen by somebody of whom these words (name, address, pool) are
/// known.
pub fn weakness(password: &str, known: &[&str]) -> Option<Weak> {
    let length = password.chars().count();
    if length == 0 {
        return Some(Weak::Missing);
    }
    if length < SHORTEST {
        return Some(Weak::Short);
    }
    if length > LONGEST {
        return Some(Weak::Long);
    }
    let mut words: Vec<&str> = HOUSE.to_vec();
    for word in known {
        words.push(word);
        words.extend(word.split(['@', '.', '-', '_', '+', ' ']).filter(|part| part.len() > 2));
    }
    let is_common =
        says_little_else(password, &words) || zxcvbn(password, &words).score() < Score::Three;
    is_common.then_some(Weak::Common)
}

/// Whether little is left of a password without the words that everybody would think of.
fn says_little_else(password: &str, words: &[&str]) -> bool {
    let mut rest = password.to_lowercase();
    for word in words.iter().filter(|word| word.chars().count() > 2) {
        rest = rest.replace(&word.to_lowercase(), "");
    }
    rest.chars().filter(|letter| letter.is_alphanumeric()).count() < LEFT_AT_LEAST
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 3] = ["camille.durand@exemple.fr", "Camille", "clients"];

    #[test]
    fn length_counts_in_characters_and_composition_does_not_count() {
        for right in ["correct cheval agrafe pile", "éàüöçîôûêñãõ7q", "zq vmx wrt plk 93 hud"]
        {
            assert_eq!(weakness(right, &KNOWN), None, "{right}");
        }
        assert_eq!(weakness("", &KNOWN), Some(Weak::Missing));
        assert_eq!(weakness("zqvmxwrtplk", &KNOWN), Some(Weak::Short));
        assert_eq!(weakness(&"zqvmx wrtpl k93h".repeat(9), &KNOWN), Some(Weak::Long));
    }

    #[test]
    fn what_everybody_would_try_is_refused() {
        for common in [
            "passwordpassword",
            "motdepasse1234",
            "123456789012",
            "azertyuiopqs",
            "aaaaaaaaaaaa",
            "camilledurand",
            "Camille.Durand1",
            "assurly-2026",
            "clients12345",
            "assuranceassurance",
        ] {
            assert_eq!(weakness(common, &KNOWN), Some(Weak::Common), "{common}");
        }
    }

    /// The most used passwords of public lists, alone, doubled, and with the endings that people add.
    #[test]
    fn the_lists_are_refused() {
        let list = include_str!("common.txt");
        let mut count = 0;
        for word in list.split_whitespace() {
            let tries = [word.to_owned(), format!("{word}{word}"), format!("{word}123456789")];
            for common in tries.iter().filter(|text| text.chars().count() >= SHORTEST) {
                assert!(weakness(common, &[]).is_some(), "{common}");
            }
            assert!(weakness(word, &[]).is_some(), "{word}");
            count += 1;
        }
        assert!(count >= 300, "{count} words");
    }
}
