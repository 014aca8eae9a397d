//! What a thief of the database would find, what happens while it is away, and the operators' commands
//! on the real program.

use std::process::Stdio;

use sqlx::{AssertSqlSafe, Row};
use tokio::process::Command;

use super::{World, keyring, over, read, text};
use crate::harness::app::App;
use crate::harness::soon;

#[tokio::test]
async fn a_copy_of_the_tables_opens_nothing() {
    let world = World::new().await;
    let (client, person) = (world.confidential().await, world.person("pwd").await);
    let code = world.code(&client, &person, "openid").await;
    let (_, tokens) = world.exchange(&client, &code).await;
    let (_, next) = world.refresh(&client, text(&tokens, "refresh_token")).await;
    let (_, cookie) = person.cookie.split_once('=').expect("a pair");
    let secrets = [
        code.as_str(),
        cookie,
        client.secret.as_deref().expect("it keeps one"),
        text(&tokens, "access_token"),
        text(&tokens, "refresh_token"),
        text(&tokens, "id_token"),
        text(&next, "refresh_token"),
        "PRIVATE KEY",
    ];
    let tables = "SELECT table_name AS name FROM information_schema.tables \
                  WHERE table_schema = DATABASE() AND table_name LIKE 'identity\\_%'";
    let tables = sqlx::query(tables).fetch_all(world.database.pool()).await.expect("tables");
    assert!(tables.len() >= 15);
    let mut dump = Vec::new();
    for table in tables {
        let table: String = table.get(0);
        let rows = sqlx::query(AssertSqlSafe(format!("SELECT * FROM {table}")));
        for row in rows.fetch_all(world.database.pool()).await.expect("rows") {
            for column in 0..row.len() {
                let bytes: Option<Vec<u8>> = row.get_unchecked(column);
                dump.extend(bytes.unwrap_or_default());
                dump.push(b'\n');
            }
        }
    }
    let holds = |part: &[u8]| dump.windows(part.len()).any(|window| window == part);
    assert!(holds(&client.id.as_bytes()[4..]) || holds(world.pool.as_bytes()), "it is the dump");
    for secret in secrets {
        assert!(!holds(secret.as_bytes()), "{secret}");
    }
    // The prefix of every PKCS#8 document of a P-256 key (RFC 5208, RFC 5915).
    let pkcs8 = [0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48];
    assert!(!holds(&pkcs8));
}

#[tokio::test]
async fn while_the_database_is_away_every_address_says_so() {
    let keyring = keyring();
    let mut over = over(&keyring);
    over.push(("DATABASE__ACQUIRE_TIMEOUT_MS", "200"));
    let app = App::without_database(&over).await;
    let form = "application/x-www-form-urlencoded";
    for path in ["token", "revoke", "introspect"] {
        let path = format!("/pools/clients/oauth2/{path}");
        let answer = app.post(&path, form, "grant_type=client_credentials").await;
        assert!(answer.headers().get("retry-after").is_some(), "{path}");
        let (status, document) = read(answer).await;
        assert_eq!((status, text(&document, "error")), (503, "temporarily_unavailable"), "{path}");
    }
    for path in
        ["oauth2/authorize?client_id=x", "logout", "oauth2/userInfo", ".well-known/jwks.json"]
    {
        assert_eq!(app.get(&format!("/pools/clients/{path}")).await.status(), 503, "{path}");
    }
}

/// `assurly identity --json …` on the test's database: its exit code, what it prints, what it complains of.
async fn run(world: &World, arguments: &[&str]) -> (Option<i32>, serde_json::Value, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_assurly"));
    command.args(["identity", "--json"]).args(arguments).env_clear().stdin(Stdio::null());
    command.env("DATABASE_URL", world.app.database().url());
    command.env("ASSURLY__CRYPTO__KEYRING_FILE", keyring());
    let output = soon(command.output()).await.expect("it runs");
    let out = String::from_utf8(output.stdout).expect("UTF-8");
    let err = String::from_utf8(output.stderr).expect("UTF-8");
    (output.status.code(), serde_json::from_str(&out).unwrap_or(serde_json::Value::Null), err)
}

#[tokio::test]
async fn operators_work_from_the_command_line() {
    let world = World::new().await;
    let run = async |arguments: &[&str]| run(&world, arguments).await;
    let pool = format!("{}-cli", world.pool);
    let create = ["--kind", "partenaires", "--name-fr", "Courtiers", "--name-en", "Brokers"];
    let (code, made, err) = run(&[&["pool", "create", &pool], &create[..]].concat()).await;
    assert_eq!((code, &made["slug"]), (Some(0), &pool.clone().into()), "{err}");
    assert_eq!(run(&[&["pool", "create", &pool], &create[..]].concat()).await.0, Some(1), "taken");
    let (_, pools, _) = run(&["pool", "list"]).await;
    assert!(pools.as_array().is_some_and(|it| it.iter().any(|it| it["slug"] == pool.as_str())));
    let create = [
        "client",
        "create",
        &pool,
        "--name",
        "Serveur",
        "--kind",
        "confidential",
        "--grant",
        "client_credentials",
        "--scopes",
        "devis:lire",
    ];
    let (code, made, err) = run(&create).await;
    assert_eq!(code, Some(0), "{err}");
    let (id, secret) = (text(&made, "client_id"), text(&made, "client_secret"));
    assert!(id.starts_with("app_") && secret.starts_with("cs_"));
    let (_, list, _) = run(&["client", "list", &pool]).await;
    assert!(list.to_string().contains(id) && !list.to_string().contains(secret), "shown once");
    let (_, rotated, _) = run(&["client", "rotate-secret", &pool, id]).await;
    assert_ne!(text(&rotated, "client_secret"), secret);
    let (code, _, err) = run(&["client", "rotate-secret", &pool, "app_x"]).await;
    assert!(code == Some(1) && err.contains("app_x"), "{err}");
}

#[tokio::test]
async fn operators_look_after_keys_locks_and_journals() {
    let world = World::new().await;
    let run = async |arguments: &[&str]| run(&world, arguments).await;
    let pool = world.pool.clone();
    let (_, keys, _) = run(&["key", "list", &pool]).await;
    assert_eq!(keys[0]["signs"], true);
    let (_, next, _) = run(&["key", "rotate", &pool]).await;
    let (code, _, err) = run(&["key", "revoke", &pool, text(&next, "kid")]).await;
    assert_eq!(code, Some(0), "{err}");
    let (code, _, err) = run(&["key", "revoke", &pool, "-none"]).await;
    assert!(
        code == Some(1) && err.contains("no living key `-none`"),
        "a name like any other: {err}"
    );
    let terms = ["legacy", "open-pool", &pool, "--days", "200", "--reason", "too long"];
    let (code, _, err) = run(&terms).await;
    assert!(code == Some(1) && err.contains("180 days"), "{err}");
    let (code, journal, _) = run(&["journal", "verify", &pool]).await;
    assert!(code == Some(0) && journal["events"].as_u64().is_some_and(|it| it >= 4), "{journal}");
    let bad = [
        "client",
        "create",
        &pool,
        "--name",
        "x",
        "--kind",
        "public",
        "--grant",
        "authorization_code",
        "--redirect-uri",
        "http://localhost/cb",
    ];
    let (code, _, err) = run(&bad).await;
    assert!(code == Some(1) && err.contains("localhost"), "{err}");
}
