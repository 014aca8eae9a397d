//! The questionnaire engine of `reflex/`, in a real Tomcat on ports of its own.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;

use tokio::sync::OnceCell;

use super::{STARTED, eventually_within};

const MISSING: &str = "TEST_REFLEX_WARS is not set: `bin/test --only integration` builds the questionnaire \
    engine and sets it.";

/// A Tomcat with the engine in it. Its state stays when it is stopped, and is found when it is started.
pub(crate) struct Tomcat {
    pub(crate) port: u16,
    inner: u16,
    place: PathBuf,
    callback: Option<SocketAddr>,
    process: Option<Child>,
}

impl Tomcat {
    /// The one that tests share.
    pub(crate) async fn shared() -> &'static Self {
        static SHARED: OnceCell<Tomcat> = OnceCell::const_new();
        SHARED.get_or_init(|| Self::own("shared", None)).await
    }

    /// One of a test's own, which tells this address of its decisions.
    pub(crate) async fn own(name: &str, callback: Option<SocketAddr>) -> Self {
        let wars = wars();
        let place = format!("{}/reflex-{name}-{}", env!("CARGO_TARGET_TMPDIR"), std::process::id());
        let laid = Command::new("bash").args(["reflex/lay.sh", &place, &wars]).status();
        assert!(laid.expect("bash").success(), "laid out");
        let (port, inner) = (free_port(), free_port());
        let mut own = Self { port, inner, place: place.into(), callback, process: None };
        own.start().await;
        own
    }

    /// Starts it, and waits until it is well through all its modules.
    pub(crate) async fn start(&mut self) {
        self.process = Some(launched(self.command()));
        let key = std::fs::read_to_string(self.secret("integration")).expect("a key");
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let url = format!("{}/cep-core/integration/v1/health", self.url());
        eventually_within(STARTED, "the engine is well", async || {
            let asked = client.get(&url).bearer_auth(key.trim()).send().await;
            asked.is_ok_and(|answer| answer.status() == 200).then_some(())
        })
        .await;
    }

    /// Ends it as a power cut does.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("killed");
            process.wait().expect("gone");
        }
    }

    /// Its volume is lost while it is stopped: it knows of no session any more.
    pub(crate) fn lose_volume(&self) {
        let data = self.place.join("data");
        std::fs::remove_dir_all(&data).expect("its volume");
        std::fs::create_dir(&data).expect("another volume");
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The file of one of its keys.
    pub(crate) fn secret(&self, name: &str) -> PathBuf {
        self.place.join(format!("secrets/reflex_{name}_key"))
    }

    /// The settings of a program that uses it.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        let path = |path: &Path| path.display().to_string();
        vec![
            ("UNDERWRITING__URL", self.url()),
            ("UNDERWRITING__INTEGRATION_KEY_FILE", path(&self.secret("integration"))),
            ("UNDERWRITING__CALLBACK_KEY_FILE", path(&self.secret("callback"))),
            ("UNDERWRITING__POLL_MS", "20".to_owned()),
        ]
    }

    fn command(&self) -> Command {
        let config = format!("{}/reflex/reflex-config", env!("CARGO_MANIFEST_DIR"));
        let (port, inner) = (self.port, self.inner);
        let callback = self.callback.map(|at| format!("http://{at}/internal/reflex/callback"));
        let options = format!(
            "-Xms32M -Xmx256M -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dfile.encoding=UTF-8 \
             -Dreflex.address=127.0.0.1 -Dreflex.port={port} -Dreflex.internal.port={inner} \
             -Dreflex.internal.base=http://127.0.0.1:{inner} -Dreflex.callback.url={} \
             -Dreflex.ui.after=/questionnaire/suite -Dreflex.ui.leave=/questionnaire/suite",
            callback.unwrap_or_default()
        );
        let out = std::fs::File::options().create(true).append(true).open(self.place.join("out"));
        let out = out.expect("a log");
        let mut command = Command::new("setpriv");
        command
            // A test that is killed leaves nothing behind.
            .args(["--pdeathsig", "KILL", "/usr/share/tomcat10/bin/catalina.sh", "run"])
            .env_remove("JAVA_OPTS")
            .env("CATALINA_HOME", "/usr/share/tomcat10")
            .env("CATALINA_BASE", self.place.join("base"))
            .env("REFLEX_CONFIG_ROOTDIR", config)
            .env("REFLEX_LOG_ROOTDIR", self.place.join("log"))
            .env("REFLEX_DATA_ROOTDIR", self.place.join("data"))
            .env("REFLEX_SECRETS_DIR", self.place.join("secrets"))
            .env("CATALINA_OPTS", options)
            .stdin(Stdio::null())
            .stdout(out.try_clone().expect("a log"))
            .stderr(out);
        command
    }
}

impl Drop for Tomcat {
    fn drop(&mut self) {
        self.kill();
    }
}

#[expect(clippy::disallowed_methods, reason = "the tests' own configuration")]
fn wars() -> String {
    std::env::var("TEST_REFLEX_WARS").expect(MISSING)
}

/// Starts a program from a thread that lasts as long as this one does: the signal of a parent's death is
/// that of the thread that began.
pub(super) fn launched(mut command: Command) -> Child {
    let (say, child) = mpsc::channel();
    std::thread::spawn(move || {
        say.send(command.spawn().expect("setpriv and Debian's Tomcat are there")).expect("asked");
        loop {
            std::thread::park();
        }
    });
    child.recv().expect("started")
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}
