//! What every rendered page must be, checked in the unit tests on the page as it is sent.
//!
//! A small reader of our own HTML, not of anybody's: attributes are quoted, tags are closed.

use std::collections::{BTreeMap, BTreeSet};

type Attributes = BTreeMap<String, String>;

const BANNED: [&str; 8] = [
    "invalide",
    "veuillez",
    "oups",
    "désolé",
    "erreur inconnue",
    "please",
    "oops",
    "unknown error",
];

const AUTOCOMPLETE: [&str; 24] = [
    "off",
    "bday-day",
    "bday-month",
    "bday-year",
    "email",
    "username",
    "username webauthn",
    "current-password",
    "new-password",
    "one-time-code",
    "name",
    "given-name",
    "family-name",
    "tel",
    "address-line1",
    "address-line2",
    "postal-code",
    "address-level2",
    "section-a2 given-name",
    "section-a2 family-name",
    "section-a2 address-line1",
    "section-a2 address-line2",
    "section-a2 postal-code",
    "section-a2 address-level2",
];

struct Reading {
    tags: Vec<(String, Attributes)>,
    texts: Vec<String>,
}

/// Fails with the first thing that a page must not be.
pub fn check(html: &str) {
    let page = read(html);
    assert!(html.starts_with("<!DOCTYPE html>"), "no doctype");
    let lang = page.named("html").next().and_then(|html| html.get("lang"));
    let is_french = lang.is_some_and(|lang| lang == "fr");
    assert!(is_french || lang.is_some_and(|lang| lang == "en"), "no language");
    assert_eq!(page.named("h1").count(), 1, "one h1");
    // A picture has a title as well, with an identifier to be named by.
    let titles = page.named("title").filter(|title| title.is_empty());
    assert_eq!(titles.count(), 1, "one title");
    for script in page.named("script") {
        let ours = script.get("src").is_some_and(|src| src.starts_with("/assets/"));
        assert!(ours && script.contains_key("defer"), "a script that is not one of our files");
    }
    assert!(page.named("style").next().is_none(), "no inline style");
    for (tag, attributes) in &page.tags {
        assert!(!attributes.contains_key("style"), "style on {tag}");
        assert!(attributes.keys().all(|name| !name.starts_with("on")), "handler on {tag}");
    }
    identifiers(&page);
    controls(&page);
    for text in &page.texts {
        words(text);
        if is_french {
            french(text);
        }
    }
}

fn identifiers(page: &Reading) {
    let mut ids = BTreeSet::new();
    for id in page.tags.iter().filter_map(|(_, attributes)| attributes.get("id")) {
        assert!(ids.insert(id.as_str()), "id {id} twice");
    }
    let lists = ["aria-describedby", "aria-labelledby", "for"];
    for (tag, attributes) in &page.tags {
        for name in lists {
            let targets = attributes.get(name).map_or("", String::as_str);
            for target in targets.split_whitespace() {
                assert!(ids.contains(target), "{name} of {tag} leads to no #{target}");
            }
        }
        let link = attributes.get("href").and_then(|href| href.strip_prefix('#'));
        assert!(link.is_none_or(|link| ids.contains(link)), "no #{link:?}");
    }
}

fn controls(page: &Reading) {
    let labelled: BTreeSet<_> =
        page.named("label").filter_map(|attributes| attributes.get("for")).collect();
    for tag in ["input", "select", "textarea"] {
        for control in page.named(tag) {
            let kind = control.get("type").map_or("", String::as_str);
            if kind == "hidden" {
                continue;
            }
            assert!(tag != "input" || !kind.is_empty(), "a control without a type");
            assert_ne!(kind, "number", "numbers are typed as text");
            assert!(control.contains_key("name"), "a control without a name");
            let id = control.get("id").expect("a control has an id");
            assert!(labelled.contains(id), "#{id} has no label");
            let token = control.get("autocomplete").map_or("off", String::as_str);
            assert!(AUTOCOMPLETE.contains(&token), "autocomplete {token}");
        }
    }
    assert!(page.named("form").all(|form| form.contains_key("novalidate")), "novalidate");
}

