//! Work that is due: with its caller's transaction or not at all, once however many copies there are,
//! tried again, given up where an operator sees it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use assurly::kernel::problem::{Kind, Problem};
use assurly::platform::clock::{Clock, Entropy};
use assurly::platform::db::Database;
use assurly::platform::jobs::{Job, Jobs, Next, Schedule, Task};
use tokio::sync::Semaphore;

use crate::harness::app::settings;
use crate::harness::database::TestDatabase;
use crate::harness::{begun, eventually, soon};

const KIND: &str = "test.work";

/// How often each subject was done.
#[derive(Clone, Default)]
struct Tally(Arc<Mutex<BTreeMap<String, u32>>>);

impl Tally {
    fn add(&self, subject: &str) {
        *self.0.lock().expect("whole").entry(subject.to_owned()).or_default() += 1;
    }

    fn of(&self, subject: &str) -> u32 {
        self.0.lock().expect("whole").get(subject).copied().unwrap_or(0)
    }

    fn task(&self) -> Task {
        let tally = self.clone();
        Task::due(KIND, move |job| {
            let tally = tally.clone();
            async move {
                tally.add(job.subject());
                Ok(Next::Done)
            }
        })
    }
}

/// A database of one's own, seen by several copies with one clock.
struct Town {
    database: Arc<TestDatabase>,
    own: Database,
    clock: Clock,
}

impl Town {
    async fn found() -> Self {
        let database = TestDatabase::own().await;
        let own = database.open();
        Self { database, own, clock: Clock::fixed("2026-11-23T09:00:00Z".parse().expect("then")) }
    }

    fn copy(&self, tasks: Vec<Task>) -> Jobs {
        let over = [("JOBS__RUN", "true"), ("JOBS__POLL_MS", "10"), ("JOBS__TEND_MS", "10")];
        self.copy_with(tasks, &over)
    }

    fn copy_with(&self, tasks: Vec<Task>, over: &[(&str, &str)]) -> Jobs {
        let few = [("JOBS__ATTEMPTS_MAX", "3"), ("JOBS__BATCH", "5")];
        let settings = settings(&[over, few.as_slice()].concat());
        let tools = (self.clock.clone(), Entropy::system());
        Jobs::new(self.database.open(), tools, settings.jobs, tasks)
    }

    async fn ask(&self, subject: &str, after: Duration) -> bool {
        let schedule = self.schedule();
        let mut transaction = self.own.begin().await.expect("a transaction");
        let due = self.clock.now() + after;
        let asked = schedule.put(&mut transaction, KIND, subject, due).await.expect("asked");
        transaction.commit().await.expect("committed");
        asked
    }

    fn schedule(&self) -> Schedule {
        Schedule::new(self.own.clone(), self.clock.clone(), Entropy::system())
    }
}

#[tokio::test]
async fn a_job_is_done_at_its_hour_if_its_transaction_committed() {
    let (town, tally) = (Town::found().await, Tally::default());
    let jobs = town.copy(vec![tally.task()]);
    let mut undone = town.own.begin().await.expect("a transaction");
    let now = town.clock.now();
    town.schedule().put(&mut undone, KIND, "undone", now).await.expect("asked");
    undone.rollback().await.expect("undone");
    assert!(town.ask("kept", Duration::from_secs(3600)).await);
    assert_eq!(jobs.run_due().await.expect("looked"), 0);
    // Asked for again while it waits: the same job, at its new hour.
    assert!(!town.ask("kept", Duration::from_secs(60)).await);
    town.clock.advance(Duration::from_secs(61));
    assert_eq!(jobs.run_due().await.expect("looked"), 1);
    assert!(!town.ask("kept", Duration::ZERO).await, "a subject has one job, ever");
    let mut taken_back = town.own.begin().await.expect("a transaction");
    town.schedule().put(&mut taken_back, KIND, "cancelled", now).await.expect("asked");
    town.schedule().cancel(&mut taken_back, KIND, "cancelled").await.expect("cancelled");
    taken_back.commit().await.expect("committed");
    assert_eq!(jobs.run_due().await.expect("looked"), 0);
    assert_eq!((tally.of("kept"), tally.of("undone"), tally.of("cancelled")), (1, 0, 0));
}

