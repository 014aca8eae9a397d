//! Names of people: whether two writings are one name, and several of them in a sentence.

/// Whether these are two writings of one name: banks print capitals without accents, people type one apostrophe or
/// the other, or none. The letters are the same and in the same order; nothing more is guessed.
pub fn same_name(one: &str, other: &str) -> bool {
    let (one, other) = (letters(one), letters(other));
    !one.is_empty() && one == other
}

/// Several people in a sentence: «A et B», «A, B et C».
pub fn together<T: AsRef<str>>(names: &[T]) -> String {
    let names: Vec<_> = names.iter().map(AsRef::as_ref).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., end] => format!("{} et {end}", first.join(", ")),
    }
}

/// Letters and figures in lower case, without accents, spaces and signs.
fn letters(name: &str) -> String {
    let lower = name.to_lowercase();
    let mut letters = String::with_capacity(lower.len());
    for letter in lower.chars() {
        match plain(letter) {
            Some(text) => letters.push_str(text),
            None if letter.is_alphanumeric() => letters.push(letter),
            None => {}
        }
    }
    letters
}

/// A letter of European names without its accent, as a bank prints it.
const fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' => "o",
        'œ' => "oe",
        'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ț' | 'ť' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_however_it_is_written() {
        for (one, other) in [
            ("Camille D’Aubigné", "CAMILLE D'AUBIGNE"),
            ("Camille D’Aubigné", "camille d aubigne"),
            ("Camille O'Brien de Lœuf", "Camille O’BRIEN DE LOEUF"),
            ("Anne-Marie Dupré", "Anne Marie Dupre\u{301}"),
            ("Łucja Žák", "LUCJA ZAK"),
        ] {
            assert!(same_name(one, other), "{one}: {other}");
        }
        for (one, other) in [
            ("Camille D’Aubigné", "Camille Aubigné"),
            ("Paul Martin", "Martin Paul"),
            ("Paul Martin", "Paule Martin"),
            ("王", "李"),
            ("", ""),
            ("-", "’"),
        ] {
            assert!(!same_name(one, other), "{one}: {other}");
        }
    }

    #[test]
    fn people_are_named_together() {
        assert_eq!(together(&["A"]), "A");
        assert_eq!(together(&["A", "B"]), "A et B");
        assert_eq!(together(&["A", "B", "C"]), "A, B et C");
        assert_eq!(together::<&str>(&[]), "");
    }
}
