//! What every page of a pool shows around its subject: the pool, the language and the way to the other
//! one, the words that its forms carry.

use crate::kernel::locale::Locale;
use crate::platform::web::form::Form;

/// The frame of one page.
#[derive(Clone, Debug, Default)]
pub(super) struct Frame {
    /// Name of the pool.
    pub(super) area: String,
    /// Colour of its band.
    pub(super) accent: String,
    /// What its addresses begin with.
    pub(super) base: String,
    pub(super) locale: Locale,
    /// The word of its forms.
    pub(super) word: String,
    /// The login under way; empty on the pages of an account.
    pub(super) login: String,
    /// This page in the other language.
    pub(super) switch: String,
    /// What has just been done.
    pub(super) told: String,
    /// Origin that a form may lead to besides ours.
    pub(super) return_origin: String,
}

impl Frame {
    /// The words of its language.
    pub(super) fn say<'a>(&self, french: &'a str, english: &'a str) -> &'a str {
        match self.locale {
            Locale::Fr => french,
            Locale::En => english,
        }
    }

    /// Code of the other language.
    pub(super) fn other(&self) -> &'static str {
        self.say("en", "fr")
    }

    /// Name of the other language, in it.
    pub(super) fn other_name(&self) -> &'static str {
        self.say("English", "Français")
    }

    /// Another page of the same login.
    pub(super) fn to(&self, page: &str) -> String {
        let base = &self.base;
        if self.login.is_empty() {
            format!("{base}/{page}")
        } else {
            format!("{base}/{page}?login={}", self.login)
        }
    }

    /// Heading of the summary of what is to be corrected.
    pub(super) fn heading(&self, form: &Form) -> String {
        match (self.locale, form.errors().len()) {
            (Locale::Fr, _) => form.heading(),
            (Locale::En, 1) => "One answer is to be corrected".to_owned(),
            (Locale::En, count) => format!("{count} answers are to be corrected"),
        }
    }
}

/// Makes a template a page with this title, refused when the form that it may hold is.
macro_rules! sheet {
    ($page:ident, $french:expr, $english:expr) => {
        sheet!($page, $french, $english, |_page: &$page| false);
    };
    ($page:ident, $french:expr, $english:expr, form) => {
        sheet!($page, $french, $english, |page: &$page| !page.form.is_sound());
    };
    ($page:ident, $french:expr, $english:expr, $refused:expr) => {
        impl $crate::platform::web::page::Sheet for $page {
            fn title(&self) -> &str {
                self.frame.say($french, $english)
            }

            fn is_refused(&self) -> bool {
                let refused: fn(&Self) -> bool = $refused;
                refused(self)
            }

            fn locale(&self) -> $crate::kernel::locale::Locale {
                self.frame.locale
            }

            fn area(&self) -> &str {
                &self.frame.area
            }

            fn accent(&self) -> &str {
                &self.frame.accent
            }
        }
    };
}

pub(super) use sheet;