#[tokio::test]
async fn four_copies_do_three_hundred_jobs_once_each() {
    let (town, tally) = (Town::found().await, Tally::default());
    for number in 0..300 {
        town.ask(&number.to_string(), Duration::ZERO).await;
    }
    let stop = Arc::new(Semaphore::new(0));
    let copies: Vec<_> = (0..4)
        .map(|_| {
            let (jobs, stop) = (town.copy(vec![tally.task()]), Arc::clone(&stop));
            begun(jobs.run(async move { drop(stop.acquire().await) }))
        })
        .collect();
    let watcher = town.copy(Vec::new());
    eventually("all of them are done", async || {
        (watcher.list("done", 1000).await.ok()?.len() == 300).then_some(())
    })
    .await;
    stop.add_permits(4);
    for copy in copies {
        soon(copy).await.expect("no panic");
    }
    let counts: Vec<u32> = (0..300).map(|number| tally.of(&number.to_string())).collect();
    assert!(counts.iter().all(|count| *count == 1), "{counts:?}");
}

#[tokio::test]
async fn what_fails_is_tried_again_then_dead_where_an_operator_sees_it() {
    let town = Town::found().await;
    let mended = Arc::new(AtomicU32::new(0));
    let state = Arc::clone(&mended);
    let work = move |job: Job| {
        let is_mended = state.load(Ordering::Relaxed) == 1;
        async move {
            match job.subject() {
                _ if is_mended => Ok(Next::Done),
                "panics" => panic!("hunter2"),
                _ => Err(Problem::new(Kind::Unavailable)),
            }
        }
    };
    let jobs = town.copy(vec![Task::due(KIND, work)]);
    town.ask("fails", Duration::ZERO).await;
    town.ask("panics", Duration::ZERO).await;
    assert_eq!(jobs.run_due().await.expect("looked"), 2);
    assert_eq!(jobs.run_due().await.expect("looked"), 0, "not at once");
    for _ in 0..2 {
        town.clock.advance(Duration::from_secs(3600));
        assert_eq!(jobs.run_due().await.expect("looked"), 2);
    }
    town.clock.advance(Duration::from_secs(86_400));
    assert_eq!(jobs.run_due().await.expect("looked"), 0);
    let dead = jobs.list("dead", 10).await.expect("listed");
    let seen: BTreeMap<_, _> = dead
        .iter()
        .map(|job| (job.subject.as_str(), (job.attempts, job.reason.as_deref())))
        .collect();
    assert_eq!(seen["fails"], (3, Some("unavailable")));
    assert_eq!(seen["panics"], (3, Some("panicked")));
    mended.store(1, Ordering::Relaxed);
    jobs.retry(dead[0].id).await.expect("dead");
    jobs.discard(dead[1].id).await.expect("dead");
    assert!(jobs.retry(dead[1].id).await.is_err(), "it was given up");
    assert_eq!(jobs.run_due().await.expect("looked"), 1);
    assert!(jobs.list("dead", 10).await.expect("listed").is_empty());
}

