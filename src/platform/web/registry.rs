//! The registry of refusals: what each `type` URI and each code means, for who writes a program.
//!
//! Kinds come from the kernel; the codes of the trade are given by who mounts the routes, because
//! the platform knows no trade.

use std::sync::Arc;

use askama::Template;
use axum::{
    Extension, Router,
    extract::Path,
    response::{IntoResponse as _, Response},
    routing::get,
};

use super::page::{CachePolicy, Page, PageError, Sheet};
use crate::kernel::problem::{Entry, Kind};

/// A code that a value can be refused with, and its sentence.
pub type Row = (&'static str, &'static str);

/// `/problemes` and `/problemes/{slug}`. `rows` are the codes of the trade.
pub fn routes<S: Clone + Send + Sync + 'static>(rows: impl IntoIterator<Item = Row>) -> Router<S> {
    let rows: Arc<[Row]> = rows.into_iter().collect();
    Router::new()
        .route("/problemes", get(index))
        .route("/problemes/{slug}", get(entry))
        .layer(Extension(rows))
}

#[derive(Template)]
#[template(path = "shared/registry.html")]
struct RegistryPage<'a> {
    entries: Vec<Entry>,
    rows: &'a [Row],
}

impl Sheet for RegistryPage<'_> {
    fn title(&self) -> &str {
        "Registre des refus"
    }
}

#[derive(Template)]
#[template(path = "shared/problem.html")]
struct EntryPage {
    entry: Entry,
}

impl Sheet for EntryPage {
    fn title(&self) -> &str {
        self.entry.title
    }
}

fn entries() -> Vec<Entry> {
    Kind::ALL.iter().map(|kind| kind.entry()).collect()
}

async fn index(Extension(rows): Extension<Arc<[Row]>>) -> Response {
    let page = RegistryPage { entries: entries(), rows: &rows };
    Page::new(page).cache(CachePolicy::Hour).into_response()
}

async fn entry(Path(slug): Path<String>) -> Result<Page<EntryPage>, PageError> {
    let entry = entries().into_iter().find(|entry| entry.slug == slug);
    let entry = entry.ok_or(Kind::NotFound)?;
    Ok(Page::new(EntryPage { entry }).cache(CachePolicy::Hour))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::web::lint;

    #[test]
    fn the_registry_lists_every_kind_and_every_code() {
        let rows = [("LOAN_TERM", "Une phrase.")];
        let page = RegistryPage { entries: entries(), rows: &rows };
        let text = page.render().expect("renders");
        lint::check(&text);
        assert!(Kind::ALL.iter().all(|kind| text.contains(kind.entry().slug)));
        assert!(text.contains("LOAN_TERM"));
        for entry in entries() {
            lint::check(&EntryPage { entry }.render().expect("renders"));
        }
    }
}
