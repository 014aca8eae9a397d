//! The end of a load: count what arrived, build indexes and aggregates, publish in one step.

use mysql_async::Conn;
use mysql_async::prelude::Queryable;

use super::error::LoadError;
use super::job::Job;
use super::months;
use super::report::{FileReport, Report};
use super::store::tables::Names;
use super::store::{control, tables};

/// Counts the tables and the lines: the report, or what does not add up.
pub(super) async fn verify(conn: &mut Conn, job: &Job) -> Result<Report, LoadError> {
    let mut report = Report {
        run: job.run,
        dataset: job.dataset.clone(),
        period: job.period.clone(),
        bytes: job.bytes(),
        changes: job.fitted.changes.clone(),
        way: if job.has_infile { "load data" } else { "insert" }.to_owned(),
        reasons: control::reasons(conn, job.run).await?,
        ..Report::default()
    };
    let totals = control::totals(conn, job.run).await?;
    for file in &job.files {
        let total = totals.iter().find(|total| total.0 == file.file_no);
        let (_, rows, rejects, blanks, trailers, sales) = total.copied().unwrap_or_default();
        let headers = file.chunks.first().map_or(0, |first| first.line - 1).min(file.lines);
        let name = file.source.name.clone();
        let counts =
            FileReport { name, lines: file.lines, headers, rows, rejects, blanks, trailers };
        if !counts.adds_up() {
            return Err(LoadError::Counts(format!("{counts:?}")));
        }
        report.rows += rows;
        report.rejects += rejects;
        report.sales += sales;
        report.files.push(counts);
    }
    count(conn, &job.names.rows, report.rows).await?;
    if job.has_sales() {
        count(conn, &job.names.sales, report.sales).await?;
    }
    Ok(report)
}

async fn count(conn: &mut Conn, table: &str, expected: u64) -> Result<(), LoadError> {
    let found: Option<u64> = conn.query_first(tables::count(table)).await?;
    if found == Some(expected) {
        return Ok(());
    }
    let found = found.unwrap_or_default();
    Err(LoadError::Counts(format!("`{table}` has {found} rows, its chunks {expected}")))
}

/// Indexes, months and statistics. A run that was killed in between begins this part again.
pub(super) async fn index(conn: &mut Conn, walker: Conn, job: &Job) -> Result<(), LoadError> {
    let indexed = conn.query_drop(tables::index_sales(&job.names)).await;
    // 1061: the indexes are there, from before a kill.
    match indexed {
        Err(mysql_async::Error::Server(error)) if error.code == 1061 => {}
        other => other?,
    }
    let create = tables::create_months(&job.names);
    conn.query_drop(create.replacen("CREATE TABLE", "CREATE TABLE IF NOT EXISTS", 1)).await?;
    months::fill(conn, walker, &job.names, job.has_infile).await?;
    conn.query_drop(tables::analyze(&job.names.sales)).await?;
    Ok(())
}

/// Makes the run the edition that is read, and forgets the tables that nobody needs any more: those
/// of the edition before stay until the next run, for an undo.
pub(super) async fn publish(conn: &mut Conn, job: &Job, now: &str) -> Result<(), LoadError> {
    control::publish(conn, &job.dataset, &job.period, job.run, now).await?;
    for run in control::superseded(conn, &job.dataset, &job.period, job.run).await? {
        conn.query_drop(tables::drop_all(&Names::of(&job.dataset, run))).await?;
        control::set_state(conn, run, "dropped", None, Some(now)).await?;
    }
    Ok(())
}
