//! The pages from the account to the end of the journey, those of a payer who is not insured and of a
//! lender, and the customer's area. Server-rendered; nothing needs a script; kept by nobody.

mod area;
mod bank;
mod cover;
mod debtor;
mod end;
mod frame;
mod leave;
mod lender;
mod mandate;
mod payer;
mod schedule;
mod sign;
mod tracker;
mod vault;

pub(super) use end::served;
pub(super) use sign::refusal;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;

use super::core::Contracts;
use crate::platform::web::page::posted;

/// Longest form: far above what a person types.
const BODY_LIMIT: usize = 16 * 1024;

/// The routes of the pages.
pub fn routes() -> Router<Contracts> {
    Router::new()
        .route("/d/{id}/prelevement", get(mandate::show).post(mandate::save))
        .route("/d/{id}/titulaire", get(payer::show).post(payer::ask))
        .route("/d/{id}/titulaire/lien", posted(payer::remind))
        .route("/d/{id}/titulaire/retirer", posted(payer::withdraw))
        .route("/m/{secret}", get(debtor::show).post(debtor::keep))
        .route("/m/{secret}/signer", get(debtor::read).post(debtor::sign))
        .route("/m/{secret}/code", posted(debtor::code))
        .route("/m/{secret}/mandat", get(debtor::file))
        .route("/m/{secret}/pas-moi", posted(debtor::decline))
        .route("/d/{id}/signature", get(sign::show).post(sign::submit))
        .route("/d/{id}/signature/code", posted(sign::again))
        .route("/d/{id}/documents.zip", get(end::archive))
        .route("/d/{id}/documents/{name}", get(end::file))
        .route("/d/{id}/banque", get(bank::show).post(bank::ask))
        .route("/d/{id}/banque/envoi", posted(bank::send))
        .route("/d/{id}/banque/reponse", posted(bank::answer))
        .route("/d/{id}/banque/garanties", posted(bank::amend))
        .route("/b/{secret}", get(lender::show))
        .route("/b/{secret}/recu", posted(lender::received))
        .route("/b/{secret}/{name}", get(lender::file))
        .route("/d/{id}/fin", get(end::show))
        .route("/d/{id}/renoncer", get(leave::show).post(leave::submit))
        .route("/espace", get(area::home))
        .route("/espace/documents", get(vault::show))
        .route("/espace/contrats/{id}", get(area::contract))
        .route("/espace/contrats/{id}/echeancier.csv", get(schedule::file))
        .route("/espace/contrats/{id}/documents.zip", get(vault::archive))
        .route("/espace/contrats/{id}/documents/{name}", get(vault::file))
        .route("/espace/contrats/{id}/banque", get(bank::show).post(bank::ask))
        .route("/espace/contrats/{id}/banque/envoi", posted(bank::send))
        .route("/espace/contrats/{id}/banque/reponse", posted(bank::answer))
        .route("/espace/contrats/{id}/banque/garanties", posted(bank::amend))
        .route("/espace/contrats/{id}/renoncer", get(area::withdraw).post(area::withdrawn))
        .route("/espace/contrats/{id}/resilier", get(area::terminate).post(area::terminated))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}
