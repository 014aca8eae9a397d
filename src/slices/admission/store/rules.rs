//! Versions of the rules, and what operators did.

use jiff::Timestamp;
use serde_json::Value;
use sqlx::types::Json;

use super::Store;
use crate::platform::db::{Connection, DbError, Instant, statements};

statements! {
    /// The version in force.
    CURRENT = "SELECT version, document, author, note, created_at FROM admission_rules \
        ORDER BY version DESC LIMIT 1";
    /// One version.
    VERSION = "SELECT version, document, author, note, created_at FROM admission_rules \
        WHERE version = ?";
    /// The newest versions.
    HISTORY = "SELECT version, document, author, note, created_at FROM admission_rules \
        ORDER BY version DESC LIMIT ?";
    /// Another version.
    INSERT = "INSERT INTO admission_rules (version, document, author, note, created_at) \
        VALUES (?, ?, ?, ?, ?)";
    /// What an operator did.
    INSERT_EVENT = "INSERT INTO admission_event (at, author, act, subject, detail) \
        VALUES (?, ?, ?, ?, ?)";
    /// What operators did, the newest first.
    EVENTS = "SELECT at, author, act, subject, detail FROM admission_event ORDER BY id DESC LIMIT ?";
}

/// One version of the rules.
#[derive(sqlx::FromRow)]
pub(in super::super) struct RulesRow {
    pub(in super::super) version: u32,
    pub(in super::super) document: Json<Value>,
    pub(in super::super) author: String,
    pub(in super::super) note: String,
    pub(in super::super) created_at: Instant,
}

/// What an operator did.
#[derive(sqlx::FromRow)]
pub(in super::super) struct EventRow {
    pub(in super::super) at: Instant,
    pub(in super::super) author: String,
    pub(in super::super) act: String,
    pub(in super::super) subject: String,
    pub(in super::super) detail: Json<Value>,
}

impl Store {
    pub(in super::super) async fn current_rules(&self) -> Result<Option<RulesRow>, DbError> {
        Ok(sqlx::query_as(CURRENT).fetch_optional(self.database.pool()).await?)
    }

    pub(in super::super) async fn current_rules_in(
        &self,
        on: &mut Connection,
    ) -> Result<Option<RulesRow>, DbError> {
        Ok(sqlx::query_as(CURRENT).fetch_optional(on).await?)
    }

    pub(in super::super) async fn rules(&self, version: u32) -> Result<Option<RulesRow>, DbError> {
        Ok(sqlx::query_as(VERSION).bind(version).fetch_optional(self.database.pool()).await?)
    }

    pub(in super::super) async fn rules_history(
        &self,
        most: u32,
    ) -> Result<Vec<RulesRow>, DbError> {
        Ok(sqlx::query_as(HISTORY).bind(most).fetch_all(self.database.pool()).await?)
    }

    pub(in super::super) async fn insert_rules(
        &self,
        on: &mut Connection,
        version: u32,
        document: &Value,
        (author, note): (&str, &str),
        now: Timestamp,
    ) -> Result<(), DbError> {
        let query = sqlx::query(INSERT).bind(version).bind(Json(document));
        query.bind(author).bind(note).bind(Instant(now)).execute(on).await?;
        Ok(())
    }

    pub(in super::super) async fn insert_event(
        &self,
        on: &mut Connection,
        now: Timestamp,
        (author, act, subject): (&str, &str, &str),
        detail: &Value,
    ) -> Result<(), DbError> {
        let query = sqlx::query(INSERT_EVENT).bind(Instant(now));
        query.bind(author).bind(act).bind(subject).bind(Json(detail)).execute(on).await?;
        Ok(())
    }

    pub(in super::super) async fn events(&self, most: u32) -> Result<Vec<EventRow>, DbError> {
        Ok(sqlx::query_as(EVENTS).bind(most).fetch_all(self.database.pool()).await?)
    }
}