/// A copy that is too slow finds its claim gone, and undoes what it did.
#[tokio::test]
async fn the_effect_of_a_slow_copy_is_undone_when_another_has_done_it() {
    let town = Town::found().await;
    let (entered, gate) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let outcomes: Arc<Mutex<Vec<bool>>> = Arc::default();
    let work = |waits: bool| {
        let (entered, gate) = (Arc::clone(&entered), Arc::clone(&gate));
        let (own, outcomes) = (town.own.clone(), Arc::clone(&outcomes));
        move |job: Job| {
            let (entered, gate) = (Arc::clone(&entered), Arc::clone(&gate));
            let (own, outcomes) = (own.clone(), Arc::clone(&outcomes));
            async move {
                entered.add_permits(1);
                if waits {
                    gate.acquire().await.expect("never closed").forget();
                }
                let mut transaction = own.begin().await?;
                let finished = job.finish(&mut transaction).await;
                outcomes.lock().expect("whole").push(finished.is_ok());
                finished?;
                transaction.commit().await.map_err(|_| Problem::new(Kind::Unavailable))?;
                Ok(Next::Done)
            }
        }
    };
    town.ask("slow", Duration::ZERO).await;
    let (slow, quick) = (
        town.copy(vec![Task::due(KIND, work(true))]),
        town.copy(vec![Task::due(KIND, work(false))]),
    );
    let under_way = begun(async move { slow.run_due().await.expect("looked") });
    soon(entered.acquire()).await.expect("never closed").forget();
    assert_eq!(quick.run_due().await.expect("looked"), 0, "it is somebody else's");
    town.clock.advance(Duration::from_secs(181));
    let stop = Arc::new(Semaphore::new(0));
    let asked = Arc::clone(&stop);
    let tended = begun(quick.run(async move { drop(asked.acquire().await) }));
    let watcher = town.copy(Vec::new());
    eventually("the other copy does it", async || {
        (watcher.list("done", 10).await.ok()?.len() == 1).then_some(())
    })
    .await;
    gate.add_permits(1);
    soon(under_way).await.expect("no panic");
    stop.add_permits(1);
    soon(tended).await.expect("no panic");
    assert_eq!(*outcomes.lock().expect("whole"), [true, false]);
    assert_eq!(watcher.list("done", 10).await.expect("listed").len(), 1);
}

/// A claim is short, so that the work of a copy that died is soon somebody else's; who is at it holds it.
#[tokio::test]
async fn a_copy_that_is_at_it_holds_its_claim_for_as_long_as_it_takes() {
    let town = Town::found().await;
    let (entered, gate) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (signal, wait) = (Arc::clone(&entered), Arc::clone(&gate));
    let long = Task::due(KIND, move |_| {
        let (signal, wait) = (Arc::clone(&signal), Arc::clone(&wait));
        async move {
            signal.add_permits(1);
            wait.acquire().await.expect("never closed").forget();
            Ok(Next::Done)
        }
    });
    town.ask("long", Duration::ZERO).await;
    let copy = town.copy_with(vec![long], &[("JOBS__RUN", "true"), ("JOBS__CLAIM_S", "3")]);
    let under_way = begun(async move { copy.run_due().await.expect("looked") });
    soon(entered.acquire()).await.expect("never closed").forget();
    // Longer than the claim was in the beginning, in steps that are shorter than it.
    for _ in 0..3 {
        town.clock.advance(Duration::from_secs(2));
        let until = town.clock.now() + Duration::from_secs(3);
        eventually("it holds its claim", async || {
            let sql = "SELECT claimed_until FROM job WHERE kind = ? AND state = 'running'";
            let held: assurly::platform::db::Instant =
                sqlx::query_scalar(sql).bind(KIND).fetch_one(town.own.pool()).await.ok()?;
            (held.0 == until).then_some(())
        })
        .await;
    }
    gate.add_permits(1);
    assert_eq!(soon(under_way).await.expect("no panic"), 1);
    assert_eq!(town.copy(Vec::new()).list("done", 10).await.expect("listed").len(), 1);
}

#[tokio::test]
async fn what_comes_back_is_done_once_a_period_by_all_copies_together() {
    let (town, tally) = (Town::found().await, Tally::default());
    let task = || {
        let tally = tally.clone();
        Task::every("test.sweep", Duration::from_secs(60), move |_| {
            let tally = tally.clone();
            async move {
                tally.add("sweep");
                // The first pass finds more than it takes.
                Ok(if tally.of("sweep") == 1 { Next::More } else { Next::Done })
            }
        })
    };
    let (first, second) = (town.copy(vec![task()]), town.copy(vec![task()]));
    assert_eq!(first.run_due().await.expect("looked"), 2);
    assert_eq!(second.run_due().await.expect("looked"), 0);
    town.clock.advance(Duration::from_secs(61));
    let both = tokio::join!(first.run_due(), second.run_due());
    assert_eq!(both.0.expect("looked") + both.1.expect("looked"), 1);
    assert_eq!(tally.of("sweep"), 3);
}
