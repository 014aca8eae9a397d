//! The only SQL of segments. Table names are made of a checked name and a number; every value is bound.

use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::types::Json;
use sqlx::{MySql, QueryBuilder};
use uuid::Uuid;

use super::filter::{SegmentFilter, ZoneKind};
use crate::platform::access::Party;
use crate::platform::db::{Connection, Database, DbError, Instant, statements};

statements! {
    /// The editions that are read.
    EDITIONS = "SELECT period, run_id FROM etl_edition WHERE dataset = ? ORDER BY period";
    /// A segment is kept.
    INSERT_SEGMENT = "INSERT INTO campaign_segment \
        (id, name, dataset, filter, editions, sale_count, created_at, party, act, act_hash) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    /// A page of the segments, the newest first: identifiers grow with time.
    SELECT_SEGMENTS = "SELECT id, name, filter, editions, sale_count, created_at \
        FROM campaign_segment WHERE id < ? ORDER BY id DESC LIMIT ?";
    /// The segment that an act has kept, and what was sent with it.
    SELECT_ACT = "SELECT id, act_hash FROM campaign_segment WHERE act = ?";
    /// Somebody asked something of the sales.
    INSERT_EVENT = "INSERT INTO campaign_event (id, at, party, kind, segment_id, filter) \
        VALUES (?, ?, ?, ?, ?, ?)";
    /// A few events whose time is over.
    FORGET_EVENTS = "DELETE FROM campaign_event WHERE at < ? ORDER BY at LIMIT 20";
    /// One segment.
    SELECT_SEGMENT = "SELECT id, name, filter, editions, sale_count, created_at \
        FROM campaign_segment WHERE id = ?";
    /// The newest runs, for whoever asks how loads go.
    SELECT_RUNS = "SELECT id, dataset, period, state, bytes_total, bytes_done, \
        CAST(started_at AS CHAR) AS started_at, CAST(heartbeat_at AS CHAR) AS heartbeat_at, message \
        FROM etl_run ORDER BY id DESC LIMIT 50";
    /// What the chunks of a run amount to.
    SELECT_PROGRESS = "SELECT CAST(COALESCE(SUM(rows_ok), 0) AS UNSIGNED), \
        CAST(COALESCE(SUM(rejects), 0) AS UNSIGNED) FROM etl_chunk WHERE run_id = ?";
    /// The lines that a run has given back.
    SELECT_REJECTS = "SELECT f.name, r.line_no, r.byte_offset, r.column_name, r.reason, r.raw \
        FROM etl_reject r JOIN etl_file f ON f.run_id = r.run_id AND f.file_no = r.file_no \
        WHERE r.run_id = ? AND r.repaired IS NULL ORDER BY r.file_no, r.line_no";
}

/// Segments in the database.
#[derive(Clone)]
pub(super) struct Store {
    database: Database,
}

/// A period and the run that is its edition.
pub type Edition = (String, u64);

#[derive(sqlx::FromRow)]
pub(super) struct SegmentRow {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) filter: Json<SegmentFilter>,
    pub(super) editions: Json<Vec<Edition>>,
    pub(super) sale_count: u64,
    pub(super) created_at: Instant,
}

/// A run, as the database knows it.
#[derive(Clone, Debug, sqlx::FromRow, serde::Serialize)]
pub struct RunRow {
    /// Its number.
    pub id: u64,
    /// The dataset.
    pub dataset: String,
    /// The period.
    pub period: String,
    /// `loading`, `failed`, `published`, `replaced` or `dropped`.
    pub state: String,
    /// Bytes of its files.
    pub bytes_total: u64,
    /// Bytes that are committed.
    pub bytes_done: u64,
    /// When it began.
    pub started_at: String,
    /// Its last sign of life.
    pub heartbeat_at: String,
    /// Why it stopped.
    pub message: Option<String>,
}

/// A line that was given back.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RejectRow {
    /// The file.
    pub name: String,
    /// Its number in it.
    pub line_no: u64,
    /// Where it begins.
    pub byte_offset: u64,
    /// The column at fault.
    pub column_name: String,
    /// Why.
    pub reason: String,
    /// The line.
    pub raw: Vec<u8>,
}

/// A segment to be written.
pub(super) struct NewSegment<'a> {
    pub(super) id: Uuid,
    pub(super) event: Uuid,
    pub(super) name: &'a str,
    pub(super) filter: &'a SegmentFilter,
    pub(super) editions: &'a [Edition],
    pub(super) sales: u64,
    pub(super) at: Timestamp,
    pub(super) party: Option<Party>,
    /// Names of the act and of what was sent with it.
    pub(super) act: Option<([u8; 32], [u8; 32])>,
}