/// Of any language.
fn words(text: &str) {
    let lower = text.to_lowercase();
    for word in BANNED {
        assert!(!lower.contains(word), "«{word}» in {text:?}");
    }
    assert!(!text.contains('\''), "straight apostrophe in {text:?}");
}

/// The spaces of French.
fn french(text: &str) {
    let letters: Vec<char> = text.chars().collect();
    for pair in letters.windows(2) {
        let good = match (pair[0], pair[1]) {
            ('\u{202F}', ';' | '!' | '?') | ('\u{A0}', ':' | '»' | '€' | '%') => true,
            ('«', after) => after == '\u{A0}',
            (_, '»' | '€') | (' ', ';' | '!' | '?' | ':' | '%') => false,
            (before, '!' | '?') => !before.is_alphabetic(),
            _ => true,
        };
        assert!(good, "{pair:?} in {text:?}");
    }
}

impl Reading {
    fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Attributes> {
        let same = move |tag: &&(String, Attributes)| tag.0 == name;
        self.tags.iter().filter(same).map(|(_, attributes)| attributes)
    }
}

fn read(html: &str) -> Reading {
    let mut page = Reading { tags: Vec::new(), texts: Vec::new() };
    for piece in html.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("a tag ends");
        let name = tag.split([' ', '\n', '/']).next().unwrap_or("");
        if !tag.starts_with(['/', '!']) {
            page.tags.push((name.to_owned(), attributes(tag)));
        }
        // Code is not French.
        if name != "code" && !text.trim().is_empty() {
            page.texts.push(plain(text));
        }
    }
    page
}

fn attributes(tag: &str) -> Attributes {
    let mut found = BTreeMap::new();
    let mut rest = tag.split_once([' ', '\n']).map_or("", |(_, rest)| rest).trim();
    while !rest.is_empty() && rest != "/" {
        let end = rest.find(['=', ' ', '\n']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let (value, after) = match after.strip_prefix("=\"") {
            Some(quoted) => quoted.split_once('"').expect("a quoted attribute"),
            None => ("", after),
        };
        found.insert(name.to_owned(), value.to_owned());
        rest = after.trim_start();
    }
    found
}

fn plain(text: &str) -> String {
    text.replace("&#38;", "&")
        .replace("&#39;", "'")
        .replace("&#34;", "\"")
        .replace("&nbsp;", "\u{A0}")
}

#[test]
fn faults_are_seen() {
    let page = |body: &str| {
        let text =
            format!("<!DOCTYPE html><html lang=\"fr\"><title>T</title><h1>T</h1>{body}</html>");
        std::panic::catch_unwind(|| check(&text)).is_ok()
    };
    assert!(page("<p>Prêt\u{202F}? «\u{A0}Oui\u{A0}» à 3\u{A0}%.</p>"));
    for body in [
        "<h1>Deux</h1>",
        "<p id=\"a\"></p><p id=\"a\"></p>",
        "<p>Prêt ?</p>",
        "<p>L'apostrophe</p>",
        "<p>Valeur invalide</p>",
        "<p style=\"x\"></p>",
        "<input type=\"text\" id=\"x\" name=\"x\" autocomplete=\"off\">",
        "<p aria-describedby=\"rien\"></p>",
        "<a href=\"#rien\">Lien</a>",
        "<script>alert(1)</script>",
        "<script src=\"https://autre.example/a.js\" defer></script>",
    ] {
        assert!(!page(body), "{body}");
    }
    let english = "<!DOCTYPE html><html lang=\"en\"><title>T</title><h1>T</h1><p>Lost? Ask: us</p>";
    check(english);
    assert!(std::panic::catch_unwind(|| check(&english.replace("Lost", "Please"))).is_err());
}
