//! A server of our own on a fresh database, told of the pools from outside.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, MySqlConnection};
use tokio::process::{Child, Command};
use tokio::sync::Mutex;

/// The pools from outside: where they will be, or what they said of themselves.
pub(crate) struct Outside {
    /// `issuers` of `outside/cognito.py`: two pools, of which the first one is registered.
    pub(crate) cognito: Value,
    pub(crate) oidc_provider: String,
    pub(crate) mock_server: String,
    /// A server of keys that answers as it is told, an issuer for each path.
    pub(crate) scripted: String,
}

/// What tokens from outside say they are for.
pub(crate) const AUDIENCE: &str = "urn:assurly:api";

/// Issuers of `outside/scripted-keys.mjs`, besides one for each way in which a set of keys goes wrong.
const SCRIPTED: [&str; 7] =
    ["steady", "rotating", "outage", "away", "twin", "several", "misdiscovered"];

/// The ways: from the first set on, and, with `late-` before it, after a good one.
const WRONG: [&str; 9] =
    ["slow", "endless", "huge", "html", "prose", "empty", "octets", "failing", "redirecting"];

/// A server, and what was told about it.
pub(crate) struct House {
    pub(crate) origin: String,
    folder: PathBuf,
    config: PathBuf,
    database: (String, String),
    world: std::sync::Mutex<Map<String, Value>>,
    server: Mutex<Child>,
}

impl Outside {
    /// Keeps addresses for those that start later.
    pub(crate) fn reserve() -> Self {
        let address = || format!("http://127.0.0.1:{}", free_port());
        Self {
            cognito: Value::Null,
            oidc_provider: address(),
            mock_server: address(),
            scripted: address(),
        }
    }
}

