//! `assurly doctor` finds what is wrong, says so in words, and says nothing else.

use super::{Place, pair};
use crate::harness::app::{App, HEALTH_KEYRING, KEYRING, SEAL};
use crate::harness::database::TestDatabase;

/// An installation that lacks nothing.
async fn sound(database: &TestDatabase) -> Place {
    let mut place = Place::new(&database.url());
    for (name, key) in [("keyring", "CRYPTO__KEYRING_FILE"), ("health", "HEALTH__KEYRING_FILE")] {
        let text = if name == "keyring" { KEYRING.as_str() } else { HEALTH_KEYRING.as_str() };
        let path = place.write(name, &std::fs::read_to_string(text).expect("a keyring"));
        place.set(key, &path);
    }
    let key = place.write("seal", &std::fs::read_to_string(&SEAL.1).expect("a key"));
    place.set("SEAL__CERTIFICATE_FILE", &SEAL.0);
    place.set("SEAL__KEY_FILE", &key);
    let (_, public) = pair(&place, "identity");
    let recipients = place.write("recipients", &public);
    place.set("BACKUP__RECIPIENTS_FILE", &recipients);
    place
}

#[tokio::test]
#[ignore = "not seen to pass yet: written when the machine had no time left to build it"]
async fn a_sound_installation_has_nothing_wrong() {
    let database = TestDatabase::own().await;
    let place = sound(&database).await;
    let (code, said) = place.run(&["doctor"]).await;
    assert!(code == Some(1) && said.contains("backups      there is none"), "{said}");
    let (code, said) = place.run(&["backup"]).await;
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = place.run(&["doctor"]).await;
    assert_eq!(code, Some(0), "{said}");
    for part in
        ["database", "clock", "tables", "keys", "certificates", "storage", "jobs", "backups"]
    {
        assert!(said.contains(&format!("well   {part}")), "{part}: {said}");
    }
    let (_, json) = place.run(&["doctor", "--json"]).await;
    let found: Vec<serde_json::Value> = serde_json::from_str(&json).expect("JSON");
    assert!(found.iter().all(|one| one["verdict"] != "wrong"), "{json}");
}

#[tokio::test]
#[ignore = "not seen to pass yet: written when the machine had no time left to build it"]
async fn each_fault_is_named_with_its_remedy() {
    let database = TestDatabase::own().await;
    let mut place = sound(&database).await;
    let wrong = async |place: &Place, words: &[&str]| {
        let (code, said) = place.run(&["doctor"]).await;
        assert_eq!(code, Some(1), "{said}");
        for word in words {
            assert!(said.contains(word), "{word}: {said}");
        }
    };
    place.run(&["backup"]).await;
    let healthy = place.settings.clone();
    // The two worlds share one key.
    place.set("HEALTH__KEYRING_FILE", &place.path("keyring").display().to_string());
    wrong(&place, &["hold the same key"]).await;
    // A key that others can write.
    place.settings.clone_from(&healthy);
    let open = place.path("keyring");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    std::fs::set_permissions(&open, mode).expect("opened");
    wrong(&place, &["can be written by others"]).await;
    // An engine that nobody answers for.
    place.settings.clone_from(&healthy);
    let key = place.write("key", &"k".repeat(43));
    place.set("UNDERWRITING__URL", "http://127.0.0.1:1");
    place.set("UNDERWRITING__INTEGRATION_KEY_FILE", &key);
    place.set("UNDERWRITING__CALLBACK_KEY_FILE", &key);
    let medical = place.write("medical", "m:ISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P0A=\n");
    place.set("UNDERWRITING__MEDICAL_KEYRING_FILE", &medical);
    wrong(&place, &["WRONG  engine"]).await;
    // A storage that is no folder.
    place.settings.clone_from(&healthy);
    let file = place.write("file", "");
    place.set("STORAGE__URL", &format!("file:{file}/in-a-file"));
    wrong(&place, &["WRONG  storage"]).await;
    // A database without our tables, and none at all.
    place.settings.clone_from(&healthy);
    let empty = TestDatabase::empty().await;
    place.set("DATABASE__URL", &empty.url());
    wrong(&place, &["WRONG  tables", "`assurly migrate`"]).await;
    place.set("DATABASE__URL", "mysql://nobody:hunter2@127.0.0.1:1/nothing");
    wrong(&place, &["WRONG  database"]).await;
    let (_, said) = place.run(&["doctor"]).await;
    assert!(!said.contains("hunter2"), "{said}");
}

#[tokio::test]
#[ignore = "not seen to pass yet: written when the machine had no time left to build it"]
async fn work_that_nobody_does_is_noticed() {
    let database = TestDatabase::own().await;
    let place = sound(&database).await;
    let app = App::on_database(&database, &[]).await;
    let late = "INSERT INTO job (id, kind, subject, state, due_at, attempts, created_at) \
        VALUES (UUID_TO_BIN_OR_HEX, 'test', 'x', 'waiting', '2020-01-01', 0, '2020-01-01')";
    let late = late.replace("UUID_TO_BIN_OR_HEX", "UNHEX('0190000000007000800000000000000a')");
    sqlx::query(sqlx::AssertSqlSafe(late)).execute(app.opened().pool()).await.expect("a row");
    let (code, said) = place.run(&["doctor"]).await;
    assert!(code == Some(1) && said.contains("no copy does them"), "{said}");
}
