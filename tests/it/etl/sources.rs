//! Where files come from: folders, gzip, zip, a bucket; and servers that take no stream.

use std::fs::{self, File};
use std::io::Write;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use std::collections::HashMap;
use std::sync::Arc;

use super::{Bench, dvf, real};
use crate::harness::begun;

const FILE: &str = "valeursfoncieres-2020-dep01.txt";

async fn all_rows(bench: &Bench, run: u64) -> i64 {
    let sum = format!("SELECT CAST(SUM(valeur_fonciere) AS SIGNED) FROM dvf_row_r{run}");
    assert_eq!(bench.number(&format!("SELECT COUNT(*) FROM dvf_row_r{run}")).await, 10_000);
    bench.number(&sum).await
}

#[tokio::test]
async fn gzip_zip_and_folders_hold_the_same_rows() {
    let bench = Bench::new("packed").await;
    let text = fs::read(real(FILE)).expect("the file");
    let gz = bench.path("plain.txt.gz");
    let mut packed = flate2::write::GzEncoder::new(
        File::create(&gz).expect("a file"),
        flate2::Compression::fast(),
    );
    packed.write_all(&text).expect("written");
    packed.finish().expect("written");
    let zip = bench.path("valeurs.zip");
    let mut packed = zip::ZipWriter::new(File::create(&zip).expect("a file"));
    let how = zip::write::SimpleFileOptions::default();
    packed.start_file("valeursfoncieres-2020.txt", how).expect("a member");
    packed.write_all(&text).expect("written");
    packed.finish().expect("written");
    let folder = bench.folder.join("folder");
    fs::create_dir(&folder).expect("a folder");
    fs::write(folder.join("a.txt"), &text).expect("written");
    fs::write(folder.join("README.md"), "not data").expect("written");
    let folder = folder.display().to_string();
    let mut sums = Vec::new();
    for (run, (source, period)) in (1..).zip([(&gz, "gz"), (&zip, "zip"), (&folder, "folder")]) {
        let arguments =
            ["load", "--schema", &dvf(), "--period", period, "--chunk", "100000", source];
        let report = bench.done(&arguments).await;
        assert_eq!(report["rows"], 10_000, "{report}");
        sums.push(all_rows(&bench, run).await);
    }
    assert!(sums.windows(2).all(|pair| pair[0] == pair[1]), "{sums:?}");
    bench.pool.close().await;
}

#[tokio::test]
async fn a_damaged_zip_is_not_a_shorter_file() {
    let bench = Bench::new("damaged").await;
    let zip = bench.path("valeurs.zip");
    let mut packed = zip::ZipWriter::new(File::create(&zip).expect("a file"));
    let how =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    packed.start_file("a.txt", how).expect("a member");
    packed.write_all(&fs::read(real(FILE)).expect("the file")).expect("written");
    packed.finish().expect("written");
    let mut bytes = fs::read(&zip).expect("the zip");
    bytes[500_000] ^= 1;
    fs::write(&zip, bytes).expect("written");
    let (code, _, err) = bench.run(&["load", "--schema", &dvf(), &zip]).await;
    assert!(code == Some(1) && err.contains("damaged"), "{err}");
    bench.pool.close().await;
}

#[tokio::test]
async fn insert_statements_load_the_same_rows_and_say_that_they_are_slower() {
    let bench = Bench::new("insert").await;
    let source = real(FILE);
    let (code, out, err) =
        bench.run(&["load", "--schema", &dvf(), "--insert-only", "--log", "json", &source]).await;
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("\"way\": \"insert\"") && err.contains("slower"), "{err}");
    let inserted = all_rows(&bench, 1).await;
    bench.done(&["load", "--schema", &dvf(), "--period", "other", &source]).await;
    assert_eq!(all_rows(&bench, 2).await, inserted);
    let differ = "SELECT COUNT(*) FROM dvf_sale_r1 a JOIN dvf_sale_r2 b ON b.id = a.id \
                  WHERE NOT (a.price_cents <=> b.price_cents) OR a.rooms <> b.rooms";
    assert_eq!(bench.number(differ).await, 0);
    bench.pool.close().await;
}

/// A bucket with one object: lists it, and gives it from any byte on.
async fn bucket(
    State(text): State<Arc<Vec<u8>>>,
    Path(path): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> impl IntoResponse {
    let date = "2026-11-23T09:00:00.000Z";
    if query.contains_key("list-type") {
        let body = format!(
            "<?xml version=\"1.0\"?><ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated>\
             <Contents><Key>dvf/valeursfoncieres-2020.txt</Key><LastModified>{date}</LastModified>\
             <ETag>\"x\"</ETag><Size>{}</Size></Contents></ListBucketResult>",
            text.len()
        );
        return (StatusCode::OK, HeaderMap::new(), body.into_bytes());
    }
    if path != "b/dvf/valeursfoncieres-2020.txt" {
        return (StatusCode::NOT_FOUND, HeaderMap::new(), path.into_bytes());
    }
    let range = headers.get("range").and_then(|value| value.to_str().ok());
    let from: Option<usize> =
        range.and_then(|r| r.strip_prefix("bytes=")?.split('-').next()?.parse().ok());
    let mut answer = HeaderMap::new();
    answer.insert("last-modified", "Mon, 23 Nov 2026 09:00:00 GMT".parse().expect("a value"));
    answer.insert("etag", "\"x\"".parse().expect("a value"));
    let Some(from) = from else { return (StatusCode::OK, answer, text.to_vec()) };
    let shown = format!("bytes {from}-{}/{}", text.len() - 1, text.len());
    answer.insert("content-range", shown.parse().expect("a value"));
    (StatusCode::PARTIAL_CONTENT, answer, text[from..].to_vec())
}

#[tokio::test]
async fn a_bucket_is_a_source_like_another() {
    let bench = Bench::new("bucket").await;
    let text = Arc::new(fs::read(real(FILE)).expect("the file"));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    let routes = Router::new().route("/{*path}", get(bucket)).with_state(text);
    let serving = begun(async move { axum::serve(listener, routes).await });
    let mut command = bench.etl(&["load", "--schema", &dvf(), "--chunk", "300000", "s3://b/dvf"]);
    command.env("ASSURLY__CAMPAIGNS__S3__ENDPOINT", &endpoint).env(
        "ASSURLY__CAMPAIGNS__S3__CREDENTIALS_FILE",
        bench.write("credentials", "key:secret\n"),
    );
    let (code, out, err) = super::output(command).await;
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("\"period\": \"2020\""), "{out}");
    all_rows(&bench, 1).await;
    serving.abort();
    bench.pool.close().await;
}
