//! What every page of the back office shows around its subject, and its first page.

use askama::Template;
use axum::http::request::Parts;

use super::guard::Visitor;
use crate::platform::web::page::{CachePolicy, Page, PageError, Sheet as _};

/// The part of the house that the pages belong to, and the colour of its band.
pub const AREA: &str = "Espace gestion";
/// Colour of the band.
pub const ACCENT: &str = "#8a3b12";

/// A room in the navigation.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// Its name.
    pub title: &'static str,
    /// What one does there.
    pub summary: &'static str,
    /// Its address.
    pub path: &'static str,
    /// Whether the page is in it.
    pub is_here: bool,
}

/// The frame of one page: `frame` in a template that extends `shared/backoffice.html`.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// Name of who is logged in.
    pub name: String,
    /// The rooms that are open to them.
    pub links: Vec<Link>,
    /// The word that its forms carry, in the hidden field `jeton`.
    pub word: String,
    /// Address of their own account.
    pub account: String,
    /// Address where they log out.
    pub logout: String,
    /// What has just been done; empty: nothing.
    pub told: String,
}

/// Makes a template with a field `frame` a page of the back office with this title; with `form`, one
/// that is refused when its form is.
#[macro_export]
macro_rules! backoffice_page {
    ($page:ty, $title:expr) => {
        $crate::backoffice_page!($page, $title, |_page: &$page| false);
    };
    ($page:ty, $title:expr, form) => {
        $crate::backoffice_page!($page, $title, |page: &$page| !page.form.is_sound());
    };
    ($page:ty, $title:expr, $refused:expr) => {
        impl $crate::platform::web::page::Sheet for $page {
            fn title(&self) -> &str {
                $title
            }

            fn is_refused(&self) -> bool {
                let refused: fn(&Self) -> bool = $refused;
                refused(self)
            }

            fn area(&self) -> &str {
                $crate::platform::backoffice::AREA
            }

            fn accent(&self) -> &str {
                $crate::platform::backoffice::ACCENT
            }
        }
    };
}

/// The first page: the rooms that are open.
#[derive(Template)]
#[template(path = "shared/backoffice_home.html")]
pub(super) struct Home {
    frame: Frame,
}

backoffice_page!(Home, "Gestion");

pub(super) async fn home(parts: Parts) -> Result<Page<Home>, PageError> {
    let frame = Visitor::of(&parts)?.frame();
    Ok(Page::new(Home { frame }).cache(CachePolicy::Never))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::web::lint;

    #[test]
    fn the_first_page_is_sound_with_and_without_rooms() {
        let mut frame = Frame { name: "N. Petit".into(), account: "/a".into(), ..Frame::default() };
        let render = |frame: &Frame| {
            let text = Home { frame: frame.clone() }.render().expect("renders");
            lint::check(&text);
            text
        };
        assert!(render(&frame).contains("Aucune rubrique"));
        frame.links =
            vec![Link { title: "Prêts", summary: "…", path: "/gestion/x", is_here: true }];
        let text = render(&frame);
        assert!(text.contains("/gestion/x") && text.contains("N. Petit"));
    }
}
