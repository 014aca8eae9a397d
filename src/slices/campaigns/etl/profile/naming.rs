//! From labels, which may be sentences, to names of columns: valid, unique and the same every time.

use std::collections::BTreeSet;

use crate::platform::digest::{hex, sha256};

/// Words that say nothing in a name.
const STOP_WORDS: &[&str] = &["de", "du", "des", "d", "l", "la", "le", "les"];

/// Words that one of the engines keeps for itself and that labels are likely to use.
const RESERVED: &[&str] = &[
    "add",
    "all",
    "alter",
    "and",
    "as",
    "asc",
    "between",
    "by",
    "case",
    "char",
    "check",
    "column",
    "condition",
    "create",
    "cross",
    "cube",
    "date",
    "decimal",
    "default",
    "delete",
    "desc",
    "div",
    "double",
    "drop",
    "else",
    "exists",
    "explain",
    "float",
    "for",
    "from",
    "function",
    "grant",
    "group",
    "groups",
    "having",
    "if",
    "in",
    "index",
    "insert",
    "int",
    "interval",
    "into",
    "is",
    "join",
    "key",
    "keys",
    "left",
    "like",
    "limit",
    "lock",
    "match",
    "mod",
    "not",
    "null",
    "of",
    "on",
    "option",
    "or",
    "order",
    "out",
    "over",
    "partition",
    "primary",
    "procedure",
    "range",
    "rank",
    "read",
    "references",
    "release",
    "rename",
    "replace",
    "right",
    "row",
    "rows",
    "schema",
    "select",
    "set",
    "show",
    "sql",
    "system",
    "table",
    "then",
    "to",
    "trigger",
    "union",
    "unique",
    "update",
    "usage",
    "use",
    "using",
    "values",
    "when",
    "where",
    "window",
    "with",
    "write",
    "id",
];

/// Longest name on both engines.
const LONGEST: usize = 64;

/// The names of these labels, in their order.
pub fn names(labels: &[String], drop_stop_words: bool) -> Vec<String> {
    let mut taken: BTreeSet<String> = RESERVED.iter().map(|word| (*word).to_owned()).collect();
    let mut names = Vec::with_capacity(labels.len());
    for (place, label) in labels.iter().enumerate() {
        let mut name = name(label, drop_stop_words);
        if name.is_empty() {
            name = format!("col_{:02}", place + 1);
        }
        let name = first_free(&name, &taken);
        taken.insert(name.clone());
        names.push(name);
    }
    names
}

/// The name with the smallest suffix that nobody has.
fn first_free(name: &str, taken: &BTreeSet<String>) -> String {
    if !taken.contains(name) {
        return name.to_owned();
    }
    let with = |n: usize| {
        let suffix = format!("_{n}");
        format!("{}{suffix}", &name[..name.len().min(LONGEST - suffix.len())])
    };
    (2..).map(with).find(|name| !taken.contains(name)).unwrap_or_default()
}

fn name(label: &str, drop_stop_words: bool) -> String {
    let mut words = words(label);
    if words.len() > 1 && words.iter().all(|word| word.len() == 1) {
        words = vec![words.concat()];
    }
    let ordinal = take_ordinal(&mut words);
    if drop_stop_words && words.len() > 1 {
        words.retain(|word| !STOP_WORDS.contains(&word.as_str()));
    }
    words.extend(ordinal);
    let mut name = words.join("_");
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert_str(0, "c_");
    }
    if name.len() > LONGEST {
        let hash = hex(&sha256(&[label.as_bytes()])[..3]);
        name = format!("{}_{hash}", &name[..LONGEST - 7]);
    }
    name
}

/// An ordinal goes behind what it counts: `1er lot` is `lot_1`, and in `Surface Carrez du 2eme lot`
/// it goes to the end. A plain number is one when it is the first word.
fn take_ordinal(words: &mut Vec<String>) -> Option<String> {
    if words.len() < 2 {
        return None;
    }
    let is_plain = |word: &String| word.bytes().all(|b| b.is_ascii_digit());
    let place = words
        .iter()
        .position(|word| ordinal(word).is_some())
        .or_else(|| is_plain(&words[0]).then_some(0))?;
    let word = words.remove(place);
    Some(ordinal(&word).map_or_else(|| word.clone(), str::to_owned))
}

/// The digits of `1er`, `2eme`, `3e`.
fn ordinal(word: &str) -> Option<&str> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let (number, ending) = word.split_at(digits);
    let is_ordinal = matches!(ending, "er" | "ere" | "re" | "e" | "eme" | "nd" | "nde" | "ieme");
    (digits > 0 && is_ordinal).then_some(number)
}

/// Lower-case words of letters and digits, without accents.
fn words(label: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in label.chars() {
        let plain = unaccented(c);
        for c in plain.chars().flat_map(char::to_lowercase) {
            match (c.is_ascii_alphanumeric(), words.last_mut()) {
                (true, Some(word)) => word.push(c),
                _ => words.push(String::new()),
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The letter without its accent. The letters of the languages of Western Europe; whatever is not
/// among them ends a word, so that a name is ASCII in any case.
fn unaccented(c: char) -> String {
    let plain = match c {
        'À'..='Å' | 'à'..='å' | 'ª' => "a",
        'Ç' | 'ç' => "c",
        'È'..='Ë' | 'è'..='ë' => "e",
        'Ì'..='Ï' | 'ì'..='ï' => "i",
        'Ñ' | 'ñ' => "n",
        'Ò'..='Ö' | 'Ø' | 'ò'..='ö' | 'ø' | 'º' => "o",
        'Ù'..='Ü' | 'ù'..='ü' => "u",
        'Ý' | 'ý' | 'ÿ' | 'Ÿ' => "y",
        'Æ' | 'æ' => "ae",
        'Œ' | 'œ' => "oe",
        'ß' => "ss",
        '²' => "2",
        '³' => "3",
        // Combining accents, which decomposed text writes after the letter.
        '\u{300}'..='\u{36f}' => "",
        other => return other.to_string(),
    };
    plain.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(labels: &[&str]) -> Vec<String> {
        let labels: Vec<_> = labels.iter().map(|label| (*label).to_owned()).collect();
        names(&labels, true)
    }

    #[test]
    fn sentences_become_names() {
        let labels = [
            "Code service CH",
            "3 Articles CGI",
            "B/T/Q",
            "Type de voie",
            "1er lot",
            "Surface Carrez du 2eme lot",
            "Nombre de lots",
            "Date d'entrée en vigueur",
            "SURFACE (m²)",
            "E\u{301}tat",
        ];
        let expected = [
            "code_service_ch",
            "articles_cgi_3",
            "btq",
            "type_voie",
            "lot_1",
            "surface_carrez_lot_2",
            "nombre_lots",
            "date_entree_en_vigueur",
            "surface_m2",
            "etat",
        ];
        assert_eq!(named(&labels), expected);
    }

    #[test]
    fn names_are_valid_and_unique_whatever_the_labels() {
        let long = "mot ".repeat(50);
        let labels = ["select", "select", "", "2020", "日本", &long, &long, "id"];
        let names = named(&labels);
        assert_eq!(names[0], "select_2");
        assert_eq!(names[1], "select_3");
        assert_eq!((names[2].as_str(), names[3].as_str()), ("col_03", "c_2020"));
        assert_eq!(names[4], "col_05");
        assert_eq!(names[7], "id_2");
        let unique: BTreeSet<_> = names.iter().collect();
        assert_eq!(unique.len(), names.len());
        assert!(names.iter().all(|name| name.len() <= LONGEST && name.is_ascii()));
        assert_eq!(named(&labels), names, "the same every time");
    }
}
