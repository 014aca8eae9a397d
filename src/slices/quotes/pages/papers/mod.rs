//! What the documents of a quote say: the words and figures of its page, for the templates of
//! `templates/pdf/`. Nothing is computed here, so paper and page cannot differ.

pub(in crate::slices::quotes) mod conseil;
pub(in crate::slices::quotes) mod devis;
pub(in crate::slices::quotes) mod fiche;
mod file;
#[cfg(test)]
mod tests;

use super::words;
use crate::kernel::french;
use crate::slices::quotes::papers::Paper;
use crate::slices::quotes::wire::{LoanRequest, QuoteResponse};

pub(super) use file::file;

/// A document of the quote as its page offers it.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    pub(super) href: String,
    pub(super) title: String,
    /// «PDF, 84 Ko», or the format alone while the size is not known.
    pub(super) format: String,
}

impl Offer {
    /// A document, and its bytes when they are known.
    pub(super) fn of(quote: &QuoteResponse, paper: &Paper, size: Option<u64>) -> Self {
        let size = size.map(|size| format!(", {}", french::bytes(size)));
        Self {
            href: format!("{}/documents/{}", quote.page, paper.name),
            title: paper.title.clone(),
            format: format!("PDF{}", size.unwrap_or_default()),
        }
    }
}

/// « de la deuxième personne», behind the title of a document, when there are several persons.
pub(in crate::slices::quotes) fn whose(place: usize, count: usize) -> String {
    words::of_person(place, count)
}

/// «Prêt 2», with the name that a program gave it.
fn loan_name(place: usize, loan: &LoanRequest) -> String {
    let number = place + 1;
    if loan.reference == format!("pret{number}") {
        format!("Prêt\u{A0}{number}")
    } else {
        format!("Prêt\u{A0}{number} ({})", loan.reference)
    }
}

/// The first letter in upper case.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
