//! The contrast of the colours, computed again from the style sheet (WCAG 2.x formula): 4.5 for
//! text, 3 for borders and pictures, in light and in dark.

use std::collections::BTreeMap;

const SHEET: &str = include_str!("../../../assets/site.css");

/// Text on a ground, and where it is used.
const TEXTS: [(&str, &str); 23] = [
    ("encre", "fond"),
    ("encre", "surface"),
    ("encre", "creux"),
    ("encre", "petrole-p"),
    ("encre-2", "fond"),
    ("encre-2", "surface"),
    ("encre-2", "creux"),
    ("petrole", "fond"),
    ("petrole", "surface"),
    ("petrole", "petrole-p"),
    ("petrole-f", "fond"),
    ("petrole-f", "surface"),
    ("sur-bouton", "petrole"),
    ("sur-bouton", "petrole-f"),
    ("brule", "fond"),
    ("brule", "surface"),
    ("vert", "surface"),
    ("vert", "vert-p"),
    ("rouge", "fond"),
    ("rouge", "surface"),
    ("rouge", "rouge-p"),
    ("ambre", "surface"),
    ("ambre", "ambre-p"),
];

/// Borders, rings and bars.
const PICTURES: [(&str, &str); 5] = [
    ("bord", "fond"),
    ("bord", "surface"),
    ("brule", "fond"),
    ("petrole", "petrole-p"),
    ("rouge", "fond"),
];

type Tokens = BTreeMap<String, f64>;

#[test]
fn colours_can_be_told_apart_in_both_schemes() {
    let (light, dark) = SHEET.split_once("prefers-color-scheme:dark").expect("two schemes");
    for (scheme, sheet) in [("light", light), ("dark", dark)] {
        let tokens = tokens(sheet);
        for (pairs, least) in [(&TEXTS[..], 4.5), (&PICTURES[..], 3.0)] {
            for (front, ground) in pairs {
                let ratio = ratio(tokens[*front], tokens[*ground]);
                assert!(ratio >= least, "{scheme}: {front} on {ground} is {ratio:.2}");
            }
        }
    }
}

#[test]
fn the_formula_is_that_of_the_standard() {
    let ratio = ratio(luminance("1C2326"), luminance("FBF8F3"));
    assert!((ratio - 15.04).abs() < 0.01, "{ratio}");
}

/// Luminance of every token written as `--name:#RRGGBB`.
fn tokens(sheet: &str) -> Tokens {
    let pieces = sheet.split("--").filter_map(|piece| piece.split_once(":#"));
    pieces
        .filter(|(name, _)| !name.contains([')', ' ']))
        .map(|(name, rest)| (name.to_owned(), luminance(&rest[..6])))
        .collect()
}

fn luminance(hex: &str) -> f64 {
    let channel = |place: usize| {
        let value = u8::from_str_radix(&hex[place..place + 2], 16).expect("two digits");
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

fn ratio(one: f64, other: f64) -> f64 {
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}
