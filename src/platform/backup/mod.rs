//! Backups: the database as it was at one instant and the documents that it speaks of, encrypted for
//! somebody who is not on this server, in a folder or a bucket.
//!
//! The database's own tools write and read the dump (`tools`), age encrypts it (`cipher`), the storage
//! keeps it. What is written is only good once its description is there: that comes last (`making`).
//! Documents never change and are named by their content, so one copy of each serves every backup.
//!
//! This room never decides what data mean, and never sees a private key but the one that `restore` is
//! given.
//!
//! ```text
//! backups/20261126T140000Z/database.sql.gz.age    the dump
//! backups/20261126T140000Z/documents.txt.gz       which documents there were: names, which say nothing
//! backups/20261126T140000Z/backup.json            the description, written last
//! documents/….age                                  each document once
//! ```

mod catalogue;
mod cipher;
mod making;
mod restoring;
mod settings;
mod tools;

use std::path::PathBuf;

pub use catalogue::{Description, Pruned};
pub use cipher::{Identities, Recipients};
pub use making::Made;
pub use restoring::Restored;
pub use settings::BackupSettings;

use crate::platform::clock::Clock;
use crate::platform::db::{
    Database, DatabaseSettings, DbError, Endpoint, MigrationError, OpenError,
};
use crate::platform::storage::{ObjectError, Storage, StorageError};

/// Where backups are, and what they are of. Cheap to clone.
#[derive(Clone)]
pub struct Backups {
    pub(super) place: Storage,
    pub(super) documents: Storage,
    pub(super) database: Database,
    pub(super) endpoint: Endpoint,
    pub(super) settings: BackupSettings,
    pub(super) clock: Clock,
}

/// Why a backup cannot be made, found or put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// No place is configured.
    #[error("`backup.storage.url` is empty: say where backups go")]
    NoPlace,
    /// The place cannot be opened.
    #[error("the place of backups: {0}")]
    Place(#[from] StorageError),
    /// The address of the database is wrong.
    #[error(transparent)]
    Address(#[from] OpenError),
    /// A file of keys cannot be used.
    #[error("{path}: {what}", path = .0.display(), what = .1)]
    Keys(PathBuf, String),
    /// A tool of the database is not there, or failed.
    #[error("{0}")]
    Tool(String),
    /// The database does not answer.
    #[error("the database: {0}")]
    Database(#[from] DbError),
    /// Migrations could not be held.
    #[error("the database: {0}")]
    Migrations(#[from] MigrationError),
    /// The storage does not answer.
    #[error(transparent)]
    Object(#[from] ObjectError),
    /// Bytes could not be moved.
    #[error("{0}: {1}")]
    Bytes(&'static str, #[source] std::io::Error),
    /// It cannot be opened with these keys, or was changed.
    #[error("{0} cannot be opened: {1}")]
    Sealed(String, String),
    /// There is no such backup.
    #[error("there is no backup `{0}`; `assurly backup list` shows those that are whole")]
    Unknown(String),
    /// The description is not one of ours.
    #[error("the description of `{0}` cannot be read")]
    Description(String),
    /// What came out is not what went in.
    #[error(
        "the dump that was read is not the one that was written: this database must not be used"
    )]
    Altered,
    /// The database is not empty.
    #[error("the database holds {0} tables: give an empty one, or say --replace to lose them")]
    NotEmpty(usize),
}

impl Backups {
    /// The backups of this database and these documents.
    ///
    /// # Errors
    /// No place is configured, or it cannot be opened.
    pub fn open(
        settings: &BackupSettings,
        (database, address): (Database, &DatabaseSettings),
        documents: Storage,
        clock: Clock,
    ) -> Result<Self, BackupError> {
        if settings.storage.url.is_empty() {
            return Err(BackupError::NoPlace);
        }
        Ok(Self {
            place: Storage::open_streamed(&settings.storage)?,
            documents,
            database,
            endpoint: Endpoint::of(address)?,
            settings: settings.clone(),
            clock,
        })
    }
}

/// A copy or a compression on a thread of its own failed with the thread.
pub(super) fn thread_ended(error: &tokio::task::JoinError) -> BackupError {
    BackupError::Tool(format!("ended by a panic: {error}"))
}
