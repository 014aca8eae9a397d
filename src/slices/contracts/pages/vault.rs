//! The documents of the customer's area: what each contract has, with its day, format and size; opened one by
//! one or taken together. Each opening leaves a line in the log: which document, of which contract, by whom.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;

use super::area::{frame, logged_in, theirs};
use super::end::{archived, served};
use super::frame::{Answer, Frame, sheets, unkept};
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet;
use crate::slices::contracts::core::Contracts;
use crate::slices::contracts::keeping::Listed;
use crate::slices::contracts::model::{Contract, OWNER};

/// Name of the filter.
const FILTER: &str = "contrat";

/// Contracts whose documents are shown together at most, the newest first; the filter leads to each other one.
const MOST: usize = 10;

/// The documents of one contract.
struct Shelf {
    number: String,
    base: String,
    papers: Vec<Listed>,
}

#[derive(Template)]
#[template(path = "contracts/vault.html")]
struct VaultPage {
    frame: Frame,
    /// Identifier and number of each contract, when there are several.
    choices: Vec<(String, String)>,
    shelves: Vec<Shelf>,
    /// Contracts that are not shown.
    left: usize,
}

sheets!(VaultPage);

pub(super) async fn show(
    State(contracts): State<Contracts>,
    headers: HeaderMap,
    Query(mut typed): Query<HashMap<String, String>>,
) -> Answer {
    let visitor = logged_in!(&contracts, &headers);
    let all = contracts.all_for(visitor.party).await?;
    let wanted = typed.remove(FILTER).filter(|id| !id.is_empty());
    let mut form = Form::default();
    let shown = match &wanted {
        // Somebody else's is not there.
        Some(id) => vec![theirs(&contracts, &visitor, id).await?],
        None => all.iter().take(MOST).cloned().collect(),
    };
    form.set(FILTER, wanted.clone().unwrap_or_default());
    let mut shelves = Vec::new();
    for contract in &shown {
        let bank = contracts.bank(contract).await?;
        let papers = contracts.listed(contract, &bank, OWNER).await?;
        let base = format!("/espace/contrats/{}", contract.id);
        shelves.push(Shelf { number: contract.number.clone(), base, papers });
    }
    let left = if wanted.is_some() { 0 } else { all.len() - shown.len() };
    let frame = frame(&visitor, "Mes documents", "/espace", form);
    Ok(unkept(VaultPage { frame, choices: choices(&all), shelves, left }))
}

fn choices(all: &[Contract]) -> Vec<(String, String)> {
    if all.len() < 2 {
        return Vec::new();
    }
    let each = all.iter().map(|one| (one.id.to_string(), one.number.clone()));
    std::iter::once((String::new(), "Tous les contrats".to_owned())).chain(each).collect()
}

pub(super) async fn file(
    State(contracts): State<Contracts>,
    Path((id, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let visitor = logged_in!(&contracts, &headers);
    let contract = theirs(&contracts, &visitor, &id).await?;
    let made = contracts.document(&contract, &name, OWNER).await?;
    let (document, by) = (made.document.kind.code(), visitor.user);
    tracing::info!(contract = %contract.id, document, %by, "a document was opened by its owner");
    Ok(served(&name, made, &headers))
}

pub(super) async fn archive(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let visitor = logged_in!(&contracts, &headers);
    let contract = theirs(&contracts, &visitor, &id).await?;
    let answer = archived(&contracts, &contract, OWNER).await?;
    let by = visitor.user;
    tracing::info!(contract = %contract.id, %by, "all documents were taken by their owner");
    Ok(answer)
}
