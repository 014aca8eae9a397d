//! A server of our own on a fresh database, a driver and a browser, one test at a time.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use assurly::platform::clock::{Clock, Entropy};
use assurly::platform::seal::development_pair;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, MySqlConnection};
use thirtyfour::ChromiumLikeCapabilities as _;
use thirtyfour::prelude::{By, DesiredCapabilities, WebDriver, WebElement};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader, Lines};
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, MutexGuard};

/// One browser at a time: the machine of a build has few cores.
static TURN: Mutex<()> = Mutex::const_new(());

/// Nothing that is waited for takes longer, on the slowest machine: past it, the test has failed.
const PATIENCE: Duration = Duration::from_secs(60);

const FLAGS: [&str; 11] = [
    "--accept-lang=fr-FR",
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
];

/// Everything that a test needs; the children end with it.
pub(crate) struct House {
    /// The browser.
    pub(crate) browser: WebDriver,
    /// Address of the server, without a slash at its end.
    pub(crate) origin: String,
    database: (String, String),
    driver_address: String,
    _server: Child,
    _driver: Child,
    _turn: MutexGuard<'static, ()>,
}

impl House {
    /// Opens a house with an empty database.
    pub(crate) async fn open() -> Self {
        Self::with(&[]).await
    }

    /// The same, with these settings (`UNDERWRITING__URL`) over those of the tests.
    pub(crate) async fn with(over: &[(&'static str, String)]) -> Self {
        let turn = TURN.lock().await;
        let database = fresh_database().await;
        let (server, origin) = server(&database.1, over).await;
        let (driver, driver_address) = driver().await;
        is_ready(&origin).await;
        furnished(&format!("{origin}/pools/clients/forgot")).await;
        let browser = browser(&driver_address).await;
        Self {
            browser,
            origin,
            database,
            driver_address,
            _server: server,
            _driver: driver,
            _turn: turn,
        }
    }

    /// The browser of somebody else, with a memory of its own. Whoever opens it ends it.
    pub(crate) async fn another_browser(&self) -> WebDriver {
        browser(&self.driver_address).await
    }

    /// The page that is open, as it stands.
    pub(crate) async fn page(&self) -> String {
        self.browser.source().await.expect("a page")
    }

    /// Asks again until there is an answer, for what happens beside the browser.
    pub(crate) async fn eventually<T>(
        &self,
        what: &str,
        mut ask: impl AsyncFnMut() -> Option<T>,
    ) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            assert!(Instant::now() < deadline, "never happened: {what}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Closes the browser and removes the database.
    pub(crate) async fn close(self) {
        self.browser.clone().quit().await.expect("the browser ends");
        let (admin, url) = &self.database;
        let name = url.rsplit('/').next().expect("a name");
        let mut connection = MySqlConnection::connect(admin).await.expect("the database");
        let drop = AssertSqlSafe(format!("DROP DATABASE `{name}`"));
        connection.execute(sqlx::raw_sql(drop)).await.expect("removed");
    }

    /// Address of the database.
    pub(crate) fn database(&self) -> &str {
        &self.database.1
    }

    /// Another command of the program, on the same database.
    pub(crate) fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_assurly"));
        command.args(arguments).env_remove("DATABASE_URL");
        command.env("ASSURLY__DATABASE__URL", self.database());
        command.env("ASSURLY__ENVIRONMENT", "development");
        command.env("ASSURLY__CRYPTO__KEYRING_FILE", keys("browser"));
        command.env("ASSURLY__SERVER__PUBLIC_URL", &self.origin);
        command
    }

    /// Opens a page of the server.
    pub(crate) async fn go(&self, path: &str) {
        let address = format!("{}{path}", self.origin);
        self.browser.goto(address).await.expect("the page opens");
    }

    /// The one element that matches, once it is there: a page that was just opened is still being read.
    pub(crate) async fn find(&self, css: &str) -> WebElement {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let found = self.browser.find(By::Css(css)).await;
            if found.is_ok() || Instant::now() >= deadline {
                return found
                    .map_err(|error| format!("{css}: {error}"))
                    .expect("the browser does it");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the page that is open is whole.
    pub(crate) async fn is_whole(&self) {
        self.becomes("return document.readyState", "complete".to_owned()).await;
    }

    /// Types into a control, in place of what it holds.
    pub(crate) async fn fill(&self, name: &str, text: &str) {
        let control = self.find(&format!("[name={name}]")).await;
        control.clear().await.expect("empties");
        control.send_keys(text).await.expect("types");
    }

    /// Chooses a radio.
    pub(crate) async fn choose(&self, name: &str, value: &str) {
        let radio = format!("[name={name}][value='{value}']");
        self.find(&radio).await.click().await.expect("chooses");
    }

    /// Presses what matches.
    pub(crate) async fn press(&self, css: &str) {
        self.find(css).await.click().await.expect("presses");
    }

    /// Waits until what matches says `words`, spaces of any width read as one. Without scripts the
    /// driver does not wait for the next page by itself.
    pub(crate) async fn sees(&self, css: &str, words: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let text = self.text(css).await.unwrap_or_default();
            if text.contains(words) {
                return;
            }
            assert!(Instant::now() < deadline, "{css} says {text:?}, not {words:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until `script` answers this: what the browser does by itself after a page is there.
    pub(crate) async fn becomes<T>(&self, script: &str, wanted: T)
    where
        T: serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
    {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let is = self.ask::<T>(script).await;
            if is == wanted {
                return;
            }
            assert!(Instant::now() < deadline, "{script} is {is:?}, not {wanted:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Opens the page again.
    pub(crate) async fn go_again(&self) {
        self.browser.refresh().await.expect("the page opens");
    }

    /// Chooses a file of this machine.
    pub(crate) async fn choose_file(&self, css: &str, path: &str) {
        self.find(css).await.send_keys(path).await.expect("chooses");
    }

    pub(crate) async fn text(&self, css: &str) -> Option<String> {
        let element = self.browser.find(By::Css(css)).await.ok()?;
        let text = element.text().await.ok()?;
        Some(text.replace(['\u{A0}', '\u{202F}'], " "))
    }

    /// Answers the six questions of the simulator and asks for the price.
    pub(crate) async fn simulate(&self) {
        self.go("/simuler").await;
        self.choose("projet", "nouveau").await;
        self.fill("capital", "220 000").await;
        self.fill("duree", "20").await;
        self.fill("taux", "3,45").await;
        self.fill("naissance_j", "27").await;
        self.fill("naissance_m", "mars").await;
        self.fill("naissance_a", "1988").await;
        self.choose("fumeur", "non").await;
        self.press("form > .bouton").await;
        self.sees("h1", "Votre prix").await;
    }

    /// Asks for a price with answers missing: the same page comes back and says which.
    pub(crate) async fn submit_too_early(&self) {
        self.press("form > .bouton").await;
        self.sees("#bilan-t", "corriger").await;
    }

    /// A command of the browser's own protocol.
    pub(crate) async fn command(
        &self,
        name: &str,
        parameters: serde_json::Value,
    ) -> serde_json::Value {
        let answer = self.browser.cdp().send_raw(name, parameters).await;
        answer.map_err(|error| format!("{name}: {error}")).expect("the browser does it")
    }

    /// Gives the window a width, as a telephone or a screen has it.
    pub(crate) async fn width(&self, width: u32) {
        self.window(width, 800).await;
    }

    /// Gives the window a width and a height.
    pub(crate) async fn window(&self, width: u32, height: u32) {
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
        });
        self.command("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Light or dark.
    pub(crate) async fn scheme(&self, scheme: &str) {
        let features = json!({"features": [
            {"name": "prefers-color-scheme", "value": scheme},
            // A picture taken while one page fades into another shows neither.
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]});
        self.command("Emulation.setEmulatedMedia", features).await;
    }

    /// What a script answers. The page's own policy allows none: this one comes from the driver.
    pub(crate) async fn ask<T: serde::de::DeserializeOwned>(&self, script: &str) -> T {
        let answer = self.browser.execute(script, Vec::new()).await;
        let answer =
            answer.map_err(|error| format!("{script}: {error}")).expect("the browser does it");
        answer.convert().expect("the answer has this type")
    }
}

async fn fresh_database() -> (String, String) {
    #[expect(clippy::disallowed_methods, reason = "tests are told where their database is")]
    let admin = std::env::var("TEST_DATABASE_URL").expect("TEST_DATABASE_URL names a server");
    let name = format!("assurly_browser_{}", Entropy::system().hex::<6>());
    let mut connection = MySqlConnection::connect(&admin).await.expect("the database");
    let create = AssertSqlSafe(format!("CREATE DATABASE `{name}`"));
    connection.execute(sqlx::raw_sql(create)).await.expect("created");
    let mut url: url::Url = admin.parse().expect("an address");
    url.set_path(&name);
    (admin, url.to_string())
}

/// The program, on ports that the system chooses, and the address that it says it serves on. What it
/// is called by the world (`server.public_url`) stays another: pages must not need it for their links.
async fn server(database: &str, over: &[(&'static str, String)]) -> (Child, String) {
    let mut server = Command::new(env!("CARGO_BIN_EXE_assurly"))
        .arg("serve")
        .env("ASSURLY__SERVER__LISTEN", "127.0.0.1:0")
        .env("ASSURLY__SERVER__ADMIN_LISTEN", "127.0.0.1:0")
        // By its name: passkeys are bound to one. On the port that is listened on.
        .env("ASSURLY__SERVER__PUBLIC_URL", "http://localhost:0")
        .env("ASSURLY__ENVIRONMENT", "development")
        .env("ASSURLY__CRYPTO__KEYRING_FILE", keys("browser"))
        .env("ASSURLY__HEALTH__KEYRING_FILE", keys("health"))
        .env("ASSURLY__SEAL__CERTIFICATE_FILE", &SEAL.0)
        .env("ASSURLY__SEAL__KEY_FILE", &SEAL.1)
        .env("ASSURLY__STORAGE__URL", concat!("file:", env!("CARGO_TARGET_TMPDIR"), "/storage"))
        // Typesetting is slow in a build for tests, on a machine that does much else.
        .env("ASSURLY__PDF__TIMEOUT_MS", "60000")
        .env("ASSURLY__JOBS__TIMEOUT_S", "600")
        .env("ASSURLY__JOBS__CLAIM_S", "3600")
        .env("ASSURLY__JOBS__POLL_MS", "50")
        .env("ASSURLY__IDENTITY__ATTEMPTS_BURST", "1000")
        .env("ASSURLY__IDENTITY__CACHE_S", "0")
        .env("ASSURLY__DATABASE__URL", database)
        .env("ASSURLY__TELEMETRY__FORMAT", "json")
        .env("ASSURLY__TELEMETRY__FILTER", "warn,assurly::app::boot=info")
        .env_remove("DATABASE_URL")
        .envs(over.iter().map(|(key, value)| (format!("ASSURLY__{key}"), value)))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the server starts");
    let mut lines = BufReader::new(server.stderr.take().expect("piped")).lines();
    let origin = said(&mut lines, |line| {
        let line: Value = serde_json::from_str(line).ok()?;
        let address = line["public"].as_str().filter(|_| line["message"] == "serving")?;
        let port = address.rsplit(':').next()?;
        Some(format!("http://localhost:{port}"))
    });
    let origin = origin.await;
    pass_on(lines);
    (server, origin)
}

/// A certificate of development and its key, the same for all tests.
static SEAL: LazyLock<(PathBuf, PathBuf)> = LazyLock::new(|| {
    let pair = development_pair("Assurly", Clock::system().now()).expect("a pair");
    let path = |end: &str| {
        std::env::temp_dir().join(format!("assurly-browser-{}.{end}", std::process::id()))
    };
    let (certificate, key) = (path("pem"), path("key"));
    std::fs::write(&certificate, pair.certificate).expect("written");
    std::fs::write(&key, pair.key).expect("written");
    (certificate, key)
});

/// A file with a key of this name.
pub(crate) fn keys(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("assurly-{name}-{}.keys", std::process::id()));
    let line = assurly::platform::crypto::Keyring::new_line(name, &Entropy::system());
    if !path.exists() {
        std::fs::write(&path, line).expect("written");
    }
    path
}

/// The driver, on a port that the system chooses, and its address.
async fn driver() -> (Child, String) {
    let mut driver = Command::new("/usr/bin/chromedriver")
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("chromedriver starts");
    let mut lines = BufReader::new(driver.stdout.take().expect("piped")).lines();
    let address = said(&mut lines, |line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        Some(format!("http://127.0.0.1:{}", port.trim_end_matches('.')))
    });
    let address = address.await;
    pass_on(lines);
    (driver, address)
}

/// Waits for the line of a child that says what is asked; the lines before it are shown.
async fn said<R: AsyncRead + Unpin, T>(
    lines: &mut Lines<BufReader<R>>,
    says: impl Fn(&str) -> Option<T>,
) -> T {
    let reading = async {
        loop {
            let line = lines.next_line().await.expect("readable").expect("it does not end yet");
            if let Some(told) = says(&line) {
                return told;
            }
            show(&line);
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.expect("it says its address")
}

/// Shows the lines of a child until it ends, so that it never waits for somebody to read them.
#[expect(clippy::disallowed_methods, reason = "it ends with the child, or with the test")]
fn pass_on<R: AsyncRead + Unpin + Send + 'static>(mut lines: Lines<BufReader<R>>) {
    tokio::spawn(async move {
        while let Ok(Some(line)) = lines.next_line().await {
            show(&line);
        }
    });
}

#[expect(clippy::print_stderr, reason = "where the child's own lines would have gone")]
fn show(line: &str) {
    eprintln!("{line}");
}

/// Waits until the server answers and its database has its tables.
async fn is_ready(origin: &str) {
    let address = format!("{origin}/readyz");
    let deadline = Instant::now() + PATIENCE;
    while !reqwest::get(&address).await.is_ok_and(|answer| answer.status().is_success()) {
        assert!(Instant::now() < deadline, "{address} does not say that it is ready");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Waits until the pools of every installation are written, which happens behind the migrations.
async fn furnished(address: &str) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = reqwest::get(address).await.expect("it answers");
        if answer.status().is_success() {
            return;
        }
        assert!(Instant::now() < deadline, "{address}: {}", answer.status());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn browser(driver: &str) -> WebDriver {
    let mut wanted = DesiredCapabilities::chrome();
    wanted.set_binary("/usr/bin/chromium").expect("a path");
    for flag in FLAGS {
        wanted.add_arg(flag).expect("a flag");
    }
    WebDriver::new(driver, wanted).await.expect("the browser starts")
}
