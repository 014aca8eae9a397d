//! The same archive in a bucket: moto, a server that speaks S3, as `bin/test` installs it.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::{bytes, href, keep, list};
use crate::harness::app::App;
use crate::harness::soon;
use crate::quotes::{project, read};

const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/var/tools/moto/bin/moto_server");

/// A server of objects that ends with its test.
pub(crate) struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// Starts one, with the bucket `assurly`.
    pub(crate) async fn start() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let child = Command::new(PROGRAM)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("var/tools/moto is made by bin/test");
        let server = Self { child, port };
        soon(server.bucket()).await;
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Makes the bucket, as soon as the server answers.
    async fn bucket(&self) {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let mut turn = tokio::time::interval(Duration::from_millis(50));
        loop {
            turn.tick().await;
            let made = client.put(format!("{}/assurly", self.url())).send().await;
            if made.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _gone = self.child.kill();
        let _ended = self.child.wait();
    }
}

#[tokio::test]
async fn documents_are_kept_in_a_bucket_and_an_outage_passes() {
    let server = Server::start().await;
    let credentials = format!("{}/s3-{}", env!("CARGO_TARGET_TMPDIR"), super::key());
    std::fs::write(&credentials, "key:secret\n").expect("written");
    let app = App::with(&[
        ("STORAGE__URL", "s3://assurly/archive"),
        ("STORAGE__ENDPOINT", &server.url()),
        ("STORAGE__REGION", "eu-west-3"),
        ("STORAGE__CREDENTIALS_FILE", &credentials),
        ("STORAGE__TIMEOUT_MS", "2000"),
    ])
    .await;
    std::fs::remove_file(&credentials).expect("read once, at the start");
    let quote = keep(&app, &project()).await;
    let documents = list(&app, &quote).await;
    for document in &documents {
        let found = bytes(&app, href(document)).await;
        assert_eq!(found.len() as u64, document["size"]);
        assert!(found.starts_with(b"%PDF-"));
    }
    // The row is forgotten: the object of this hash is there and is not written again.
    let sql = "DELETE FROM document WHERE sha256 = UNHEX(?)";
    let hash = documents[0]["sha256"].as_str().expect("a hash");
    sqlx::query(sql).bind(hash).execute(app.opened().pool()).await.expect("deleted");
    assert_eq!(list(&app, &quote).await[0]["sha256"], hash);
    drop(server);
    let (status, problem) = read(app.get(href(&documents[0])).await).await;
    assert_eq!(status, 503, "{problem}");
}
