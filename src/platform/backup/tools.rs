//! Programs run beside us: the database's own tools, one of which writes the dump and the other reads it, and
//! age, which encrypts it.
//!
//! MySQL's and MariaDB's differ in a few options; which they are is asked of the tool itself. The password
//! is in a file that only we read, never on the command line or in a variable.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

use secrecy::ExposeSecret;

use super::BackupError;
use crate::platform::clock::Entropy;
use crate::platform::db::Endpoint;

/// What a tool may say of its failure, at most.
const WORDS_MAX: u64 = 4096;

/// Where the file of the password is for as long as a tool runs.
const TEMPORARY: &str = "/tmp";

/// Names of the tool that writes the dump, the one to be preferred first.
const DUMPERS: &[&str] = &["mysqldump", "mariadb-dump"];
const CLIENTS: &[&str] = &["mysql", "mariadb"];
const AGE: &[&str] = &["age"];

/// The tools for one database. The file with the password is removed with it.
pub(super) struct Tools {
    folder: PathBuf,
    options: PathBuf,
    database: String,
}

impl Drop for Tools {
    fn drop(&mut self) {
        // Its owner's alone: at worst it stays there.
        drop(std::fs::remove_file(&self.options));
    }
}

impl Tools {
    /// Prepares them for this database.
    pub(super) fn new(folder: &Path, endpoint: &Endpoint) -> Result<Self, BackupError> {
        let name = format!("assurly-{}.cnf", Entropy::system().hex::<8>());
        let options = Path::new(TEMPORARY).join(name);
        let file = File::options().write(true).create_new(true).mode(0o600).open(&options);
        file.and_then(|mut file| file.write_all(client_options(endpoint).as_bytes()))
            .map_err(|error| BackupError::Bytes("the file of the password", error))?;
        Ok(Self { folder: folder.to_owned(), options, database: endpoint.name.clone() })
    }

    /// Starts the tool that writes the dump of one instant, without keeping anybody waiting.
    pub(super) fn dump(&self) -> Result<Running, BackupError> {
        let (tool, is_mariadb) = find(&self.folder, DUMPERS)?;
        let mut command = self.command(&tool);
        command.args(["--single-transaction", "--quick", "--hex-blob", "--no-tablespaces"]);
        command.args(["--default-character-set=utf8mb4", "--triggers"]);
        if !is_mariadb {
            // The dump is for another server: what this one has replicated is not its concern.
            command.args(["--set-gtid-purged=OFF", "--column-statistics=0"]);
        }
        command.arg(&self.database).stdin(Stdio::null()).stdout(Stdio::piped());
        Running::start(command)
    }

    /// Starts the tool that reads a dump.
    pub(super) fn load(&self) -> Result<Running, BackupError> {
        let (tool, _) = find(&self.folder, CLIENTS)?;
        let mut command = self.command(&tool);
        command.args(["--default-character-set=utf8mb4", "--batch", "--binary-mode"]);
        command.arg(&self.database).stdin(Stdio::piped()).stdout(Stdio::null());
        Running::start(command)
    }

    fn command(&self, tool: &Path) -> Command {
        let mut command = Command::new(tool);
        // It must come first; it stands in for all other files of options.
        command.arg(format!("--defaults-file={}", self.options.display()));
        command.env_remove("MYSQL_PWD").stderr(Stdio::piped());
        command
    }
}

/// Starts age on a file of keys; it reads and writes pipes.
pub(super) fn age(folder: &Path, options: &[&str], keys: &Path) -> Result<Running, BackupError> {
    // It belongs to no database: it may be beside its tools, or where the system has it.
    let (tool, _) = find(folder, AGE).or_else(|_| find(Path::new(""), AGE))?;
    let mut command = Command::new(tool);
    command.args(options).arg(keys);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Running::start(command)
}

/// The first tool that runs, and whether it is MariaDB's.
fn find(folder: &Path, names: &[&str]) -> Result<(PathBuf, bool), BackupError> {
    for name in names {
        let tool = folder.join(name);
        let asked = Command::new(&tool).arg("--version").stdin(Stdio::null()).output();
        if let Ok(said) = asked
            && said.status.success()
        {
            let is_mariadb = String::from_utf8_lossy(&said.stdout).contains("MariaDB");
            return Ok((tool, is_mariadb));
        }
    }
    let place = if folder.as_os_str().is_empty() {
        "in the PATH".to_owned()
    } else {
        format!("in {}", folder.display())
    };
    Err(BackupError::Tool(format!(
        "{} cannot be run {place}: install it, or set `backup.tools_folder`",
        names.join(" or ")
    )))
}

/// A tool at work.
pub(super) struct Running {
    child: Child,
    words: JoinHandle<String>,
}

impl Running {
    fn start(mut command: Command) -> Result<Self, BackupError> {
        let mut child = command.spawn().map_err(|error| BackupError::Bytes("the tool", error))?;
        let said = child.stderr.take();
        let words = std::thread::spawn(move || {
            let mut words = String::new();
            if let Some(mut said) = said {
                // What it says beyond that is read and dropped, so that it does not wait for us.
                drop(said.by_ref().take(WORDS_MAX).read_to_string(&mut words));
                drop(std::io::copy(&mut said, &mut std::io::sink()));
            }
            words
        });
        Ok(Self { child, words })
    }

    /// What it writes.
    pub(super) fn output(&mut self) -> impl Read + use<> {
        self.child.stdout.take().expect("the dump is piped")
    }

    /// What it reads; it ends when this is dropped.
    pub(super) fn input(&mut self) -> impl Write + use<> {
        self.child.stdin.take().expect("the input is piped")
    }

    /// Waits for its end.
    pub(super) fn end(mut self) -> Result<(), BackupError> {
        drop(self.child.stdin.take());
        let status = self.child.wait().map_err(|error| BackupError::Bytes("the tool", error))?;
        let words = self.words.join().unwrap_or_default();
        if status.success() {
            return Ok(());
        }
        Err(BackupError::Tool(format!("a tool failed ({status}): {}", words.trim())))
    }

    /// Ends it: what it does is of no use any more.
    pub(super) fn cut(mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The file of options: one section that both makers' tools read.
fn client_options(endpoint: &Endpoint) -> String {
    let mut text = String::from("[client]\n");
    let mut say = |key: &str, value: &str| {
        text.push_str(&format!("{key}={}\n", quoted(value)));
    };
    // A name would mean the socket of this machine.
    let host = if endpoint.host == "localhost" { "127.0.0.1" } else { &endpoint.host };
    say("host", host);
    say("port", &endpoint.port.to_string());
    say("user", &endpoint.user);
    say("protocol", "tcp");
    if let Some(password) = &endpoint.password {
        say("password", password.expose_secret());
    }
    if let Some(authority) = &endpoint.ssl_ca {
        say("ssl-ca", &authority.display().to_string());
    }
    if matches!(endpoint.ssl_mode.as_str(), "required" | "verify_ca" | "verify_identity") {
        // MariaDB's tools read `ssl`, MySQL's `loose-` options of others are passed over.
        say("loose-ssl-mode", &endpoint.ssl_mode);
        say("loose-ssl", "1");
    }
    text
}

/// A value between quotation marks, with the two characters that mean something there escaped.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_of_any_characters_is_one_line() {
        assert_eq!(quoted(r#"a"b\c #d"#), r#""a\"b\\c #d""#);
    }
}