impl House {
    /// Starts it; the reason why it does not is an answer.
    pub(crate) async fn open(outside: &Outside) -> Result<Self, String> {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("clients-{}", std::process::id()));
        drop(fs::remove_dir_all(&folder));
        let made = fs::DirBuilder::new().mode(0o700).recursive(true).create(&folder);
        made.map_err(|error| format!("{}: {error}", folder.display()))?;
        let database = fresh_database().await;
        let port = free_port();
        let origin = format!("http://127.0.0.1:{port}");
        let config = folder.join("assurly.toml");
        let text = configuration(port, &folder, &database.1, outside);
        fs::write(&config, text).expect("the folder is ours");
        let mut command = Command::new(env!("CARGO_BIN_EXE_assurly"));
        let keyring = program(&mut command, &config).arg("keyring").output().await;
        let keyring = keyring.map_err(|error| error.to_string())?;
        fs::write(folder.join("keyring"), keyring.stdout).expect("the folder is ours");
        let log = fs::File::create(folder.join("server.log")).expect("the folder is ours");
        // It ends with this program even when that is killed outright.
        let mut command = Command::new("/usr/bin/setpriv");
        command.args(["--pdeathsig", "KILL", "--", env!("CARGO_BIN_EXE_assurly")]);
        let server = program(&mut command, &config).arg("serve").stderr(log).spawn();
        let house = Self {
            world: std::sync::Mutex::new(Map::new()),
            server: Mutex::new(server.map_err(|error| error.to_string())?),
            origin,
            folder,
            config,
            database,
        };
        house.tell("origin", json!(house.origin));
        house.tell("program", json!([env!("CARGO_BIN_EXE_assurly"), "--config", house.config]));
        match house.is_ready().await {
            Ok(()) => Ok(house),
            Err(why) => {
                let why = format!("{why}\n{}", house.log());
                house.close().await;
                Err(why)
            }
        }
    }

    /// Waits until the tables are laid out.
    async fn is_ready(&self) -> Result<(), String> {
        let deadline = Instant::now() + Duration::from_secs(60);
        let address = format!("{}/readyz", self.origin);
        loop {
            if let Ok(answer) = reqwest::get(&address).await
                && answer.status().is_success()
            {
                return Ok(());
            }
            if let Ok(Some(status)) = self.server.lock().await.try_wait() {
                return Err(format!("the server ended: {status}"));
            }
            if Instant::now() > deadline {
                return Err("the server is not ready after 60 s".into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Runs `assurly` with these arguments on the same configuration: what it printed.
    pub(crate) async fn assurly(&self, arguments: &[&str]) -> Result<String, String> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_assurly"));
        let output = program(&mut command, &self.config).args(arguments).stderr(Stdio::piped());
        let output = output.output().await.map_err(|error| error.to_string())?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() {
            Ok(text(&output.stdout))
        } else {
            let why = text(&output.stderr);
            Err(format!("assurly {}: {}\n{why}", arguments.join(" "), output.status))
        }
    }

    /// Adds to what the scripts are told.
    pub(crate) fn tell(&self, name: &str, value: Value) {
        self.world.lock().expect("no panic before").insert(name.to_owned(), value);
    }

    /// What the scripts are told.
    pub(crate) fn world(&self) -> Value {
        Value::Object(self.world.lock().expect("no panic before").clone())
    }

    /// The end of the server's log.
    pub(crate) fn log(&self) -> String {
        let text = fs::read_to_string(self.folder.join("server.log")).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(60)..].join("\n")
    }

    /// Ends the server and leaves nothing behind.
    pub(crate) async fn close(self) {
        drop(self.server.into_inner().kill().await);
        let (admin, url) = &self.database;
        let name = url.rsplit('/').next().expect("a name");
        let mut connection = MySqlConnection::connect(admin).await.expect("the database");
        let drop_it = AssertSqlSafe(format!("DROP DATABASE `{name}`"));
        connection.execute(sqlx::raw_sql(drop_it)).await.expect("removed");
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// The program, without anything of the environment that it would listen to.
fn program<'a>(command: &'a mut Command, config: &std::path::Path) -> &'a mut Command {
    command.env_clear().arg("--config").arg(config).stdin(Stdio::null()).kill_on_drop(true)
}

fn configuration(port: u16, folder: &std::path::Path, database: &str, outside: &Outside) -> String {
    let keyring = folder.join("keyring");
    let keyring = keyring.display();
    let mut text = format!(
        r#"environment = "development"
[server]
listen = "127.0.0.1:{port}"
public_url = "http://127.0.0.1:{port}"
admin_listen = "127.0.0.1:0"
drain_delay_ms = 0
connections_per_ip_max = 512
[database]
url = "{database}"
[crypto]
keyring_file = "{keyring}"
[telemetry]
filter = "info,sqlx=warn"
[identity]
cache_s = 1
"#
    );
    text.push_str(&issuers(outside));
    text
}

/// The pools from outside, as an operator writes them.
fn issuers(outside: &Outside) -> String {
    let mut text = String::new();
    let mut add = |issuer: &str, profile: &str, rest: &str| {
        let entry = format!(
            "[[access.issuers]]\nissuer = \"{issuer}\"\nprofile = \"{profile}\"\n\
             max_token_age_s = 86400\nallow_private = true\n{rest}\n"
        );
        text.push_str(&entry);
    };
    if let Some(pool) = outside.cognito.as_object() {
        let told = |name: &str| pool.get(name).and_then(Value::as_str).unwrap_or_default();
        let rest = format!(
            "pool = \"clients\"\nalgs = [\"RS256\"]\njwks_uri = \"{}\"\nclient_ids = [\"{}\"]\n\
             scope_prefix = \"assurly/\"\ngroups = {{ Gestionnaires = \"gestionnaires\" }}",
            told("jwks_uri"),
            told("client_id"),
        );
        add(told("issuer"), "cognito", &rest);
    }
    let partner =
        format!("pool = \"partenaires\"\naudiences = [\"{AUDIENCE}\"]\nalgs = [\"ES256\"]");
    add(&outside.oidc_provider, "rfc9068", &partner);
    let realm = "pool = \"partenaires\"\nclient_ids = [\"portail\"]\nalgs = [\"RS256\"]\n\
                 groups = { Courtiers = \"courtiers\" }\nacr = { \"2\" = \"mfa\" }";
    add(&outside.mock_server, "keycloak", realm);
    let late = WRONG.iter().map(|name| format!("late-{name}"));
    let names = SCRIPTED.iter().chain(&WRONG).map(ToString::to_string).chain(late);
    for name in names {
        let issuer = format!("{}/{name}", outside.scripted);
        // Only one of them is looked for by discovery, and that one lies.
        let keys = if name == "misdiscovered" {
            String::new()
        } else {
            format!("\njwks_uri = \"{issuer}/jwks\"")
        };
        add(&issuer, "rfc9068", &format!("{partner}{keys}"));
    }
    text
}

async fn fresh_database() -> (String, String) {
    #[expect(clippy::disallowed_methods, reason = "tests are told where their database is")]
    let admin = std::env::var("TEST_DATABASE_URL").expect("TEST_DATABASE_URL names a server");
    let name = format!("assurly_clients_{}", std::process::id());
    let mut connection = MySqlConnection::connect(&admin).await.expect("the database");
    let create = AssertSqlSafe(format!("CREATE DATABASE `{name}`"));
    connection.execute(sqlx::raw_sql(create)).await.expect("created");
    let mut url: url::Url = admin.parse().expect("an address");
    url.set_path(&name);
    (admin, url.to_string())
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}
