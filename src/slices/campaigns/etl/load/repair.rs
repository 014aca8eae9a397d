//! Lines that were given back, and loaded once they are repaired. A chunk is loaded again as a whole
//! with its repaired lines, in one transaction: its rows, sales and counts stay exact.

use std::collections::BTreeMap;

use mysql_async::Conn;
use mysql_async::prelude::Queryable;

use super::chunk::{self, Held};
use super::error::LoadError;
use super::job::{Job, LoadOptions, Unit};
use super::loader::Loader;
use super::report::Report;
use super::store::{control, tables};
use super::{finish, months, open};
use crate::slices::campaigns::etl::encode::Overrides;

impl Loader {
    /// Loads repaired lines: line by line in the order of the rejects of the run. A line that is as it
    /// was stays a reject.
    ///
    /// # Errors
    /// [`LoadError`]; chunks that were loaded before stay loaded.
    pub async fn retry_rejects(
        &self,
        run: u64,
        repaired: &[Vec<u8>],
        options: &LoadOptions,
    ) -> Result<Report, LoadError> {
        let (mut conn, _) = self.sessions.open().await?;
        let nothing = || LoadError::Nothing(format!("there is no run {run}"));
        let row = control::run(&mut conn, run).await?.ok_or_else(nothing)?;
        drop(conn);
        let (mut conn, server) = self.locked(&row.dataset).await?;
        let rejects = control::rejects(&mut conn, run).await?;
        let (changed, known) = matched(run, rejects, repaired)?;
        let sources = self.known_sources(&mut conn, run, row.bytes).await?;
        let has_infile = server.has_infile && !options.insert_only;
        let job = open::open(&mut conn, run, &sources, has_infile).await?;
        for unit in all_units(&job) {
            let lines = unit.start().line..unit.line_end();
            let is_here =
                |(file, line): &(u32, u64)| *file == unit.file.file_no && lines.contains(line);
            let new: Overrides = of(&changed, is_here);
            if new.is_empty() {
                continue;
            }
            let mut all: Overrides = of(&known, is_here);
            all.extend(new.clone());
            self.again(&mut conn, &job, &unit, &new, all).await?;
        }
        if job.has_sales() {
            let (walker, _) = self.sessions.open().await?;
            months::fill(&mut conn, walker, &job.names, job.has_infile).await?;
        }
        let mut report = finish::verify(&mut conn, &job).await?;
        "published".clone_into(&mut report.state);
        let json = serde_json::to_string(&report).unwrap_or_default();
        control::set_report(&mut conn, run, &json).await?;
        Ok(report)
    }

    /// One chunk once more.
    async fn again(
        &self,
        conn: &mut Conn,
        job: &Job,
        unit: &Unit,
        new: &Overrides,
        all: Overrides,
    ) -> Result<(), LoadError> {
        let (key, file_no) = (unit.key(job.run), unit.file.file_no);
        let ids = (unit.file.plan.id(unit.start().line), unit.file.plan.id(unit.line_end()));
        conn.query_drop("START TRANSACTION").await?;
        for (line, text) in new {
            control::mark_repaired(conn, job.run, file_no, *line, text).await?;
        }
        control::forget_chunk(conn, key, unit.line_end()).await?;
        conn.exec_drop(tables::delete_range(&job.names.rows), ids).await?;
        if job.has_sales() {
            conn.exec_drop(tables::delete_range(&job.names.sales), ids).await?;
        }
        let mut encoded = chunk::load(conn, job, unit, all, &mut Held::default()).await?;
        chunk::sales(conn, job, unit, &mut encoded).await?;
        control::insert_rejects(conn, job.run, file_no, &encoded.rejects).await?;
        control::insert_chunk(conn, key, &encoded, &self.now()).await?;
        conn.query_drop("COMMIT").await?;
        Ok(())
    }
}

/// Lines by their file and number.
type Lines = BTreeMap<(u32, u64), Vec<u8>>;

/// The lines that differ from their rejects, and those that were repaired before.
fn matched(
    run: u64,
    rejects: Vec<control::RejectRow>,
    repaired: &[Vec<u8>],
) -> Result<(Lines, Lines), LoadError> {
    let (mut open, mut known) = (Vec::new(), Lines::new());
    for (file, line, raw, before) in rejects {
        match before {
            Some(text) => drop(known.insert((file, line), text)),
            None => open.push(((file, line), raw)),
        }
    }
    if open.len() != repaired.len() {
        return Err(LoadError::Nothing(format!(
            "run {run} has {} lines given back, the file has {}: leave a line that you cannot \
             repair as it is, so that each stays in its place",
            open.len(),
            repaired.len()
        )));
    }
    let pairs = open.into_iter().zip(repaired);
    let changed = pairs.filter(|((_, raw), text)| raw != *text);
    Ok((changed.map(|((place, _), text)| (place, text.clone())).collect(), known))
}

fn of(lines: &Lines, is_here: impl Fn(&(u32, u64)) -> bool) -> Overrides {
    let here = lines.iter().filter(|(place, _)| is_here(place));
    here.map(|((_, line), text)| (*line, text.clone())).collect()
}

/// Every chunk of the run.
fn all_units(job: &Job) -> Vec<Unit> {
    let of_file = |file: &std::sync::Arc<super::job::JobFile>| {
        let file = std::sync::Arc::clone(file);
        (0_u32..)
            .take(file.chunks.len())
            .map(move |chunk_no| Unit { file: std::sync::Arc::clone(&file), chunk_no })
    };
    job.files.iter().flat_map(of_file).collect()
}
