//! Which backups there are: those whose description was written.

use std::collections::BTreeSet;
use std::io::Read;

use flate2::read::GzDecoder;
use futures_util::TryStreamExt;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{BackupError, Backups};

/// The form that this program writes and reads.
pub(super) const FORM: u32 = 1;

/// A description, and lists of names: larger ones are not ours.
const BACKUPS: &str = "backups";
const DOCUMENTS: &str = "documents";

/// What a backup is of.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Description {
    /// The form of the backup.
    pub form: u32,
    /// Its name.
    pub name: String,
    /// The instant that it was begun at.
    pub made_at: Timestamp,
    /// How long that took.
    pub took_ms: u64,
    /// The program that made it.
    pub program: String,
    /// The server that it is of.
    pub server: String,
    /// The newest migration in it.
    pub migration: i64,
    /// Tables in it.
    pub tables: usize,
    /// Bytes of the dump as the database's tool reads it.
    pub plain_bytes: u64,
    /// Their SHA-256, in hex.
    pub plain_sha256: String,
    /// Bytes of the dump as it is kept.
    pub bytes: u64,
    /// Documents in it.
    pub documents: usize,
}

/// What was removed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pruned {
    /// Backups.
    pub backups: usize,
    /// Documents that none of those left speaks of.
    pub documents: usize,
}

pub(super) fn dump_of(backup: &str) -> String {
    format!("{BACKUPS}/{backup}/database.sql.gz.age")
}

pub(super) fn list_of(backup: &str) -> String {
    format!("{BACKUPS}/{backup}/documents.txt.gz")
}

pub(super) fn description_of(backup: &str) -> String {
    format!("{BACKUPS}/{backup}/backup.json")
}

pub(super) fn sealed_document(name: &str) -> String {
    format!("{DOCUMENTS}/{name}.age")
}

impl Backups {
    /// Every backup that is whole, the newest first.
    ///
    /// # Errors
    /// The place does not answer; a description cannot be read.
    pub async fn list(&self) -> Result<Vec<Description>, BackupError> {
        let mut found = Vec::new();
        let mut names = std::pin::pin!(self.place.list(BACKUPS));
        while let Some(object) = names.try_next().await? {
            if object.name.ends_with("/backup.json") {
                found.push(self.describe(&object.name).await?);
            }
        }
        found.sort_by_key(|one| std::cmp::Reverse(one.made_at));
        Ok(found)
    }

    /// The backup of this name, or the newest one.
    ///
    /// # Errors
    /// There is none.
    pub async fn find(&self, name: Option<&str>) -> Result<Description, BackupError> {
        let Some(name) = name else {
            let newest = self.list().await?.into_iter().next();
            return newest.ok_or_else(|| BackupError::Unknown("latest".into()));
        };
        let all = self.list().await?;
        let found = all.into_iter().find(|one| one.name == name);
        found.ok_or_else(|| BackupError::Unknown(name.into()))
    }

    /// Removes backups older than `backup.keep_days`, but never the newest, and the documents that none of
    /// those left speaks of.
    ///
    /// # Errors
    /// The place does not answer; what was removed stays so.
    pub async fn prune(&self) -> Result<Pruned, BackupError> {
        let keep = SignedDuration::from_hours(24 * i64::from(self.settings.keep_days));
        let oldest = self.clock.now() - keep;
        let mut all = self.list().await?.into_iter();
        let kept: Vec<_> = all.by_ref().take(1).collect();
        let (mut kept, mut done) = (kept, Pruned::default());
        for backup in all {
            if backup.made_at >= oldest {
                kept.push(backup);
                continue;
            }
            // The description goes first: from then on it is no backup.
            for name in [description_of, dump_of, list_of].map(|path| path(&backup.name)) {
                self.place.remove(&name).await?;
            }
            done.backups += 1;
        }
        if kept.is_empty() {
            return Ok(done);
        }
        let mut spoken_of = BTreeSet::new();
        for backup in &kept {
            spoken_of.extend(self.names_in(&backup.name).await?);
        }
        let mut names = std::pin::pin!(self.place.list(DOCUMENTS));
        let mut gone = Vec::new();
        while let Some(object) = names.try_next().await? {
            let name = object.name.strip_prefix("documents/").unwrap_or_default();
            if !spoken_of.contains(name.strip_suffix(".age").unwrap_or(name)) {
                gone.push(object.name.clone());
            }
        }
        for name in gone {
            self.place.remove(&name).await?;
            done.documents += 1;
        }
        Ok(done)
    }

    /// The documents of a backup, by their names.
    pub(super) async fn names_in(&self, backup: &str) -> Result<Vec<String>, BackupError> {
        let packed = self.place.get(&list_of(backup)).await?;
        let mut text = String::new();
        let read = GzDecoder::new(packed.as_slice()).read_to_string(&mut text);
        read.map_err(|error| BackupError::Bytes("the list of documents", error))?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    async fn describe(&self, path: &str) -> Result<Description, BackupError> {
        let bytes = self.place.get(path).await?;
        let wrong = || BackupError::Description(path.to_owned());
        let read: Description = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
        if read.form == FORM { Ok(read) } else { Err(wrong()) }
    }
}
