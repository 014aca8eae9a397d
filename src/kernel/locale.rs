//! The languages that people may choose: French first, English for the pages of identity and messages.

use std::fmt;

/// A language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Locale {
    /// French.
    #[default]
    Fr,
    /// English.
    En,
}

impl Locale {
    /// The tag of RFC 5646, also what `<html lang>` says.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// The language of a tag such as `en-GB`; `None` when we do not speak it.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_']).next().unwrap_or_default();
        match language.to_ascii_lowercase().as_str() {
            "fr" => Some(Self::Fr),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The first language that we speak in a list such as `de;q=0.9, en-GB;q=0.8` (RFC 9110 §12.5.4),
    /// or of tags separated by spaces (`ui_locales`). The weights are taken to be in order, as
    /// browsers send them.
    pub fn preferred(list: &str) -> Option<Self> {
        let mut tags =
            list.split([',', ' ']).map(|part| part.split(';').next().unwrap_or("").trim());
        tags.find_map(Self::of_tag)
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_that_we_speak_is_taken() {
        assert_eq!(Locale::preferred("de-DE, en-GB;q=0.8, fr;q=0.5"), Some(Locale::En));
        assert_eq!(Locale::preferred("fr-FR"), Some(Locale::Fr));
        assert_eq!(Locale::preferred("de es"), None);
        assert_eq!(Locale::preferred(""), None);
        assert_eq!(Locale::default().to_string(), "fr");
    }
}
