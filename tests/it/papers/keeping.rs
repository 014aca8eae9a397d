//! A document is made once and kept: later, by several at once, after a crash, changed by somebody,
//! and with no storage.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinSet;

use super::{bytes, couple, href, keep, list};
use crate::harness::app::App;
use crate::harness::soon;
use crate::quotes::{project, read};

/// A storage of one's own, in a folder that is removed with its test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("storage-{}", super::key())))
    }

    fn url(&self) -> String {
        format!("file:{}", self.0.display())
    }

    /// Where the bytes of a document are.
    fn object(&self, document: &Value) -> PathBuf {
        let hash = document["sha256"].as_str().expect("a hash");
        let folder = self.0.join("documents").join(&hash[..2]).join(&hash[2..4]);
        folder.join(format!("{hash}.pdf"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // It may never have been made.
        let _gone = std::fs::remove_dir_all(&self.0).or_else(|_| std::fs::remove_file(&self.0));
    }
}

#[tokio::test]
async fn the_bytes_are_the_same_for_ever_and_for_every_copy() {
    let app = App::start().await;
    let quote = keep(&app, &project()).await;
    let first = list(&app, &quote).await;
    app.clock.advance(Duration::from_hours(24 * 40));
    assert_eq!(list(&app, &quote).await, first);
    // A copy under another name would typeset other bytes: it finds the ones that were kept.
    let other = App::with(&[("BRAND__NAME", "Autre")]).await;
    assert_eq!(list(&other, &quote).await, first);
    for document in &first {
        assert_eq!(bytes(&other, href(document)).await, bytes(&app, href(document)).await);
    }
}

#[tokio::test]
async fn twenty_who_ask_at_once_get_one_document() {
    let app = App::start().await;
    let quote = keep(&app, &couple()).await;
    let path = format!("/v1/quotes/{}/documents/devis", quote["id"].as_str().expect("an id"));
    let mut asked = JoinSet::new();
    for _ in 0..20 {
        asked.spawn(app.client.get(app.url(&path)).send());
    }
    let mut all = Vec::new();
    for answer in soon(asked.join_all()).await {
        let answer = answer.expect("an answer");
        assert_eq!(answer.status(), 200);
        all.push(answer.bytes().await.expect("bytes"));
    }
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn one_changed_byte_is_never_served() {
    let folder = Folder::new();
    let app = App::with(&[("STORAGE__URL", &folder.url())]).await;
    let quote = keep(&app, &project()).await;
    let documents = list(&app, &quote).await;
    let object = folder.object(&documents[0]);
    let whole = std::fs::read(&object).expect("the object");
    for place in [9, whole.len() / 2, whole.len() - 3] {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        std::fs::write(&object, changed).expect("written");
        let (status, problem) = read(app.get(href(&documents[0])).await).await;
        assert_eq!(status, 500, "{problem}");
    }
    // The others are not touched, and the object is served again when it is put back.
    assert_eq!(app.get(href(&documents[1])).await.status(), 200);
    std::fs::write(&object, &whole).expect("written");
    assert_eq!(bytes(&app, href(&documents[0])).await, whole);
    std::fs::remove_file(&object).expect("it was there");
    assert_eq!(app.get(href(&documents[0])).await.status(), 500);
}

#[tokio::test]
async fn a_crash_between_object_and_row_leaves_nothing_half_done() {
    let folder = Folder::new();
    let app = App::with(&[("STORAGE__URL", &folder.url())]).await;
    let quote = keep(&app, &project()).await;
    let first = list(&app, &quote).await;
    let id = &quote["id"].as_str().expect("an id")[4..];
    let gone = sqlx::query("DELETE FROM document WHERE subject_id = UNHEX(?)").bind(id);
    let gone = gone.execute(app.opened().pool()).await.expect("deleted").rows_affected();
    assert_eq!(gone, 2);
    // The object is there, the row is not: made again, the same.
    let again = list(&app, &quote).await;
    for (before, after) in first.iter().zip(&again) {
        assert_eq!(before["sha256"], after["sha256"]);
        assert_eq!(bytes(&app, href(after)).await.len() as u64, after["size"]);
    }
}

#[tokio::test]
async fn without_a_storage_the_page_is_whole_and_a_document_asks_to_come_back() {
    let folder = Folder::new();
    let app = App::with(&[("STORAGE__URL", &folder.url())]).await;
    let quote = keep(&app, &project()).await;
    // A file stands where the folder was: nothing can be written below it.
    std::fs::remove_dir_all(&folder.0).expect("it was made");
    std::fs::write(&folder.0, "not a folder").expect("written");
    let page = app.get(quote["page"].as_str().expect("a page")).await;
    assert_eq!(page.status(), 200);
    let page = page.text().await.expect("text");
    assert!(page.contains(">Devis d’assurance de prêt (PDF)</a>"), "{page}");
    let path = format!("/v1/quotes/{}/documents/devis", quote["id"].as_str().expect("an id"));
    let answer = app.get(&path).await;
    assert!(answer.headers().contains_key("retry-after"));
    assert_eq!(answer.status(), 503);
    std::fs::remove_file(&folder.0).expect("it was there");
    assert_eq!(app.get(&path).await.status(), 200);
}
