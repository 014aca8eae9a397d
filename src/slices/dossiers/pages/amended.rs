//! From the page of a lender's refusal to the dossier that asks for other guarantees.

use std::net::IpAddr;

use axum::http::StatusCode;
use axum::response::Response;

use super::super::codes::Asked;
use super::super::core::Dossiers;
use super::super::error::DossierError;
use super::super::model::DossierId;
use super::contact::on_the_way;
use super::frame::Notice;
use super::guest::{Guest, Stop};

/// Leads who has typed the code of the refused dossier into the one that amends it; by the link of its letter when
/// its number is another one by now.
///
/// # Errors
/// The database does not answer.
pub async fn over(dossiers: &Dossiers, guest: &Guest, to: DossierId) -> Result<Response, Stop> {
    let Some(secret) = dossiers.go_over(&guest.visit, to).await? else {
        let line = "Son numéro de mobile a changé\u{a0}: ouvrez-le par le lien envoyé à son adresse e-mail.";
        let notice = Notice::new("Votre nouveau dossier est ouvert", &[line]);
        let notice = notice.act("Recevoir le lien par e-mail", &format!("/d/{to}/lien"));
        return Ok(notice.status(StatusCode::OK));
    };
    Ok(on_the_way(dossiers, &format!("/d/{to}/garanties"), &secret, Asked::Sent))
}

/// Leads who is logged in to the account that holds the contract into it, by a code.
///
/// # Errors
/// The database does not answer.
pub async fn over_by_code(
    dossiers: &Dossiers,
    to: DossierId,
    from: Option<IpAddr>,
) -> Result<Response, Stop> {
    let dossier = dossiers.find(to).await?;
    let first = dossier.at(1).ok_or(DossierError::Unknown)?;
    let (session, asked) = dossiers.come_back(to, first.id, from).await?;
    Ok(on_the_way(dossiers, &format!("/d/{to}/code"), &session, asked))
}
