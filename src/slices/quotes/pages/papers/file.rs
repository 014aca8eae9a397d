//! `/devis/{ref}/documents/{name}`: a document of the quote, for who has the quote's link.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use crate::platform::web::file;
use crate::slices::quotes::pages::closed::{self, Closed};
use crate::slices::quotes::service::Quotes;

pub(in crate::slices::quotes::pages) async fn file(
    State(quotes): State<Quotes>,
    Path((reference, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Closed> {
    let quote = closed::shown(&quotes, &reference).await?;
    let (made, name) = quotes.papers().read(&quote, &name).await?;
    Ok(file::inline(file::PDF, &name, &made.document.sha256, made.bytes, &headers))
}
