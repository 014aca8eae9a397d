//! Whether the database answers, and has the tables of this program: asked by those who operate it.
//!
//! A pool that cannot connect only says that it waited. So when it has no idle connection that
//! answers, a connection is opened on purpose, and its failure is the reason.

use std::time::{Duration, Instant};

use sqlx::{ConnectOptions, Connection, MySqlConnection};

use super::migrate::is_migrated;
use super::{Database, statements};

statements! {
    /// Whether the server answers.
    PING = "SELECT 1";
}

/// A server of ours answers in milliseconds: past this it is not well.
const PATIENCE: Duration = Duration::from_millis(1500);

/// What the database said.
#[derive(Clone, Debug)]
pub struct Probe {
    /// How long the answer took, or did not come.
    pub took: Duration,
    /// Whether every migration of this program is applied; or why there was no answer.
    pub migrated: Result<bool, String>,
}

impl Database {
    /// Asks the server, on a connection that is idle, or else on a new one.
    pub async fn probe(&self) -> Probe {
        let started = Instant::now();
        let asked = tokio::time::timeout(PATIENCE, self.look()).await;
        let migrated = match asked {
            Ok(answer) => answer.map_err(|error| error.to_string()),
            Err(_) => Err(format!("no answer within {} ms", PATIENCE.as_millis())),
        };
        Probe { took: started.elapsed(), migrated }
    }

    async fn look(&self) -> Result<bool, sqlx::Error> {
        if let Some(mut idle) = self.pool().try_acquire()
            && let Ok(migrated) = ask(&mut idle).await
        {
            return Ok(migrated);
        }
        let mut own = self.connect_options().connect().await?;
        let migrated = ask(&mut own).await;
        // The answer is there: whether the farewell arrives changes nothing.
        drop(own.close().await);
        migrated
    }
}

async fn ask(connection: &mut MySqlConnection) -> Result<bool, sqlx::Error> {
    let _one: i64 = sqlx::query_scalar(PING).fetch_one(&mut *connection).await?;
    is_migrated(connection).await
}
