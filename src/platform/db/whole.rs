//! The database as a whole: what is in it, for those who copy it, put it back, or look after it.

use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection};

use super::migrate::newest;
use super::{Database, DbError, Instant, MigrationError, statements};

statements! {
    /// The tables and how large they are, the largest first.
    TABLES = "SELECT CAST(table_name AS CHAR), \
              CAST(COALESCE(data_length + index_length, 0) AS SIGNED) \
              FROM information_schema.tables \
              WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY 2 DESC, 1";
    /// Which server it is.
    SERVER = "SELECT VERSION()";
    /// Its clock.
    TIME = "SELECT UTC_TIMESTAMP(6)";
    /// How many connections it takes.
    CONNECTIONS = "SELECT CAST(@@max_connections AS SIGNED)";
    /// Columns of text, where something may be written.
    COLUMNS = "SELECT CAST(c.table_name AS CHAR), CAST(c.column_name AS CHAR) \
               FROM information_schema.columns c JOIN information_schema.tables t \
               ON t.table_schema = c.table_schema AND t.table_name = c.table_name \
               WHERE c.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' \
               AND c.data_type IN ('char', 'varchar', 'text', 'mediumtext', 'longtext', 'json') \
               ORDER BY 1, 2";
    /// Migrations that were begun and did not end.
    BROKEN = "SELECT COUNT(*) FROM _sqlx_migrations WHERE NOT success";
}

/// One table.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its bytes, with its indexes, as the server estimates them.
    pub bytes: u64,
}

/// What the server says of itself.
#[derive(Clone, Debug)]
pub struct Server {
    /// Its version.
    pub version: String,
    /// Its clock.
    pub time: jiff::Timestamp,
    /// Connections that it takes.
    pub connections_max: i64,
}

/// As long as this is held, no copy of the program migrates.
pub struct MigrationsHeld(MySqlConnection);

impl MigrationsHeld {
    /// Lets them go on. Dropped, the server does the same when it notices.
    pub async fn release(self) {
        drop(self.0.close().await);
    }
}

impl Database {
    /// Keeps every copy from migrating, so that the tables keep their form.
    ///
    /// # Errors
    /// Another one is migrating for too long; the database does not answer.
    pub async fn hold_migrations(&self) -> Result<MigrationsHeld, MigrationError> {
        Ok(MigrationsHeld(self.locked_connection().await?))
    }

    /// The newest migration that is applied; 0 when there is none.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn newest_migration(&self) -> Result<i64, DbError> {
        Ok(newest(&mut *self.pool().acquire().await?).await?)
    }

    /// Migrations that were begun and did not end; none where there is no table of them.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn broken_migrations(&self) -> Result<i64, DbError> {
        if self.newest_migration().await? == 0 {
            return Ok(0);
        }
        Ok(sqlx::query_scalar(BROKEN).fetch_one(self.pool()).await?)
    }

    /// The tables, the largest first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn tables(&self) -> Result<Vec<Table>, DbError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(TABLES).fetch_all(self.pool()).await?;
        let table = |(name, bytes)| Table { name, bytes: u64::try_from(bytes).unwrap_or(0) };
        Ok(rows.into_iter().map(table).collect())
    }

    /// What the server says of itself.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn server(&self) -> Result<Server, DbError> {
        let mut connection = self.pool().acquire().await?;
        let time: Instant = sqlx::query_scalar(TIME).fetch_one(&mut *connection).await?;
        Ok(Server {
            version: sqlx::query_scalar(SERVER).fetch_one(&mut *connection).await?,
            connections_max: sqlx::query_scalar(CONNECTIONS).fetch_one(&mut *connection).await?,
            time: time.0,
        })
    }

    /// Where this text is written in the clear, column by column, and how many columns were looked at. It reads
    /// every row: for an operator who must prove that something is nowhere.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn find_text(&self, text: &str) -> Result<(Vec<String>, usize), DbError> {
        let columns: Vec<(String, String)> = sqlx::query_as(COLUMNS).fetch_all(self.pool()).await?;
        let mut connection = self.patient_connection().await?;
        let mut found = Vec::new();
        for (table, column) in &columns {
            // Names that the server gave, quoted as it wants them.
            let (in_table, named) = (table.replace('`', "``"), column.replace('`', "``"));
            let sql = format!(
                "SELECT EXISTS (SELECT 1 FROM `{in_table}` WHERE INSTR(CAST(`{named}` AS CHAR), ?))"
            );
            let asked = sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql)).bind(text);
            if asked.fetch_one(&mut connection).await? == 1 {
                found.push(format!("{table}.{column}"));
            }
        }
        drop(connection.close().await);
        Ok((found, columns.len()))
    }

    /// Drops every table. There is no way back but a backup.
    ///
    /// # Errors
    /// The database does not answer; some tables may be gone.
    pub async fn drop_everything(&self) -> Result<usize, DbError> {
        let tables = self.tables().await?;
        let mut connection = self.patient_connection().await?;
        connection.execute("SET SESSION foreign_key_checks = 0").await?;
        for table in &tables {
            // A name that the server gave, quoted as it wants it.
            let name = table.name.replace('`', "``");
            connection.execute(AssertSqlSafe(format!("DROP TABLE `{name}`"))).await?;
        }
        drop(connection.close().await);
        Ok(tables.len())
    }
}
