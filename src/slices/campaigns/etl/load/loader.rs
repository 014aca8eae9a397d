//! The loader: takes the lock, works through the chunks with its connections, and ends with a report.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use tokio::task::JoinSet;

use super::chunk::{self, Held};
use super::error::LoadError;
use super::events::{Event, Listener, Phase};
use super::job::{Job, LoadOptions, Unit};
use super::report::Report;
use super::session::{Server, Sessions};
use super::store::control;
use super::{finish, open};
use crate::platform::clock::Clock;
use crate::platform::db::Endpoint;
use crate::platform::storage::BucketSettings;
use crate::slices::campaigns::etl::encode::Overrides;
use crate::slices::campaigns::etl::profile::{Profile, fingerprint};
use crate::slices::campaigns::etl::read::{Source, discover};
use crate::slices::campaigns::etl::schema::{Definition, Fitted};

/// How often a run shows that it lives.
const HEARTBEAT: Duration = Duration::from_secs(2);

/// Loads, resumes, undoes and repairs.
#[derive(Clone)]
pub struct Loader {
    pub(super) sessions: Sessions,
    pub(super) clock: Clock,
    pub(super) s3: BucketSettings,
    pub(super) listener: Listener,
}

/// Files that were profiled, and the schema as it fits them.
pub struct LoadRequest {
    /// The sealed schema.
    pub definition: Definition,
    /// The schema, fitted.
    pub fitted: Fitted,
    /// The files.
    pub sources: Vec<Source>,
    /// What was seen in them.
    pub profile: Profile,
    /// The period that they are the edition of.
    pub period: String,
    /// Milliseconds that the profile took.
    pub profile_ms: u64,
}

impl Loader {
    /// A loader of this database.
    pub fn new(endpoint: &Endpoint, clock: Clock, s3: BucketSettings, listener: Listener) -> Self {
        Self { sessions: Sessions::new(endpoint), clock, s3, listener }
    }

    /// Loads an edition and publishes it; goes on with a run that was begun with the same content.
    ///
    /// # Errors
    /// [`LoadError`]; nothing more is published.
    pub async fn load(
        &self,
        request: &LoadRequest,
        options: &LoadOptions,
    ) -> Result<Report, LoadError> {
        let dataset = &request.definition.dataset.name;
        let (mut conn, server) = self.locked(dataset).await?;
        let content = open::content_hash(&request.profile);
        let schema = request.definition.content_hash();
        let period = request.period.as_str();
        if let Some(edition) = control::edition(&mut conn, dataset, period).await?
            && edition.content_hash == content
            && edition.schema_hash == schema
        {
            return Ok(unchanged(request, edition.run));
        }
        let begun = control::unfinished(&mut conn, dataset, period, &content, &schema).await?;
        let run = match begun {
            Some(run) => {
                self.note(format!("going on with run {run}, which was begun with these files"));
                run
            }
            None => {
                let now = self.now();
                let schema = (&request.definition, &request.fitted);
                let files = (request.sources.as_slice(), &request.profile);
                open::register(&mut conn, schema, files, (period, now.as_str())).await?
            }
        };
        let job = open::open(&mut conn, run, &request.sources, has_infile(server, options)).await?;
        let mut report = self.work(conn, job, options).await?;
        report.phases.insert(0, ("profile".to_owned(), request.profile_ms));
        Ok(report)
    }

    /// Goes on with a run that was killed or stopped: the newest one unless it is named.
    ///
    /// # Errors
    /// [`LoadError`]; also when a file is not what it was.
    pub async fn resume(
        &self,
        run: Option<u64>,
        options: &LoadOptions,
    ) -> Result<Report, LoadError> {
        let (mut conn, _) = self.sessions.open().await?;
        let newest = control::resumable(&mut conn).await?;
        let nothing = || LoadError::Nothing("no run waits to be resumed".to_owned());
        let run = run.or(newest).ok_or_else(nothing)?;
        let row = control::run(&mut conn, run).await?.ok_or_else(nothing)?;
        if !matches!(row.state.as_str(), "loading" | "failed") {
            return Err(LoadError::Nothing(format!(
                "run {run} is {}: nothing to resume",
                row.state
            )));
        }
        drop(conn);
        let (mut conn, server) = self.locked(&row.dataset).await?;
        let sources = self.known_sources(&mut conn, run, row.bytes).await?;
        let job = open::open(&mut conn, run, &sources, has_infile(server, options)).await?;
        self.work(conn, job, options).await
    }

