//! What operators do to a whole installation, with the real program and the database's real tools.

mod backups;
mod doctor;
mod offers;
mod payers;
mod people;
mod questionnaires;
mod retention;
mod slow;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use assurly::platform::clock::Entropy;
use tokio::process::Command;

/// An installation of one's own: a folder for what it writes, removed with its test.
struct Place {
    folder: PathBuf,
    settings: Vec<(String, String)>,
}

impl Place {
    /// On this database.
    fn new(database: &str) -> Self {
        let name = format!("operations-{}", Entropy::system().hex::<6>());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        let mut place = Self { folder, settings: Vec::new() };
        let tools = tools_of_the_server();
        place.set("DATABASE__URL", database);
        place.set("ENVIRONMENT", "development");
        place.set("BACKUP__TOOLS_FOLDER", &tools.unwrap_or_default());
        place.set("STORAGE__URL", &place.url("storage"));
        place.set("BACKUP__STORAGE__URL", &place.url("backups"));
        place
    }

    fn set(&mut self, key: &str, value: &str) {
        self.settings.retain(|(known, _)| known != key);
        self.settings.push((key.to_owned(), value.to_owned()));
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn url(&self, name: &str) -> String {
        format!("file:{}", self.path(name).display())
    }

    /// Writes a file for its owner alone; its path.
    fn write(&self, name: &str, text: &str) -> String {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.path(name);
        std::fs::write(&path, text).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("closed");
        path.display().to_string()
    }

    /// Runs the program: its exit code, and what it said.
    async fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_assurly"));
        command.args(arguments).env_clear().kill_on_drop(true).stdin(Stdio::null());
        command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
        for (key, value) in &self.settings {
            command.env(format!("ASSURLY__{key}"), value);
        }
        let waited = tokio::time::timeout(Duration::from_secs(120), command.output()).await;
        let output = waited.expect("it ends").expect("it runs");
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // A test that failed may have left it otherwise.
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// A pair of keys of age: the file of the private one, the public one.
fn pair(place: &Place, name: &str) -> (String, String) {
    let made = std::process::Command::new("age-keygen").output().expect("age is installed");
    let text = String::from_utf8(made.stdout).expect("text");
    let public = text.lines().find_map(|line| line.strip_prefix("# public key: "));
    let public = public.expect("a public key").to_owned();
    (place.write(name, &text), public)
}

/// Where the tools of the server under test are, when they are not in the PATH.
#[expect(clippy::disallowed_methods, reason = "tests find their server's tools there")]
fn tools_of_the_server() -> Option<String> {
    std::env::var("TEST_DATABASE_TOOLS").ok()
}
