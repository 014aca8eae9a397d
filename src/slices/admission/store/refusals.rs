//! Who was refused.

use jiff::Timestamp;

use super::Store;
use crate::platform::admission::{Refused, Times};
use crate::platform::db::{DbError, Instant, statements};

statements! {
    /// Some that are alike.
    INSERT = "INSERT INTO admission_refusal \
        (at, times, address, api_key, application, method, route, status, slug, why, request_id) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    /// The newest ones; of one address, key or application when it is named.
    LIST = "SELECT at, times, address, api_key, application, method, route, status, slug, why, \
        request_id FROM admission_refusal \
        WHERE ? IN ('', address, api_key, application, slug, request_id) ORDER BY id DESC LIMIT ?";
    /// Old ones.
    FORGET = "DELETE FROM admission_refusal WHERE at < ? LIMIT 1000";
    /// The newest one's number.
    NEWEST = "SELECT CAST(COALESCE(MAX(id), 0) AS SIGNED) FROM admission_refusal";
    /// All but the newest ones.
    TRIM = "DELETE FROM admission_refusal WHERE id <= ? LIMIT 5000";
}

/// Some refusals that are alike.
#[derive(sqlx::FromRow)]
pub(in super::super) struct RefusalRow {
    pub(in super::super) at: Instant,
    pub(in super::super) times: u32,
    pub(in super::super) address: String,
    pub(in super::super) api_key: Option<String>,
    pub(in super::super) application: Option<String>,
    pub(in super::super) method: String,
    pub(in super::super) route: String,
    pub(in super::super) status: u16,
    pub(in super::super) slug: String,
    pub(in super::super) why: Option<String>,
    pub(in super::super) request_id: String,
}

/// The beginning of a text that a column holds.
fn short(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

impl Store {
    pub(in super::super) async fn insert_refusal(
        &self,
        refused: &Refused,
        times: &Times,
        now: Timestamp,
    ) -> Result<(), DbError> {
        sqlx::query(INSERT)
            .bind(Instant(now))
            .bind(times.times)
            .bind(refused.address.to_string())
            .bind(refused.api_key.as_deref())
            .bind(refused.application.as_deref().map(|it| short(it, 120)))
            .bind(refused.method)
            .bind(short(&refused.route, 200))
            .bind(refused.status)
            .bind(refused.slug)
            .bind(refused.why.as_deref().map(|it| short(it, 200)))
            .bind(short(&times.request_id, 128))
            .execute(self.database.pool())
            .await?;
        Ok(())
    }

    pub(in super::super) async fn refusals(
        &self,
        of: &str,
        most: u32,
    ) -> Result<Vec<RefusalRow>, DbError> {
        Ok(sqlx::query_as(LIST).bind(of).bind(most).fetch_all(self.database.pool()).await?)
    }

    /// Keeps the newest ones.
    pub(in super::super) async fn forget_refusals(
        &self,
        before: Timestamp,
        most: u32,
    ) -> Result<(), DbError> {
        let pool = self.database.pool();
        sqlx::query(FORGET).bind(Instant(before)).execute(pool).await?;
        let newest: i64 = sqlx::query_scalar(NEWEST).fetch_one(pool).await?;
        let last = newest - i64::from(most);
        if last > 0 {
            sqlx::query(TRIM).bind(last).execute(pool).await?;
        }
        Ok(())
    }
}
