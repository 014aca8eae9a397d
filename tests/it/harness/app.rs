//! The program, running on ports of its own, with a few addresses that only tests have.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};

use assurly::app::boot::{self, Listeners, Running};
use assurly::app::router;
use assurly::app::settings::{self, Settings, Sources};
use assurly::app::state::{self, AppState, Platform};
use assurly::gateway::authorizer::IssuerSettings;
use assurly::gateway::{Drained, Stop};
use assurly::platform::access::{Api, LocalIssuers, Revocations};
use assurly::platform::clock::{Clock, Entropy};
use assurly::platform::db::Database;
use assurly::platform::seal::development_pair;
use assurly::platform::web::json::Json;
use assurly::slices::admission::Admissions;
use assurly::slices::contracts::Contracts;
use assurly::slices::dossiers::Dossiers;
use assurly::slices::messages::Messages;
use assurly::slices::quotes::Pricer;
use assurly::slices::underwriting::{Applicants, Underwriting};
use axum::Router;
use axum::extract::FromRef;
use axum::routing::{get, post};
use serde_json::Value;
use tokio::sync::{Semaphore, mpsc};

use super::database::TestDatabase;
use super::{logs, soon};

/// A file with a key of data at rest, the same for all tests.
pub(crate) static KEYRING: LazyLock<String> = LazyLock::new(|| {
    let path = format!("{}/keyring-{}", env!("CARGO_TARGET_TMPDIR"), std::process::id());
    let key = "test:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
    std::fs::write(&path, key).expect("written");
    path
});

/// The same for health, with another key.
pub(crate) static HEALTH_KEYRING: LazyLock<String> = LazyLock::new(|| {
    let path = format!("{}/health-keyring-{}", env!("CARGO_TARGET_TMPDIR"), std::process::id());
    let key = "sante:HxwdHhsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=\n";
    std::fs::write(&path, key).expect("written");
    path
});

/// A folder with a certificate of development and its key, the same for all tests.
pub(crate) static SEAL: LazyLock<(String, String)> = LazyLock::new(|| {
    let path = format!("{}/seal-{}", env!("CARGO_TARGET_TMPDIR"), std::process::id());
    let pair = development_pair("Assurly", Clock::system().now()).expect("a pair");
    let (certificate, key) = (format!("{path}.pem"), format!("{path}.key"));
    std::fs::write(&certificate, pair.certificate).expect("written");
    std::fs::write(&key, pair.key).expect("written");
    (certificate, key)
});

/// A machine that does much else is no outage.
pub(crate) const PATIENT: (&str, &str) = ("DATABASE__ACQUIRE_TIMEOUT_MS", "20000");

/// The configuration with these keys (`SERVER__LISTEN`) over the defaults, on free ports.
pub(crate) fn settings(over: &[(&str, &str)]) -> Settings {
    let free = [
        ("SERVER__LISTEN", "127.0.0.1:0"),
        ("SERVER__ADMIN_LISTEN", "127.0.0.1:0"),
        ("SERVER__PRIVATE_LISTEN", "127.0.0.1:0"),
        // All tests come from one address.
        ("SERVER__REQUESTS_PER_IP_PER_S", "0"),
        ("ENVIRONMENT", "development"),
        ("SERVER__DRAIN_DELAY_MS", "0"),
        // The first page of a quote sets up typesetting, which is slow in a build for tests.
        ("SERVER__REQUEST_TIMEOUT_MS", "170000"),
        ("SERVER__DRAIN_TIMEOUT_MS", "170000"),
        ("CRYPTO__KEYRING_FILE", KEYRING.as_str()),
        ("HEALTH__KEYRING_FILE", HEALTH_KEYRING.as_str()),
        // MariaDB counts what a statement waits for, too: a machine that does much else is no outage.
        ("DATABASE__STATEMENT_TIMEOUT_MS", "30000"),
        ("DATABASE__LOCK_WAIT_TIMEOUT_S", "20"),
        // Typesetting is slow in a build for tests, on a machine that does much else.
        ("PDF__TIMEOUT_MS", "60000"),
        ("SEAL__CERTIFICATE_FILE", SEAL.0.as_str()),
        ("SEAL__KEY_FILE", SEAL.1.as_str()),
        // All tests come from one address.
        ("IDENTITY__ATTEMPTS_BURST", "1000000"),
        ("DOSSIERS__CODES_PER_NETWORK", "1000000"),
        ("DOSSIERS__CODES_IN_ALL", "1000000"),
        ("STORAGE__URL", concat!("file:", env!("CARGO_TARGET_TMPDIR"), "/storage")),
        // Jobs are done in a database of one's own, where no other test's clock has them done.
        ("JOBS__RUN", "false"),
        // A test that moves its clock has not lost a copy.
        ("JOBS__CLAIM_S", "180"),
        // A test that moves its clock must not make another one's messages stale.
        ("MESSAGES__TEND_MS", "600000"),
    ];
    let variables: HashMap<_, _> = free
        .iter()
        .chain(over)
        .map(|(key, value)| (format!("ASSURLY__{key}"), (*value).to_owned()))
        .collect();
    let sources = Sources { file: None, variables };
    settings::load(&sources).expect("the settings of the tests are right")
}

