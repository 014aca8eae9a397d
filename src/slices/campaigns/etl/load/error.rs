//! What can stop a load. Each sentence says what to do next.

use crate::slices::campaigns::etl::encode::ChunkError;
use crate::slices::campaigns::etl::profile::ScanError;
use crate::slices::campaigns::etl::read::SourceError;
use crate::slices::campaigns::etl::schema::{Conflict, DefinitionError};

/// Why a load stopped. What was committed stays, and nothing is published.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The schema file.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    /// The sources.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The profile.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// The files are not what the schema says.
    #[error("{0}. Correct the schema, or pass --on-conflict reject to give those lines back")]
    Conflict(#[from] Conflict),
    /// The database.
    #[error("the database: {0}")]
    Database(#[from] mysql_async::Error),
    /// A chunk.
    #[error("{0}: {1}")]
    Chunk(String, #[source] ChunkError),
    /// Another loader is at work.
    #[error("another loader is at work on dataset `{0}`: wait for it, see `assurly etl status`")]
    Locked(String),
    /// What is loaded is not what was looked at.
    #[error("{0} was changed while it was being loaded: load the new content as a new run")]
    Changed(String),
    /// The server altered or dropped something.
    #[error(
        "{file}, chunk {chunk}: {sent} rows were sent, the server took {taken} with {warnings} \
         warnings: rolled back{first}"
    )]
    Altered {
        /// The file.
        file: String,
        /// The chunk.
        chunk: u32,
        /// Rows sent.
        sent: u64,
        /// Rows that the server says it took.
        taken: u64,
        /// Its warnings.
        warnings: u16,
        /// The first of them.
        first: String,
    },
    /// Too many lines were given back.
    #[error("{rejects} lines were given back, more than {allowed}: stopped, nothing is published")]
    TooManyRejects {
        /// How many.
        rejects: u64,
        /// How many may be.
        allowed: u64,
    },
    /// The counts do not add up.
    #[error("the counts do not add up: {0}. Nothing is published")]
    Counts(String),
    /// Nothing to go on with, or to undo.
    #[error("{0}")]
    Nothing(String),
    /// A stored document that cannot be read.
    #[error("a stored run cannot be read: {0}")]
    Stored(String),
    /// The load was asked to stop.
    #[error("stopped: `assurly etl resume` goes on where it was")]
    Stopped,
    /// A thread ended by a panic.
    #[error("a thread of the load ended by a panic")]
    Panicked,
}
