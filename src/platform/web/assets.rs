//! Static files: style sheet, font, pictures. They live in the binary under names that carry a hash
//! of their content, so a browser keeps them for ever and a new version has a new address.
//!
//! Nothing is read from the disk at run time, and nothing here comes from another host.

use std::{collections::BTreeMap, io::Write as _, sync::LazyLock};

use axum::{
    Router,
    body::Bytes,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use flate2::{Compression, write::GzEncoder};

use super::page::PageError;
use crate::kernel::problem::Kind;
use crate::platform::digest::{hex, sha256};

#[derive(rust_embed::Embed)]
#[folder = "assets/"]
struct Files;

/// A year, and never asked again: the address changes with the content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Hexadecimal digits of the hash in a name: two versions never share 48 bits by chance.
const HASH_DIGITS: usize = 12;

struct Asset {
    address: String,
    kind: &'static str,
    etag: String,
    plain: Bytes,
    gzip: Option<Bytes>,
}

/// Every file by its own name.
static SHELF: LazyLock<BTreeMap<String, Asset>> = LazyLock::new(fill);

/// The address of the file `name`, with its hash; `""` when there is no such file.
pub fn address(name: &str) -> &'static str {
    SHELF.get(name).map_or("", |asset| &asset.address)
}

/// The route of static files.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{file}", get(serve))
}

async fn serve(Path(file): Path<String>, headers: HeaderMap) -> Result<Response, PageError> {
    let address = format!("/assets/{file}");
    let asset = SHELF.values().find(|asset| asset.address == address);
    let asset = asset.ok_or(Kind::NotFound)?;
    let mut response = if is_known(&headers, &asset.etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        body(asset, takes_gzip(&headers))
    };
    let answer = response.headers_mut();
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(FOR_EVER));
    if let Ok(etag) = HeaderValue::from_str(&asset.etag) {
        answer.insert(header::ETAG, etag);
    }
    if asset.gzip.is_some() {
        answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    Ok(response)
}

fn body(asset: &Asset, takes_gzip: bool) -> Response {
    match asset.gzip.as_ref().filter(|_| takes_gzip) {
        Some(gzip) => {
            let names = [(header::CONTENT_TYPE, asset.kind), (header::CONTENT_ENCODING, "gzip")];
            (names, gzip.clone()).into_response()
        }
        None => ([(header::CONTENT_TYPE, asset.kind)], asset.plain.clone()).into_response(),
    }
}

fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    known.is_some_and(|known| known.split(',').any(|one| [etag, "*"].contains(&one.trim())))
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| {
        let mut codings = accepted.split(',').map(|one| one.replace(' ', ""));
        codings.any(|one| one == "gzip" || one.starts_with("gzip;") && !one.ends_with("q=0"))
    })
}

/// Style sheets come last: they name the other files, and so carry their hashes.
fn fill() -> BTreeMap<String, Asset> {
    let mut shelf = BTreeMap::new();
    let (sheets, others): (Vec<_>, Vec<_>) = Files::iter().partition(|name| name.ends_with(".css"));
    for name in others.into_iter().chain(sheets) {
        let Some(file) = Files::get(&name) else {
            continue;
        };
        let bytes = if name.ends_with(".css") {
            with_addresses(&file.data, &shelf)
        } else {
            file.data.into_owned()
        };
        shelf.insert(name.to_string(), asset(&name, bytes));
    }
    shelf
}

fn with_addresses(sheet: &[u8], shelf: &BTreeMap<String, Asset>) -> Vec<u8> {
    let mut text = String::from_utf8_lossy(sheet).into_owned();
    for (name, asset) in shelf {
        text = text.replace(&format!("url({name})"), &format!("url({})", asset.address));
    }
    text.into_bytes()
}

fn asset(name: &str, bytes: Vec<u8>) -> Asset {
    let mut hash = hex(&sha256(&[&bytes]));
    hash.truncate(HASH_DIGITS);
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let kind = match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };
    Asset {
        address: format!("/assets/{stem}-{hash}.{extension}"),
        kind,
        etag: format!("\"{hash}\""),
        // A font is compressed already.
        gzip: (extension != "woff2").then(|| gzip(&bytes)).flatten(),
        plain: bytes.into(),
    }
}

/// Nothing when compression fails or does not help: the plain file is served instead.
fn gzip(bytes: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).ok()?;
    let packed = encoder.finish().ok()?;
    (packed.len() < bytes.len()).then(|| packed.into())
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Request};
    use tower::ServiceExt as _;

    use super::*;

    async fn ask(address: &str, name: header::HeaderName, value: &str) -> Response {
        let request = Request::get(address).header(name, value).body(Body::empty());
        let request = request.expect("a request");
        routes().oneshot(request).await.expect("an answer")
    }

    #[tokio::test]
    async fn files_are_immutable_compressed_and_known_again() {
        let sheet = address("site.css");
        let answer = ask(sheet, header::ACCEPT_ENCODING, "br, gzip").await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()[header::CONTENT_ENCODING], "gzip");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], FOR_EVER);
        let etag = answer.headers()[header::ETAG].to_str().expect("text").to_owned();
        let again = ask(sheet, header::IF_NONE_MATCH, &etag).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        let plain = ask(sheet, header::ACCEPT_ENCODING, "gzip;q=0").await;
        assert!(!plain.headers().contains_key(header::CONTENT_ENCODING));
        let font = ask(address("figtree.woff2"), header::ACCEPT_ENCODING, "gzip").await;
        assert_eq!(font.headers()[header::CONTENT_TYPE], "font/woff2");
        let none = ask("/assets/../Cargo.toml", header::ACCEPT, "*/*").await;
        assert_eq!(none.status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn the_style_sheet_is_small_and_names_the_font_by_its_hash() {
        let sheet = &SHELF["site.css"];
        let text = std::str::from_utf8(&sheet.plain).expect("text");
        assert!(text.contains(address("figtree.woff2")));
        assert!(!text.contains("http"), "nothing from another host");
        let packed = sheet.gzip.as_ref().expect("compressed").len();
        assert!(packed <= 6 * 1024, "{packed} bytes");
    }

    #[test]
    fn the_optional_script_is_small() {
        let packed = SHELF["vif.js"].gzip.as_ref().expect("compressed").len();
        assert!(packed <= 3 * 1024, "{packed} bytes");
    }
}
