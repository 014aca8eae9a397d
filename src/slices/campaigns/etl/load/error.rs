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
    Database(#[source] mysql_async::Error),
    /// The server has no room left.
    #[error(
        "the disk of the database is full ({0}): make room, then `assurly etl resume` goes on. What \
         is committed stays, nothing is published"
    )]
    Full(#[source] mysql_async::Error),
    /// The connection broke, or the server is gone.
    #[error(
        "the connection to the database broke ({0}): once it answers, `assurly etl resume` goes on. \
         What is committed stays, nothing is published"
    )]
    Broken(#[source] mysql_async::Error),
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

/// Numbers of the two engines' manuals: a full disk, a full table, a write that failed for it; then a
/// server that stops, or that was told to end the connection.
impl From<mysql_async::Error> for LoadError {
    fn from(error: mysql_async::Error) -> Self {
        match &error {
            mysql_async::Error::Server(server) => match server.code {
                3 | 1021 | 1026 | 1114 => Self::Full(error),
                1053 | 1152 | 1317 | 1927 => Self::Broken(error),
                _ => Self::Database(error),
            },
            mysql_async::Error::Io(_)
            | mysql_async::Error::Driver(mysql_async::DriverError::ConnectionClosed) => {
                Self::Broken(error)
            }
            _ => Self::Database(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_broken_wire_say_what_to_do() {
        let server = |code| {
            let error = mysql_async::ServerError {
                code,
                message: "The table is full".to_owned(),
                state: "HY000".to_owned(),
            };
            LoadError::from(mysql_async::Error::Server(error)).to_string()
        };
        assert!(server(1114).contains("disk of the database is full"), "{}", server(1114));
        assert!(server(1053).contains("etl resume"), "{}", server(1053));
        assert!(server(1064).starts_with("the database: "), "{}", server(1064));
        let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        let broken = LoadError::from(mysql_async::Error::Io(broken.into())).to_string();
        assert!(broken.contains("connection to the database broke"), "{broken}");
    }
}
