//! A loan is taken out of its dossier, once somebody was asked twice.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;

use super::super::answering::Saving;
use super::super::core::Dossiers;
use super::super::error::DossierError;
use super::frame::{Frame, sheets};
use super::guest::{Answer, Guest, seen};
use super::hub::{refused, shown};
use super::loan_lines::{LoanLine, lines};
use super::loans::describer;
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet as _;
use crate::slices::quotes::form::changes::LoanChange;
use crate::slices::quotes::wire::QuoteResponse;

#[derive(Template)]
#[template(path = "dossiers/loan_remove.html")]
struct RemovePage {
    frame: Frame,
    loan: LoanLine,
    is_last: bool,
    takes_files: bool,
}

sheets!(RemovePage);

/// The page that asks once more before the loan of this number goes; none when it is not there any more.
fn remove_page(
    dossiers: &Dossiers,
    guest: &Guest,
    quote: &QuoteResponse,
    (number, form): (&str, Form),
) -> Option<RemovePage> {
    let loans = lines(&guest.dossier, quote);
    let count = loans.len();
    let loan = loans.into_iter().find(|loan| loan.number.to_string() == number)?;
    let title = match loan.place {
        0 => "Supprimer ce prêt\u{202f}?".to_owned(),
        place => format!("Supprimer le prêt {place}\u{202f}?"),
    };
    Some(RemovePage {
        frame: Frame::new(guest, &title, 3, "prets", form).silent(),
        loan,
        is_last: count == 1,
        takes_files: dossiers.core.takes_files,
    })
}

/// «Supprimer»: asked once more.
pub(super) async fn ask(
    State(dossiers): State<Dossiers>,
    Path((id, number)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let (guest, quote) = describer(&dossiers, &headers, &id).await?;
    let page = remove_page(&dossiers, &guest, &quote, (&number, Form::default()));
    Ok(page.map_or_else(|| guest.to("prets"), shown))
}

/// A loan goes. One that is not there any more is gone already.
pub(super) async fn remove(
    State(dossiers): State<Dossiers>,
    Path((id, number)): Path<(String, String)>,
    headers: HeaderMap,
    mut form: Form,
) -> Answer {
    let (guest, quote) = describer(&dossiers, &headers, &id).await?;
    guest.check(&dossiers, &headers, &form)?;
    let place = number.parse().ok().and_then(|number| guest.dossier.loan_at(number, &quote));
    let loan = place.and_then(|place| quote.request.loans.get(place));
    let Some(loan) = loan.filter(|_| !guest.dossier.answers.without_loan) else {
        return Ok(guest.to("prets"));
    };
    let saving = Saving { id: guest.dossier.id, page: "prets", seen: seen(&form), by: guest.by() };
    let saved = if quote.request.loans.len() == 1 {
        dossiers.without_loan(saving).await
    } else {
        dossiers.change_loans(saving, &LoanChange::Out(loan.reference.clone())).await
    };
    match saved {
        // Changed in another window: the list shows what is there now.
        Ok(_) | Err(DossierError::Stale { .. }) => Ok(guest.to("prets")),
        Err(error) => refused(&guest, error, &mut form, |form| {
            let page = remove_page(&dossiers, &guest, &quote, (&number, form));
            page.map_or_else(|| guest.to("prets"), shown)
        }),
    }
}