    /// Makes the edition before the one that is read again.
    ///
    /// # Errors
    /// There is none.
    pub async fn undo(&self, dataset: &str, period: &str) -> Result<(u64, u64), LoadError> {
        let (mut conn, _) = self.locked(dataset).await?;
        let edition = control::edition(&mut conn, dataset, period).await?;
        let nothing = |what: &str| LoadError::Nothing(format!("{dataset} {period}: {what}"));
        let edition = edition.ok_or_else(|| nothing("no edition is published"))?;
        let previous = edition.previous.ok_or_else(|| nothing("there was no edition before"))?;
        control::publish(&mut conn, dataset, period, previous, &self.now()).await?;
        Ok((edition.run, previous))
    }

    /// The files of a run, which must be what they were.
    pub(super) async fn known_sources(
        &self,
        conn: &mut Conn,
        run: u64,
        bytes: u64,
    ) -> Result<Vec<Source>, LoadError> {
        self.tell(&Event::Begins { phase: Phase::Profile, bytes, done: 0 });
        let mut known = Vec::new();
        for file in control::files(conn, run).await? {
            let input = file.name.split('!').next().unwrap_or(&file.name).to_owned();
            let found = discover(&[input], &self.s3).await?;
            let source = found.into_iter().find(|source| source.name == file.name);
            let gone = || LoadError::Nothing(format!("{} is not there any more", file.name));
            let source = source.ok_or_else(gone)?;
            let read = source.clone();
            let seen = tokio::task::spawn_blocking(move || fingerprint(&read)).await;
            let (sha256, size) = seen
                .map_err(|_| LoadError::Panicked)?
                .map_err(|error| LoadError::Chunk(file.name.clone(), error.into()))?;
            if size != file.bytes || sha256.as_slice() != file.sha256 {
                return Err(LoadError::Changed(file.name));
            }
            self.tell(&Event::Read(size));
            known.push(source);
        }
        Ok(known)
    }

    /// A connection that holds the lock of the dataset for as long as it is open.
    pub(super) async fn locked(&self, dataset: &str) -> Result<(Conn, Server), LoadError> {
        let (mut conn, server) = self.sessions.open().await?;
        if control::lock(&mut conn, dataset).await? {
            Ok((conn, server))
        } else {
            Err(LoadError::Locked(dataset.to_owned()))
        }
    }

    /// Everything from the first chunk to the published edition. A failure is written down.
    async fn work(
        &self,
        mut conn: Conn,
        job: Job,
        options: &LoadOptions,
    ) -> Result<Report, LoadError> {
        let run = job.run;
        if !job.has_infile {
            self.note(
                "the server takes no stream (local_infile is off): INSERT statements, about \
                       four times slower"
                    .to_owned(),
            );
        }
        for change in &job.fitted.changes {
            self.note(change.clone());
        }
        control::set_state(&mut conn, run, "loading", None, None).await?;
        match self.phases(&mut conn, Arc::new(job), options).await {
            Ok(report) => Ok(report),
            Err(error) => {
                let message = error.to_string();
                // The reason is told in any case; the server may be the reason.
                drop(control::heartbeat(&mut conn, run, &self.now()).await);
                drop(control::set_state(&mut conn, run, "failed", Some(&message), None).await);
                Err(error)
            }
        }
    }

    async fn phases(
        &self,
        conn: &mut Conn,
        job: Arc<Job>,
        options: &LoadOptions,
    ) -> Result<Report, LoadError> {
        let mut phases = Vec::new();
        let mut timed = |phase: Phase, since: Instant| {
            let ms = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
            phases.push((phase.code().to_owned(), ms));
        };
        let since = Instant::now();
        open::tables(conn, &job).await?;
        self.begins(Phase::Load, job.bytes(), job.bytes_done);
        self.chunks(conn, &job, options).await?;
        timed(Phase::Load, since);
        let since = Instant::now();
        self.begins(Phase::Verify, 0, 0);
        let mut report = finish::verify(conn, &job).await?;
        timed(Phase::Verify, since);
        let since = Instant::now();
        self.begins(Phase::Index, 0, 0);
        if job.has_sales() {
            let (walker, _) = self.sessions.open().await?;
            finish::index(conn, walker, &job).await?;
        }
        timed(Phase::Index, since);
        let since = Instant::now();
        self.begins(Phase::Publish, 0, 0);
        let now = self.now();
        finish::publish(conn, &job, &now).await?;
        control::set_state(conn, job.run, "published", None, Some(&now)).await?;
        timed(Phase::Publish, since);
        "published".clone_into(&mut report.state);
        report.phases = phases;
        let json = serde_json::to_string(&report).unwrap_or_default();
        control::set_report(conn, job.run, &json).await?;
        Ok(report)
    }

