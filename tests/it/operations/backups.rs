//! A backup is everything, nobody else's, and comes back whole or not at all.

use std::path::{Path, PathBuf};

use reqwest::StatusCode;
use serde_json::Value;

use super::{Place, pair};
use crate::harness::app::App;
use crate::harness::database::TestDatabase;
use crate::papers::{bytes, href, keep, list};
use crate::quotes::project;

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

/// A quote with its documents, on a program that keeps them in this place.
async fn quoted(app: &App) -> (String, Vec<Value>, Value) {
    let kept = keep(app, &project()).await;
    let documents = list(app, &kept).await;
    let quote = kept["id"].as_str().expect("an identifier").to_owned();
    let shown = app.get(&format!("/v1/quotes/{quote}?include=schedule")).await;
    (quote, documents, shown.json().await.expect("JSON"))
}

#[tokio::test]
#[ignore = "not seen to pass yet: written when the machine had no time left to build it"]
async fn a_backup_comes_back_whole_and_for_its_key_alone() {
    let database = TestDatabase::own().await;
    let mut place = Place::new(&database.url());
    let (mine, public) = pair(&place, "mine");
    let (theirs, _) = pair(&place, "theirs");
    let recipients = place.write("recipients", &format!("# the operator\n{public}\n"));
    place.set("BACKUP__RECIPIENTS_FILE", &recipients);
    let storage = place.url("storage");
    let app = App::on_database(&database, &[("STORAGE__URL", &storage)]).await;
    let (quote, documents, shown) = quoted(&app).await;
    let first = bytes(&app, href(&documents[0])).await;

    let (code, said) = place.run(&["backup"]).await;
    assert_eq!(code, Some(0), "{said}");
    let count = |folder: &str| files(&place.path(folder)).len();
    assert_eq!(count("backups/documents"), count("storage"), "each document once");
    assert!(count("storage") >= documents.len());
    // The second has the documents already.
    place.set("BACKUP__KEEP_DAYS", "1");
    let dump = files(&place.path("backups"))
        .into_iter()
        .find(|path| path.ends_with("database.sql.gz.age"));
    let dump = dump.expect("a dump");
    let sealed = std::fs::read(&dump).expect("the dump");
    assert!(sealed.starts_with(b"age-encryption.org/v1\n"));
    for file in files(&place.path("backups")) {
        let found = std::fs::read(&file).expect("a file");
        let plain =
            memchr::memmem::find(&found, b"CREATE TABLE").is_some() || found.starts_with(b"%PDF");
        assert!(!plain, "{} can be read", file.display());
    }

    // Not over what is there, not with another key, and then nothing was touched.
    let (code, said) = place.run(&["restore", "--identity", &mine]).await;
    assert!(code == Some(1) && said.contains("--replace"), "{said}");
    let empty = std::sync::Arc::new(TestDatabase::empty().await);
    place.set("DATABASE__URL", &empty.url());
    place.set("STORAGE__URL", &place.url("elsewhere"));
    let (code, said) = place.run(&["restore", "--identity", &theirs]).await;
    assert!(code == Some(1) && said.contains("cannot be opened"), "{said}");
    assert_eq!(empty.open().tables().await.expect("tables").len(), 0);

    let (code, said) = place.run(&["restore", "--identity", &mine]).await;
    assert_eq!(code, Some(0), "{said}");
    let elsewhere = place.url("elsewhere");
    let again = App::on_database(&empty, &[("STORAGE__URL", &elsewhere)]).await;
    let back = again.get(&format!("/v1/quotes/{quote}?include=schedule")).await;
    assert_eq!(back.status(), StatusCode::OK);
    assert_eq!(back.json::<Value>().await.expect("JSON"), shown);
    assert_eq!(bytes(&again, href(&documents[0])).await, first);

    // One changed byte is noticed, whatever came before it.
    let mut changed = sealed;
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    std::fs::write(&dump, changed).expect("written");
    let (code, said) = place.run(&["restore", "--identity", &mine, "--replace"]).await;
    assert_eq!(code, Some(1), "{said}");
}

