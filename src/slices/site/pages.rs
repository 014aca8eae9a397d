//! One template per page; all of them are the same for everybody.

use askama::Template;
use axum::{Router, response::IntoResponse, routing::get};

use crate::platform::web::page::{CachePolicy, Page, Sheet};

/// The routes of the pages of the foot.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/aide", get(|| answer(Help)))
        .route("/plan-du-site", get(|| answer(Map)))
        .route("/resiliation", get(|| answer(Cancel)))
        .route("/reclamation", get(|| answer(Complaint)))
        .route("/donnees-personnelles", get(|| answer(Privacy)))
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
        }
    };
}

pages! {
    Help, "site/help.html", "Aide et contact";
    Map, "site/map.html", "Plan du site";
    Cancel, "site/cancel.html", "Résilier votre contrat";
    Complaint, "site/complaint.html", "Faire une réclamation";
    Privacy, "site/privacy.html", "Vos données personnelles";
    Legal, "site/legal.html", "Mentions légales";
    Accessibility, "site/accessibility.html", "Accessibilité";
}
