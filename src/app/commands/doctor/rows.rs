//! What the database and the engine beside it say: tables, clock, messages, jobs.

use jiff::SignedDuration;

use super::finding::Finding;
use crate::app::state::{self, Platform};
use crate::slices::messages::{Sought, State};
use crate::slices::underwriting::Nobody;

/// A clock that is further away makes codes and tokens expire too soon or too late.
const SKEW_MAX: SignedDuration = SignedDuration::from_secs(2);

/// Work that is due for longer is not being done.
const LATE_MAX: SignedDuration = SignedDuration::from_mins(10);

/// Rows that are counted; more are «or more».
const COUNTED: u32 = 1000;

/// The database: whether it was reached, and what it says.
pub(super) async fn database(platform: &Platform) -> (bool, Vec<Finding>) {
    const PART: &str = "database";
    let server = match platform.database.server().await {
        Ok(server) => server,
        Err(error) => {
            let remedy = "is it running, is the address right, does it take this account? \
                          docs/operations.md, «Database away»";
            return (false, vec![Finding::wrong(PART, error.to_string(), remedy)]);
        }
    };
    let mut found = vec![Finding::well(PART, format!("answers: {}", server.version))];
    let pool = i64::from(platform.settings.database.connections_max);
    if pool * 2 > server.connections_max {
        let says = format!("takes {} connections; a copy may use {pool}", server.connections_max);
        let remedy = "copies times database.connections_max must stay under max_connections";
        found.push(Finding::odd(PART, says, remedy));
    }
    let skew = platform.clock.now().duration_since(server.time).abs();
    found.push(if skew > SKEW_MAX {
        let says = format!("the clocks of this machine and of the database differ by {skew:#}");
        Finding::wrong("clock", says, "run a time service (chrony) on both machines")
    } else {
        Finding::well("clock", "this machine and the database agree")
    });
    found.push(tables(platform).await);
    (true, found)
}

async fn tables(platform: &Platform) -> Finding {
    const PART: &str = "tables";
    let asked = async {
        let (broken, migrated) =
            (platform.database.broken_migrations().await?, platform.database.is_migrated().await?);
        Ok::<_, crate::platform::db::DbError>((broken, migrated))
    };
    match asked.await {
        Err(error) => Finding::wrong(PART, error.to_string(), "docs/operations.md"),
        Ok((0, true)) => Finding::well(PART, "every migration of this program is applied"),
        Ok((0, false)) => {
            let says = "migrations of this program are missing: nothing is served (/readyz 503)";
            Finding::wrong(PART, says, "`assurly migrate`")
        }
        Ok((count, _)) => Finding::wrong(
            PART,
            format!("{count} migrations were cut in the middle"),
            "migrations/README.md, «When a migration was cut»",
        ),
    }
}

/// Messages that wait for a person.
pub(super) async fn messages(platform: &Platform) -> Vec<Finding> {
    const PART: &str = "messages";
    let messages = match state::messages(platform) {
        Ok(messages) => messages,
        Err(error) => return vec![Finding::wrong(PART, error.to_string(), "docs/messages.md")],
    };
    let count = async |state| {
        let sought = Sought { state: Some(state), to: None, most: COUNTED };
        messages.list(&sought).await.map(|found| found.len())
    };
    let (doubt, dead) = match (count(State::InDoubt).await, count(State::Dead).await) {
        (Ok(doubt), Ok(dead)) => (doubt, dead),
        (Err(error), _) | (_, Err(error)) => {
            return vec![Finding::wrong(PART, error.to_string(), "docs/messages.md")];
        }
    };
    if doubt + dead == 0 {
        return vec![Finding::well(PART, "none waits for a person")];
    }
    let says = format!("{doubt} in doubt, {dead} dead");
    let remedy = "`assurly messages list --state in_doubt`; docs/operations.md, «Poisoned message»";
    vec![Finding::odd(PART, says, remedy)]
}

/// Work that failed too often, or is not being done.
pub(super) async fn jobs(platform: &Platform) -> Vec<Finding> {
    const PART: &str = "jobs";
    let jobs = state::jobs(platform, Vec::new());
    let (dead, waiting) =
        match (jobs.list("dead", COUNTED).await, jobs.list("waiting", COUNTED).await) {
            (Ok(dead), Ok(waiting)) => (dead, waiting),
            (Err(error), _) | (_, Err(error)) => {
                return vec![Finding::wrong(PART, error.to_string(), "docs/jobs.md")];
            }
        };
    let mut found = Vec::new();
    if !dead.is_empty() {
        let says = format!("{} failed too often and wait for a person", dead.len());
        found.push(Finding::odd(PART, says, "`assurly jobs list --state dead`; docs/jobs.md"));
    }
    let now = platform.clock.now();
    let late = waiting.iter().filter(|job| now.duration_since(job.due_at) > LATE_MAX).count();
    if late > 0 {
        let says = format!("{late} are due for more than ten minutes: no copy does them");
        let remedy = "does a copy with jobs.run = true serve? Its log says what fails";
        found.push(Finding::wrong(PART, says, remedy));
    }
    if found.is_empty() {
        found.push(Finding::well(PART, "nothing is late, nothing is dead"));
    }
    found
}

/// The questionnaire engine answers with our key.
pub(super) async fn engine(platform: &Platform) -> Vec<Finding> {
    const PART: &str = "engine";
    let underwriting = match state::underwriting(platform, std::sync::Arc::new(Nobody)) {
        Ok(underwriting) => underwriting,
        Err(error) => {
            return vec![Finding::wrong(PART, error.to_string(), "docs/underwriting.md")];
        }
    };
    vec![match underwriting.health().await {
        None => Finding::odd(
            PART,
            "none is configured: who needs the full questionnaire cannot subscribe",
            "underwriting.url; docs/reflex.md",
        ),
        Some(Ok(())) => Finding::well(PART, "answers, and takes our key"),
        Some(Err(reason)) => {
            Finding::wrong(PART, reason, "docs/operations.md, «Engine hanging or away»")
        }
    }]
}
