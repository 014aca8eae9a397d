//! An e-mail's two forms, plain text and simple HTML, with the same words.

use askama::Template;

use crate::kernel::locale::Locale;
use crate::slices::messages::message::Letter;

#[derive(Template)]
#[template(path = "messages/letter.txt")]
struct Text<'a> {
    letter: &'a Letter,
    words: Words,
    brand: &'a str,
}

#[derive(Template)]
#[template(path = "messages/letter.html")]
struct Html<'a> {
    letter: &'a Letter,
    words: Words,
    brand: &'a str,
    locale: Locale,
}

/// The words around the letter.
#[derive(Clone, Copy)]
struct Words {
    code: &'static str,
    copy: &'static str,
    automatic: &'static str,
}

const fn words(locale: Locale) -> Words {
    match locale {
        Locale::Fr => Words {
            code: "Votre code\u{a0}:",
            copy: "Si le lien ne s’ouvre pas, copiez cette adresse\u{a0}:",
            automatic: "message automatique. Ne répondez pas à cette adresse.",
        },
        Locale::En => Words {
            code: "Your code:",
            copy: "If the link does not open, copy this address:",
            automatic: "automatic message. Please do not reply to this address.",
        },
    }
}

/// The plain text and the HTML.
pub(super) fn both(
    letter: &Letter,
    locale: Locale,
    brand: &str,
) -> Result<(String, String), askama::Error> {
    let words = words(locale);
    let text = Text { letter, words, brand }.render()?;
    let html = Html { letter, words, brand, locale }.render()?;
    Ok((text, html))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slices::messages::message::tests::letter;

    #[test]
    fn both_forms_say_everything_and_the_html_is_escaped() {
        let (text, html) = both(&letter(), Locale::Fr, "Assurly").expect("rendered");
        assert!(text.contains("Vous avez demandé un <compte>.\n\nÀ bientôt.\n"), "{text}");
        assert!(text.contains("Votre code\u{a0}: 482913\n"), "{text}");
        let link = "Confirmer mon adresse\nhttps://assurly.example/c?a=1&b=2\n";
        assert!(text.contains(link), "{text}");
        assert!(html.contains("un &#60;compte&#62;."), "{html}");
        assert!(html.contains("href=\"https://assurly.example/c?a=1&#38;b=2\""), "{html}");
        assert!(html.contains("<strong>482913</strong>"), "{html}");
        assert!(html.contains("<html lang=\"fr\">") && html.contains("<title>"), "{html}");
    }

    #[test]
    fn a_letter_without_code_or_link_has_neither() {
        let bare = Letter { code: None, action: None, ..letter() };
        let (text, html) = both(&bare, Locale::En, "Assurly").expect("rendered");
        assert!(!text.contains("code") && !text.contains("http"), "{text}");
        assert!(!html.contains("<a ") && !html.contains("<strong>"), "{html}");
        assert!(html.contains("lang=\"en\"") && text.contains("Assurly – automatic message"));
    }
}
