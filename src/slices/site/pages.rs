//! One template per page; all of them are the same for everybody.

use askama::Template;
use axum::{Router, response::IntoResponse, routing::get};

use crate::platform::web::page::{CachePolicy, Page, Sheet};

/// For how many days we keep what, as the page of personal data says it.
#[derive(Clone, Copy, Debug)]
pub struct Keeping {
    /// A quote is read at its address.
    pub quote: u32,
    /// Answers of a dossier that nobody goes on with.
    pub idle: u32,
    /// The same of one that was put off.
    pub postponed: u32,
    /// Names of a dossier that led to nothing.
    pub forgotten: u32,
    /// Names of a dossier that was refused.
    pub refusal: u32,
    /// Minutes after which a session without a request is over.
    pub session_minutes: u32,
}

/// «90 jours», «3 ans».
fn span(days: u32) -> String {
    // Leap days are no reason to count in days.
    let years = (days * 4 + 3) / 1461;
    let rest = days - years * 1461 / 4;
    match (years, rest) {
        (1, 0..=1) => "1\u{a0}an".to_owned(),
        (2.., 0..=1) => format!("{years}\u{a0}ans"),
        _ => format!("{days}\u{a0}jours"),
    }
}

/// What we keep of people, why, for how long, and what they may ask.
#[derive(Template)]
#[template(path = "site/privacy.html")]
struct Privacy {
    quote: String,
    idle: String,
    postponed: String,
    forgotten: String,
    refusal: String,
    session_minutes: u32,
}

impl From<Keeping> for Privacy {
    fn from(keeping: Keeping) -> Self {
        Self {
            quote: span(keeping.quote),
            idle: span(keeping.idle),
            postponed: span(keeping.postponed),
            forgotten: span(keeping.forgotten),
            refusal: span(keeping.refusal),
            session_minutes: keeping.session_minutes,
        }
    }
}

impl Sheet for Privacy {
    fn title(&self) -> &str {
        "Vos données personnelles"
    }
}

/// The routes of the pages of the foot.
pub fn routes<S: Clone + Send + Sync + 'static>(keeping: Keeping) -> Router<S> {
    Router::new()
        .route("/aide", get(|| answer(Help)))
        .route("/plan-du-site", get(|| answer(Map)))
        .route("/resiliation", get(|| answer(Cancel)))
        .route("/reclamation", get(|| answer(Complaint)))
        .route("/donnees-personnelles", get(move || answer(Privacy::from(keeping))))
        .route("/mentions-legales", get(|| answer(Legal)))
        .route("/accessibilite", get(|| answer(Accessibility)))
}

async fn answer<T: Template + Sheet>(page: T) -> impl IntoResponse {
    Page::new(page).cache(CachePolicy::Hour)
}

macro_rules! pages {
    ($($name:ident, $path:literal, $title:literal;)+) => {
        $(
            #[derive(Template)]
            #[template(path = $path)]
            struct $name;

            impl Sheet for $name {
                fn title(&self) -> &str {
                    $title
                }
            }
        )+

        #[cfg(test)]
        mod tests {
            use super::*;
            use crate::platform::web::lint;

            #[test]
            fn every_page_is_sound() {
                $(lint::check(&$name.render().expect("renders"));)+
            }

            #[test]
            fn the_page_of_personal_data_says_our_periods() {
                let keeping = Keeping {
                    quote: 30,
                    idle: 90,
                    postponed: 730,
                    forgotten: 1095,
                    refusal: 1826,
                    session_minutes: 30,
                };
                let page = Privacy::from(keeping).render().expect("renders");
                lint::check(&page);
                for period in ["30\u{a0}jours", "90\u{a0}jours", "3\u{a0}ans", "5\u{a0}ans"] {
                    assert!(page.contains(period), "{period}: {page}");
                }
                assert!(page.contains("2\u{a0}ans si votre demande doit attendre"), "{page}");
                for cookie in ["parcours", "gardees", "mandat", "uw", "session-clients"] {
                    assert!(page.contains(cookie), "{cookie}");
                }
                assert_eq!(span(365), "1\u{a0}an");
                assert_eq!(span(400), "400\u{a0}jours");
            }
        }
    };
}

pages! {
    Help, "site/help.html", "Aide et contact";
    Map, "site/map.html", "Plan du site";
    Cancel, "site/cancel.html", "Résilier votre contrat";
    Complaint, "site/complaint.html", "Faire une réclamation";
    Legal, "site/legal.html", "Mentions légales";
    Accessibility, "site/accessibility.html", "Accessibilité";
}