#[tokio::test]
#[ignore = "not seen to pass yet: written when the machine had no time left to build it"]
async fn a_backup_without_an_end_is_none() {
    let database = TestDatabase::own().await;
    let mut place = Place::new(&database.url());
    let (_, public) = pair(&place, "mine");
    place.set("BACKUP__RECIPIENTS_FILE", &place.write("recipients", &public));
    // A tool that ends well in the middle of its dump, and one that is not there.
    let tools = place.path("tools");
    std::fs::create_dir_all(&tools).expect("a folder");
    let tool = place.write("tools/mysqldump", "#!/bin/sh\necho '-- half of a dump'\n");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(&tool, mode).expect("executable");
    let own = place.settings.clone();
    place.set("BACKUP__TOOLS_FOLDER", &tools.display().to_string());
    let (code, said) = place.run(&["backup"]).await;
    assert!(code == Some(1) && said.contains("ended before its dump did"), "{said}");
    place.set("BACKUP__TOOLS_FOLDER", "/nowhere");
    let (code, said) = place.run(&["backup"]).await;
    assert!(code == Some(1) && said.contains("backup.tools_folder"), "{said}");
    let (_, said) = place.run(&["backup", "list"]).await;
    assert_eq!(said.lines().count(), 1, "{said}");
    // Without somebody to encrypt for, nothing is made.
    place.settings = own;
    place.set("BACKUP__RECIPIENTS_FILE", &place.write("nobody", "# nobody\n"));
    let (code, said) = place.run(&["backup"]).await;
    assert!(code == Some(1) && said.contains("holds no key"), "{said}");
}

#[tokio::test]
#[ignore = "not seen to pass yet: written when the machine had no time left to build it"]
async fn old_backups_go_with_the_documents_that_only_they_spoke_of() {
    let database = TestDatabase::own().await;
    let mut place = Place::new(&database.url());
    let (_, public) = pair(&place, "mine");
    place.set("BACKUP__RECIPIENTS_FILE", &place.write("recipients", &public));
    let object = |name: &str| place.path("storage").join(name);
    std::fs::create_dir_all(place.path("storage")).expect("a folder");
    std::fs::write(object("old"), "old").expect("written");
    std::fs::write(object("both"), "both").expect("written");
    let (code, said) = place.run(&["backup"]).await;
    assert_eq!(code, Some(0), "{said}");
    // Made long ago, as its description says.
    let description =
        files(&place.path("backups")).into_iter().find(|path| path.ends_with("backup.json"));
    let description = description.expect("a description");
    let text = std::fs::read_to_string(&description).expect("text");
    let mut value: Value = serde_json::from_str(&text).expect("JSON");
    value["made_at"] = "2020-01-01T00:00:00Z".into();
    let first = value["name"].as_str().expect("a name").to_owned();
    value["name"] = "20200101T000000Z".into();
    let aged = description.parent().expect("a folder");
    std::fs::write(&description, value.to_string()).expect("written");
    std::fs::rename(aged, aged.with_file_name("20200101T000000Z")).expect("renamed");
    assert_ne!(first, "20200101T000000Z");
    std::fs::remove_file(object("old")).expect("erased");
    let (code, said) = place.run(&["backup"]).await;
    assert!(code == Some(0) && said.contains("1 documents (0 new)"), "{said}");
    let (code, said) = place.run(&["backup", "prune"]).await;
    assert!(code == Some(0) && said.contains("1 backups, 1 documents"), "{said}");
    let kept = place.path("backups/documents");
    assert!(kept.join("both.age").exists() && !kept.join("old.age").exists());
    // The newest is never removed, however old.
    let (_, said) = place.run(&["backup", "list"]).await;
    assert_eq!(said.lines().count(), 2, "{said}");
}
