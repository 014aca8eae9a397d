//! The pages of the journey, from the contact to the recap. Server-rendered; nothing needs a script.
//!
//! A page shows what the person of its session may see: their own answers, the common loan and price,
//! and how far the other person is. Pages of health and of codes are kept by nobody.

mod amended;
mod contact;
mod cover;
mod criteria;
mod essentials;
mod frame;
mod guest;
mod health;
mod hub;
mod links;
mod loan;
mod loan_lines;
mod loan_removal;
mod loans;
mod number;
mod parking;
mod person;
mod recap;

/// The lists of the pages, for their templates.
pub(super) mod words {
    pub(in crate::slices::dossiers) use super::super::form::{
        ACTIVITIES, COUNTRIES, DEFERRALS, HAZARDS, LOANS, PURPOSES, SHARES, SPORTS, YES_NO,
    };
}

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;

use super::core::Dossiers;
use crate::platform::web::page::posted;

pub use amended::{over, over_by_code};
pub use frame::Frame;
pub use guest::{Guest, Stop, guest, visitor};
pub use parking::keeping;

/// Longest form: far above what a person types.
const BODY_LIMIT: usize = 16 * 1024;

/// The routes of the pages.
pub fn routes() -> Router<Dossiers> {
    Router::new()
        .route("/devis/{reference}/suite", get(contact::begin).post(contact::open))
        .route("/d/{id}", get(hub::show))
        .route("/d/{id}/contact", get(contact::show).post(contact::correct))
        .route("/d/{id}/code", get(contact::code).post(contact::prove))
        .route("/d/{id}/code/nouveau", posted(contact::again))
        .route("/d/{id}/numero", get(number::show).post(number::change))
        .route("/d/{id}/numero/codes", posted(number::ask))
        .route("/d/{id}/lien", posted(links::send))
        .route("/d/{id}/plus-tard", get(hub::later).post(hub::send_link))
        .route("/d/{id}/prolonger", posted(hub::extend))
        .route("/d/{id}/quitter", posted(hub::leave))
        .route("/d/{id}/reprise", get(parking::show).post(parking::leave))
        .route("/d/{id}/invitation", get(links::invitation).post(links::invite))
        .route("/d/{id}/prets", get(loans::list))
        .route("/d/{id}/pret/nouveau", get(loans::new).post(loans::add))
        .route("/d/{id}/pret/{number}", get(loan::show).post(loan::save))
        .route("/d/{id}/pret/{number}/modifier", get(loans::terms).post(loans::change))
        .route("/d/{id}/pret/{number}/supprimer", get(loan_removal::ask).post(loan_removal::remove))
        .route("/d/{id}/garanties", get(loan::guarantees).post(loan::save_guarantees))
        .route("/d/{id}/garanties/banque", get(criteria::show))
        .route("/d/{id}/recapitulatif", get(recap::show).post(recap::accept))
        .route("/d/{id}/recapitulatif/documents.zip", get(recap::archive))
        .route("/d/{id}/recapitulatif/documents/{name}", get(recap::file))
        .route("/d/{id}/{who}/identite", get(person::identity).post(person::save_identity))
        .route("/d/{id}/{who}/adresse", get(person::address).post(person::save_address))
        .route("/d/{id}/{who}/travail", get(person::work).post(person::save_work))
        .route("/d/{id}/{who}/sante", get(health::gate).post(health::consent))
        .route("/d/{id}/{who}/sante/questions", get(health::questions).post(health::answer))
        .route("/espace/dossiers/{id}", posted(links::by_account))
        .route("/r/{secret}", get(links::resume).post(links::come_back))
        .route("/r/{secret}/nouveau", posted(links::renew))
        .route("/i/{secret}", get(links::invited).post(links::accept))
        .route("/i/{secret}/pas-moi", posted(links::decline))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}
