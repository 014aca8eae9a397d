//! What can go wrong with the database, and how each failure looks from outside.
//!
//! An outage and a busy row are the caller's to try again; anything else is our fault. The cause is
//! kept for the log and never shown: it may quote a statement or a value.

use std::time::Duration;

use sqlx::mysql::MySqlDatabaseError;

use crate::kernel::problem::{Kind, Problem};

/// A failure of the database.
#[derive(Debug, thiserror::Error)]
#[error("{source}")]
pub struct DbError {
    failure: Failure,
    #[source]
    source: sqlx::Error,
}

/// The sorts of failure that a caller may tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No connection in time, or it broke.
    Unreachable,
    /// A row stayed locked, two transactions waited for each other, or a statement took too long.
    /// Nothing was written: the transaction may be tried again.
    Busy,
    /// A row with this key exists.
    Duplicate,
    /// There is no such table: one that is made and dropped while the service runs.
    NoTable,
    /// Anything else: a fault of ours.
    Other,
}

impl DbError {
    /// What sort of failure it is.
    pub const fn failure(&self) -> Failure {
        self.failure
    }

    /// Whether a row with this key exists already.
    pub fn is_duplicate(&self) -> bool {
        self.failure == Failure::Duplicate
    }

    /// Whether the table is not there.
    pub fn is_no_table(&self) -> bool {
        self.failure == Failure::NoTable
    }

    /// Whether the same transaction may succeed at once.
    pub fn is_busy(&self) -> bool {
        self.failure == Failure::Busy
    }
}

impl From<sqlx::Error> for DbError {
    fn from(source: sqlx::Error) -> Self {
        if matches!(source, sqlx::Error::PoolTimedOut) {
            metrics::counter!("db_pool_wait_timeouts_total").increment(1);
        }
        Self { failure: sort(&source), source }
    }
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        match error.failure {
            Failure::Unreachable => {
                Self::new(Kind::Unavailable).retry_after(Duration::from_secs(5))
            }
            Failure::Busy => {
                Self::new(Kind::Unavailable).retry_after(Duration::from_secs(1)).contended()
            }
            Failure::Duplicate => Self::new(Kind::Conflict),
            Failure::NoTable | Failure::Other => Self::new(Kind::Bug),
        }
        .cause(error)
    }
}

fn sort(error: &sqlx::Error) -> Failure {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => Failure::Unreachable,
        sqlx::Error::Database(error) if error.is_unique_violation() => Failure::Duplicate,
        sqlx::Error::Database(error) => error
            .try_downcast_ref::<MySqlDatabaseError>()
            .map_or(Failure::Other, |error| sort_by_number(error.number())),
        _ => Failure::Other,
    }
}

/// Numbers of the two engines' manuals. 3024 is MySQL's and 1969 MariaDB's statement timeout; 1040,
/// 1053, 1152, 1203 and 1927 are a server that is full, stopping, or cut the connection; 1021, 1026 and
/// 1114 one whose disk is full; 1290 one that may only be read. 1146 is a table that is not there.
const fn sort_by_number(number: u16) -> Failure {
    match number {
        1205 | 1213 | 3024 | 1969 => Failure::Busy,
        1021 | 1026 | 1040 | 1053 | 1114 | 1152 | 1203 | 1290 | 1927 => Failure::Unreachable,
        1146 => Failure::NoTable,
        _ => Failure::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_asks_to_come_back_and_shows_nothing() {
        let problem = Problem::from(DbError::from(sqlx::Error::PoolTimedOut));
        assert_eq!(problem.kind, Kind::Unavailable);
        assert!(problem.retry_after.is_some() && problem.detail.is_none());
        assert!(problem.cause.is_some());
    }

    #[test]
    fn a_fault_of_ours_is_not_taken_for_an_outage() {
        let problem = Problem::from(DbError::from(sqlx::Error::RowNotFound));
        assert_eq!(problem.kind, Kind::Bug);
        assert_eq!(sort_by_number(1054), Failure::Other);
        assert_eq!(sort_by_number(1146), Failure::NoTable);
        assert_eq!(sort_by_number(1213), Failure::Busy);
        assert_eq!(sort_by_number(1114), Failure::Unreachable);
    }
}
