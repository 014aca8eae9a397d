//! Encryption of backups by age: for public keys, so that a server that makes backups cannot read them,
//! and in a format that opens without us. The program itself is run beside us, as the database's tools are.

use std::path::{Path, PathBuf};

use super::BackupError;
use super::tools::{Running, age};

/// How a public and a private key of age begin.
const PUBLIC: &str = "age1";
const PRIVATE: &str = "AGE-SECRET-KEY-";

/// Whom backups are encrypted for: a file of public keys.
#[derive(Clone, Debug)]
pub struct Recipients(PathBuf);

/// Who opens them: a file of private keys.
#[derive(Clone, Debug)]
pub struct Identities(PathBuf);

/// Looks whether a file holds keys that begin so, and nothing else but comments.
fn keys(path: &Path, begin: &str) -> Result<PathBuf, BackupError> {
    let wrong = |what: String| BackupError::Keys(path.to_owned(), what);
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let lines = text.lines().map(str::trim).enumerate();
    let mut lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')).peekable();
    if lines.peek().is_none() {
        return Err(wrong("holds no key".into()));
    }
    // The line itself is not repeated: it may be the other key.
    match lines.find(|(_, line)| !line.starts_with(begin)) {
        Some((place, _)) => Err(wrong(format!("line {} is not a key «{begin}…»", place + 1))),
        None => Ok(path.to_owned()),
    }
}

impl Recipients {
    /// Those of a file: one public key (`age1…`) a line.
    ///
    /// # Errors
    /// The file cannot be read, holds none, or a line is not a key.
    pub fn read(path: &Path) -> Result<Self, BackupError> {
        if path.as_os_str().is_empty() {
            let what = "`backup.recipients_file` is empty: say whom backups are for";
            return Err(BackupError::Tool(what.into()));
        }
        keys(path, PUBLIC).map(Self)
    }

    /// Encrypts what is written to it.
    pub(super) fn seal(&self, folder: &Path) -> Result<Running, BackupError> {
        age(folder, &["--encrypt", "--recipients-file"], &self.0)
    }
}

impl Identities {
    /// Those of a file: one private key (`AGE-SECRET-KEY-…`) a line.
    ///
    /// # Errors
    /// As [`Recipients::read`].
    pub fn read(path: &Path) -> Result<Self, BackupError> {
        keys(path, PRIVATE).map(Self)
    }

    /// Decrypts what is written to it; bytes that were changed end it with an error.
    pub(super) fn open(&self, folder: &Path) -> Result<Running, BackupError> {
        age(folder, &["--decrypt", "--identity"], &self.0)
    }
}