    /// Loads every chunk that is not committed, with several connections; the one that holds the lock
    /// shows that the run lives, and its end is the end of the load.
    async fn chunks(
        &self,
        conn: &mut Conn,
        job: &Arc<Job>,
        options: &LoadOptions,
    ) -> Result<(), LoadError> {
        let queue = Arc::new(Mutex::new(job.units()));
        let rejects = Arc::new(AtomicU64::new(job.rejects_done));
        let mut workers = JoinSet::new();
        for _ in 0..options.connections.max(1) {
            let worker = Worker {
                loader: self.clone(),
                job: Arc::clone(job),
                queue: Arc::clone(&queue),
                rejects: Arc::clone(&rejects),
                allowed: allowed(job, options),
            };
            workers.spawn(worker.run());
        }
        let mut beat = tokio::time::interval(HEARTBEAT);
        loop {
            tokio::select! {
                ended = workers.join_next() => match ended {
                    None => break,
                    Some(ended) => ended.map_err(|_| LoadError::Panicked)??,
                },
                _ = beat.tick() => control::heartbeat(conn, job.run, &self.now()).await?,
            }
        }
        Ok(control::heartbeat(conn, job.run, &self.now()).await?)
    }

    /// Now, as a column keeps it.
    pub(super) fn now(&self) -> String {
        self.clock.now().strftime("%Y-%m-%d %H:%M:%S%.6f").to_string()
    }

    pub(super) fn tell(&self, event: &Event) {
        (self.listener)(event);
    }

    pub(super) fn note(&self, text: String) {
        self.tell(&Event::Note(text));
    }

    fn begins(&self, phase: Phase, bytes: u64, done: u64) {
        self.tell(&Event::Begins { phase, bytes, done });
    }
}

/// What one connection works with.
struct Worker {
    loader: Loader,
    job: Arc<Job>,
    queue: Arc<Mutex<VecDeque<Unit>>>,
    rejects: Arc<AtomicU64>,
    allowed: u64,
}

impl Worker {
    async fn run(self) -> Result<(), LoadError> {
        let (mut conn, _) = self.loader.sessions.open().await?;
        let mut held = Held::default();
        while let Some(unit) = self.next() {
            let encoded = self.one(&mut conn, &unit, &mut held).await?;
            let rejects = encoded.rejects.len() as u64;
            let all = self.rejects.fetch_add(rejects, Ordering::Relaxed) + rejects;
            let bytes = unit.end() - unit.start().byte;
            self.loader.tell(&Event::Committed { bytes, rows: encoded.rows, rejects });
            if all > self.allowed {
                return Err(LoadError::TooManyRejects { rejects: all, allowed: self.allowed });
            }
        }
        conn.disconnect().await?;
        Ok(())
    }

    fn next(&self) -> Option<Unit> {
        self.queue.lock().ok()?.pop_front()
    }

    /// The transaction. On an error the connection is dropped with it, and the server rolls back.
    async fn one(
        &self,
        conn: &mut Conn,
        unit: &Unit,
        held: &mut Held,
    ) -> Result<crate::slices::campaigns::etl::encode::Encoded, LoadError> {
        let job = &self.job;
        conn.query_drop("START TRANSACTION").await?;
        let mut encoded = chunk::load(conn, job, unit, Overrides::new(), held).await?;
        chunk::sales(conn, job, unit, &mut encoded).await?;
        control::insert_rejects(conn, job.run, unit.file.file_no, &encoded.rejects).await?;
        control::insert_chunk(conn, unit.key(job.run), &encoded, &self.loader.now()).await?;
        conn.query_drop("COMMIT").await?;
        Ok(encoded)
    }
}

const fn has_infile(server: Server, options: &LoadOptions) -> bool {
    server.has_infile && !options.insert_only
}

/// How many lines may be given back: the smaller of the two limits, and always a few.
fn allowed(job: &Job, options: &LoadOptions) -> u64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a limit, not a count"
    )]
    let share = (job.lines() as f64 * options.max_reject_ratio).max(10.0) as u64;
    options.max_rejects.unwrap_or(share)
}

/// Nothing to do: this content is what is read already.
fn unchanged(request: &LoadRequest, run: u64) -> Report {
    Report {
        run,
        dataset: request.definition.dataset.name.clone(),
        period: request.period.clone(),
        state: "unchanged".to_owned(),
        bytes: request.profile.files.iter().map(|file| file.bytes).sum(),
        phases: vec![("profile".to_owned(), request.profile_ms)],
        ..Report::default()
    }
}