/// Whose tokens the program takes, and operations that only tests have.
#[derive(Default)]
pub(crate) struct Access {
    pub(crate) issuers: Vec<IssuerSettings>,
    /// In the place of our own pools.
    pub(crate) local: Option<(Arc<dyn LocalIssuers>, Revocations)>,
    pub(crate) operations: Api,
    /// Who browsers are logged in as, for the questionnaire.
    pub(crate) applicants: Option<Arc<dyn Applicants>>,
}

/// A running program.
pub(crate) struct App {
    pub(crate) public: SocketAddr,
    pub(crate) admin: SocketAddr,
    pub(crate) private: SocketAddr,
    pub(crate) stop: Stop,
    pub(crate) messages: Messages,
    pub(crate) admissions: Admissions,
    pub(crate) contracts: Contracts,
    pub(crate) dossiers: Dossiers,
    pub(crate) underwriting: Underwriting,
    pub(crate) client: reqwest::Client,
    /// Stands at 23 November 2026, 9 h UTC, until a test moves it.
    pub(crate) clock: Clock,
    /// Says each time that `/test/wait` was entered.
    pub(crate) entered: mpsc::UnboundedReceiver<()>,
    /// Lets `/test/wait` answer, once per permit.
    pub(crate) release: Arc<Semaphore>,
    running: Option<Running>,
    opened: Database,
    // Dropped last: the program's connections are closed before its database goes.
    database: Option<Arc<TestDatabase>>,
}

impl App {
    /// With the shared database.
    pub(crate) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// With the shared database, and these keys over the defaults.
    pub(crate) async fn with(over: &[(&str, &str)]) -> Self {
        Self::on_database(&TestDatabase::shared().await, over).await
    }

    /// With this database, for a test that needs one of its own or starts several copies on it.
    pub(crate) async fn on_database(database: &Arc<TestDatabase>, over: &[(&str, &str)]) -> Self {
        let url = database.url();
        let mut all = vec![("DATABASE__URL", url.as_str()), PATIENT];
        all.extend(over);
        Self::on(&all, Some(Arc::clone(database)), Access::default()).await
    }

    /// With the shared database, and these issuers.
    pub(crate) async fn guarded(access: Access) -> Self {
        Self::guarded_on(&TestDatabase::shared().await, access, &[]).await
    }

    /// The same with this database, and these keys over the defaults.
    pub(crate) async fn guarded_on(
        database: &Arc<TestDatabase>,
        access: Access,
        over: &[(&str, &str)],
    ) -> Self {
        let url = database.url();
        let mut all = vec![("DATABASE__URL", url.as_str()), PATIENT];
        all.extend(over);
        Self::on(&all, Some(Arc::clone(database)), access).await
    }