/// Somebody asked something of the sales.
pub(super) struct Event<'a> {
    pub(super) id: Uuid,
    pub(super) at: Timestamp,
    pub(super) party: Option<Party>,
    pub(super) kind: &'static str,
    pub(super) segment: Option<Uuid>,
    pub(super) filter: &'a SegmentFilter,
}

/// Department, commune, kind, sales and mean price in cents.
pub(super) type ZoneRow = (String, String, u8, u64, u64);

impl Store {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }

    pub(super) async fn editions(&self, dataset: &str) -> Result<Vec<Edition>, DbError> {
        let query = sqlx::query_as(EDITIONS).bind(dataset);
        Ok(query.fetch_all(self.database.pool()).await?)
    }

    /// Sales of one edition.
    pub(super) async fn count(&self, filter: &SegmentFilter, run: u64) -> Result<u64, DbError> {
        let table = format!("{}_sale_r{run}", filter.dataset);
        let is_everywhere = filter.zone == ZoneKind::Country && !filter.kinds.is_empty();
        // Of the whole country the optimiser takes whichever index comes first, from end to end.
        let index = if is_everywhere { " FORCE INDEX (by_department)" } else { "" };
        let mut query =
            QueryBuilder::new(format!("SELECT CAST(COUNT(*) AS UNSIGNED) FROM `{table}`{index}"));
        conditions(&mut query, filter);
        if is_everywhere {
            everywhere(&mut query, self.departments(&table).await?);
        }
        Ok(query.build_query_scalar().fetch_one(self.database.pool()).await?)
    }

    /// Departments of an edition, and none where it is not known: from one to the next along the index.
    async fn departments(&self, table: &str) -> Result<Vec<Option<String>>, DbError> {
        let mut query =
            QueryBuilder::new(format!("SELECT DISTINCT `code_departement` FROM `{table}`"));
        Ok(query.build_query_scalar().fetch_all(self.database.pool()).await?)
    }

    /// Sales of one edition, zone by zone.
    pub(super) async fn zones(
        &self,
        filter: &SegmentFilter,
        run: u64,
    ) -> Result<Vec<ZoneRow>, DbError> {
        let table = format!("{}_sale_r{run}", filter.dataset);
        let mut query = QueryBuilder::new(format!(
            "SELECT COALESCE(code_departement, ''), COALESCE(code_insee, ''), kind, \
             CAST(COUNT(*) AS UNSIGNED), CAST(SUM(price_cents) AS UNSIGNED) FROM `{table}`"
        ));
        conditions(&mut query, filter);
        query.push(" GROUP BY code_departement, code_insee, kind ORDER BY 1, 2, 3");
        Ok(query.build_query_as().fetch_all(self.database.pool()).await?)
    }

    /// Sales of one edition, month by month, from the aggregates.
    pub(super) async fn months(
        &self,
        filter: &SegmentFilter,
        run: u64,
    ) -> Result<Vec<(String, u64)>, DbError> {
        let table = format!("{}_month_r{run}", filter.dataset);
        let mut query = QueryBuilder::new(format!(
            "SELECT CAST(`month` AS CHAR), CAST(SUM(`sales`) AS UNSIGNED) FROM `{table}` \
             WHERE `month` >= "
        ));
        query.push_bind(text(filter.from)).push(" AND `month` <= ").push_bind(text(filter.to));
        zone(&mut query, filter);
        kinds(&mut query, filter);
        query.push(" GROUP BY `month` ORDER BY `month`");
        Ok(query.build_query_as().fetch_all(self.database.pool()).await?)
    }

    /// Writes a segment with its event; an act that was done already is a duplicate.
    pub(super) async fn insert(&self, new: &NewSegment<'_>) -> Result<(), DbError> {
        let mut transaction = self.database.begin().await?;
        let query = sqlx::query(INSERT_SEGMENT)
            .bind(new.id)
            .bind(new.name)
            .bind(&new.filter.dataset)
            .bind(Json(new.filter))
            .bind(Json(new.editions))
            .bind(new.sales)
            .bind(Instant(new.at))
            .bind(new.party.as_ref().map(Party::as_bytes).map(<[u8; 32]>::as_slice))
            .bind(new.act.map(|act| act.0.to_vec()))
            .bind(new.act.map(|act| act.1.to_vec()));
        query.execute(&mut *transaction).await?;
        let event = Event {
            id: new.event,
            at: new.at,
            party: new.party,
            kind: "kept",
            segment: Some(new.id),
            filter: new.filter,
        };
        write_event(&mut transaction, &event).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Writes that somebody asked something, and forgets a few old events.
    pub(super) async fn note(&self, event: &Event<'_>, old: Timestamp) -> Result<(), DbError> {
        let mut transaction = self.database.begin().await?;
        write_event(&mut transaction, event).await?;
        sqlx::query(FORGET_EVENTS).bind(Instant(old)).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The segment of an act, and the hash of what was sent with it.
    pub(super) async fn act(&self, act: &[u8; 32]) -> Result<Option<(Uuid, Vec<u8>)>, DbError> {
        let query = sqlx::query_as(SELECT_ACT).bind(act.as_slice());
        Ok(query.fetch_optional(self.database.pool()).await?)
    }

    pub(super) async fn segments(
        &self,
        before: Uuid,
        most: u32,
    ) -> Result<Vec<SegmentRow>, DbError> {
        let query = sqlx::query_as(SELECT_SEGMENTS).bind(before).bind(most);
        Ok(query.fetch_all(self.database.pool()).await?)
    }

    pub(super) async fn segment(&self, id: Uuid) -> Result<Option<SegmentRow>, DbError> {
        let query = sqlx::query_as(SELECT_SEGMENT).bind(id);
        Ok(query.fetch_optional(self.database.pool()).await?)
    }

    pub(super) async fn runs(&self) -> Result<Vec<RunRow>, DbError> {
        Ok(sqlx::query_as(SELECT_RUNS).fetch_all(self.database.pool()).await?)
    }

    /// Rows and rejects of a run.
    pub(super) async fn progress(&self, run: u64) -> Result<(u64, u64), DbError> {
        Ok(sqlx::query_as(SELECT_PROGRESS).bind(run).fetch_one(self.database.pool()).await?)
    }

    pub(super) async fn rejects(&self, run: u64) -> Result<Vec<RejectRow>, DbError> {
        Ok(sqlx::query_as(SELECT_REJECTS).bind(run).fetch_all(self.database.pool()).await?)
    }

    /// Gives a connection back to nobody: for commands, which end.
    pub(super) async fn close(&self) {
        self.database.close().await;
    }
}

async fn write_event(connection: &mut Connection, event: &Event<'_>) -> Result<(), DbError> {
    let query = sqlx::query(INSERT_EVENT)
        .bind(event.id)
        .bind(Instant(event.at))
        .bind(event.party.as_ref().map(Party::as_bytes).map(<[u8; 32]>::as_slice))
        .bind(event.kind)
        .bind(event.segment)
        .bind(Json(event.filter));
    query.execute(connection).await?;
    Ok(())
}

fn text(date: Date) -> String {
    date.to_string()
}

/// The conditions of a filter on a sale table. The columns of the indexes come first.
fn conditions(query: &mut QueryBuilder<MySql>, filter: &SegmentFilter) {
    query.push(" WHERE `sold_on` >= ").push_bind(text(filter.from));
    query.push(" AND `sold_on` <= ").push_bind(text(filter.to));
    zone(query, filter);
    kinds(query, filter);
    query.push(" AND `price_cents` >= ").push_bind(filter.price_min());
    if let Some(most) = filter.price_max_cents {
        query.push(" AND `price_cents` <= ").push_bind(most);
    }
    if !filter.natures.is_empty() {
        one_of(query, "nature", &filter.natures);
    }
    for (column, lowest, highest) in [
        ("rooms", filter.rooms_min, filter.rooms_max),
        ("built_m2", filter.built_min, filter.built_max),
    ] {
        if let Some(lowest) = lowest {
            query.push(format!(" AND `{column}` >= ")).push_bind(lowest);
        }
        if let Some(highest) = highest {
            query.push(format!(" AND `{column}` <= ")).push_bind(highest);
        }
    }
}

fn zone(query: &mut QueryBuilder<MySql>, filter: &SegmentFilter) {
    match filter.zone {
        ZoneKind::Country => {}
        ZoneKind::Departments => one_of(query, "code_departement", &filter.zones),
        ZoneKind::Communes => one_of(query, "code_insee", &filter.zones),
        ZoneKind::PostalCodes => one_of(query, "code_postal", &filter.zones),
    }
}

/// The whole country by the names of its departments: leaves nothing out, and of each department the index gives the
/// kinds and days that are asked for, where it would be read from end to end.
fn everywhere(query: &mut QueryBuilder<MySql>, departments: Vec<Option<String>>) {
    query.push(" AND (`code_departement` IS NULL");
    for department in departments.into_iter().flatten() {
        query.push(" OR `code_departement` = ").push_bind(department);
    }
    query.push(")");
}

fn kinds(query: &mut QueryBuilder<MySql>, filter: &SegmentFilter) {
    if filter.kinds.is_empty() {
        return;
    }
    query.push(" AND `kind` IN (");
    let mut list = query.separated(", ");
    for kind in &filter.kinds {
        list.push_bind(kind.number());
    }
    query.push(")");
}

fn one_of(query: &mut QueryBuilder<MySql>, column: &str, values: &[String]) {
    query.push(format!(" AND `{column}` IN ("));
    let mut list = query.separated(", ");
    for value in values {
        list.push_bind(value.clone());
    }
    query.push(")");
}