    /// With a database of its own, and these settings.
    pub(crate) async fn on_database_with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::on_database_with_access(Access::default(), change).await
    }

    /// The same, with these issuers.
    pub(crate) async fn on_database_with_access(
        access: Access,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let database = TestDatabase::own().await;
        let url = database.url();
        Self::changed(&[("DATABASE__URL", &url)], Some(database), access, change).await
    }

    /// With this database, these keys, and these people logged in.
    pub(crate) async fn for_applicants(
        database: &Arc<TestDatabase>,
        over: &[(&str, &str)],
        applicants: Arc<dyn Applicants>,
    ) -> Self {
        let url = database.url();
        let mut all = vec![("DATABASE__URL", url.as_str())];
        all.extend(over);
        let access = Access { applicants: Some(applicants), ..Access::default() };
        Self::on(&all, Some(Arc::clone(database)), access).await
    }

    /// With these issuers and a database that nobody answers for.
    pub(crate) async fn guarded_without_database(access: Access) -> Self {
        let nowhere = ("DATABASE__URL", "mysql://nobody@127.0.0.1:1/nothing");
        Self::on(&[nowhere, ("DATABASE__ACQUIRE_TIMEOUT_MS", "200")], None, access).await
    }

    /// With a database that nobody answers for.
    pub(crate) async fn without_database(over: &[(&str, &str)]) -> Self {
        // Port 1 is reserved: nothing listens there.
        let mut all = vec![("DATABASE__URL", "mysql://nobody@127.0.0.1:1/nothing")];
        all.extend(over);
        Self::on(&all, None, Access::default()).await
    }

    async fn on(
        over: &[(&str, &str)],
        database: Option<Arc<TestDatabase>>,
        access: Access,
    ) -> Self {
        Self::changed(over, database, access, |_| ()).await
    }

    async fn changed(
        over: &[(&str, &str)],
        database: Option<Arc<TestDatabase>>,
        access: Access,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        logs::keep();
        let clock = Clock::fixed("2026-11-23T09:00:00Z".parse().expect("an instant"));
        let mut settings = settings(over);
        settings.access.issuers = access.issuers;
        change(&mut settings);
        let listeners = Listeners::open(&mut settings.server).await.expect("free ports");
        let platform = Platform::with(settings, clock.clone(), Entropy::system())
            .expect("the address of the database is one");
        if database.is_some() {
            // Pools as every installation has them; not in a database without tables, which is a test's
            // own matter.
            let _ = boot::furnish(&platform).await;
        }
        let (say, entered) = mpsc::unbounded_channel();
        let release = Arc::new(Semaphore::new(0));
        let stop = Stop::default();
        let pricer = Pricer::shipped().expect("products/");
        let state = match access.local {
            Some((local, revoked)) => AppState::with(&platform, pricer, local, revoked),
            None => AppState::new(&platform, pricer),
        };
        let mut state = state.expect("the transports are right");
        if let Some(applicants) = access.applicants {
            let own = state::underwriting(&platform, applicants).expect("its keys are right");
            state = state.with_underwriting(own);
        }
        let api = router::api(&state).merge(access.operations);
        let work = router::around(&state, api).merge(test_routes(say, Arc::clone(&release)));
        let running =
            boot::start(&platform, &state, work, listeners, &stop).await.expect("it starts");
        Self {
            public: running.public,
            admin: running.admin,
            private: running.private.expect("a private address"),
            stop,
            messages: Messages::from_ref(&state),
            admissions: Admissions::from_ref(&state),
            contracts: Contracts::from_ref(&state),
            dossiers: Dossiers::from_ref(&state),
            underwriting: Underwriting::from_ref(&state),
            client: client(),
            clock,
            entered,
            release,
            running: Some(running),
            opened: platform.database,
            database,
        }
    }

    /// The database behind the program.
    pub(crate) fn database(&self) -> &TestDatabase {
        self.database.as_deref().expect("started with a database")
    }

    /// The same, for another program on it.
    pub(crate) fn shared_database(&self) -> Arc<TestDatabase> {
        Arc::clone(self.database.as_ref().expect("started with a database"))
    }

    /// The program's own pool.
    pub(crate) const fn opened(&self) -> &Database {
        &self.opened
    }

    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.public)
    }

    /// The address of a path by the private listener.
    pub(crate) fn private_url(&self, path: &str) -> String {
        format!("http://{}{path}", self.private)
    }

    /// GETs a path.
    pub(crate) async fn get(&self, path: &str) -> reqwest::Response {
        soon(self.client.get(self.url(path)).send()).await.expect("an answer")
    }

    /// POSTs a body of this type.
    pub(crate) async fn post(
        &self,
        path: &str,
        media: &str,
        body: impl Into<reqwest::Body>,
    ) -> reqwest::Response {
        let request = self.client.post(self.url(path)).header("content-type", media);
        soon(request.body(body).send()).await.expect("an answer")
    }

    /// The metrics, line by line.
    pub(crate) async fn metrics(&self) -> Vec<String> {
        let url = format!("http://{}/metrics", self.admin);
        let answer = soon(self.client.get(url).send()).await.expect("an answer");
        let text = answer.text().await.expect("text");
        text.lines().map(str::to_owned).collect()
    }

    /// Waits for the end that [`Self::stop`] was asked for.
    pub(crate) async fn ended(&mut self) -> Drained {
        let running = self.running.take().expect("ended once");
        soon(running.ended()).await.expect("the listener did not panic")
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.stop.force();
    }
}

/// A client that follows nothing and keeps no proxy.
pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client")
}

fn test_routes(say: mpsc::UnboundedSender<()>, release: Arc<Semaphore>) -> Router {
    let wait = move || {
        let (say, release) = (say.clone(), Arc::clone(&release));
        async move {
            say.send(()).expect("the test listens");
            release.acquire().await.expect("never closed").forget();
            "done"
        }
    };
    Router::new()
        .route("/test/wait", get(wait.clone()))
        .route("/v1/test/wait", get(wait))
        .route("/test/panic", get(panics))
        .route("/v1/test/panic", get(panics))
        .route("/test/echo", post(|Json(value): Json<Value>| async { Json(value) }))
        .route("/test/long", get(|| async { "assurance ".repeat(1000) }))
        .route("/test/flood", get(|| async { vec![b'a'; 64 << 20] }))
        .route("/test/cached", get(|| async { ([("cache-control", "max-age=60")], "x") }))
}

#[expect(clippy::panic, reason = "this is what the address is for")]
async fn panics() -> &'static str {
    panic!("hunter2 is the secret of this panic")
}
