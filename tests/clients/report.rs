//! What is printed: a line for each scenario, then the failures, then the count.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Instant;

/// What came of a scenario.
pub(crate) enum Verdict {
    Passed,
    Failed(String),
    Ignored(String),
}

/// The scenarios so far.
pub(crate) struct Report {
    filter: Option<String>,
    started: Instant,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    passed: usize,
    failures: Vec<(String, String)>,
    ignored: usize,
}

impl Report {
    pub(crate) fn new(filter: Option<String>) -> Self {
        Self { filter, started: Instant::now(), counts: Mutex::default() }
    }

    /// Whether a family may hold a scenario that was asked for.
    pub(crate) fn wants(&self, family: &str) -> bool {
        // `family::scenario` as a whole, the family's name, or a part of some scenario's name.
        self.filter.as_deref().is_none_or(|filter| match filter.split_once("::") {
            Some((of, _)) => of == family,
            None => family.contains(filter) || !self.names_a_family(filter),
        })
    }

    fn names_a_family(&self, filter: &str) -> bool {
        let families =
            crate::INSIDE.iter().chain(&crate::OUTSIDE).chain([&crate::COGNITO, &crate::PEOPLE]);
        families.into_iter().any(|family| family.name.contains(filter))
    }

    /// For the scripts, which leave out scenarios of other names.
    pub(crate) fn filter(&self, family: &str) -> &str {
        if family == crate::PEOPLE.name { "" } else { self.filter.as_deref().unwrap_or_default() }
    }

    /// A scenario that ended.
    pub(crate) fn add(&self, family: &str, scenario: &str, verdict: Verdict) {
        let name = format!("{family}::{}", scenario.replace(' ', "_"));
        let mut counts = self.counts.lock().expect("no panic before");
        let word = match verdict {
            Verdict::Passed => {
                counts.passed += 1;
                "ok".to_owned()
            }
            Verdict::Failed(why) => {
                counts.failures.push((name.clone(), why));
                "FAILED".to_owned()
            }
            Verdict::Ignored(why) => {
                counts.ignored += 1;
                format!("ignored, {why}")
            }
        };
        say(&format!("test {name} ... {word}"));
    }

    /// A scenario that failed.
    pub(crate) fn failed(&self, family: &str, scenario: &str, why: &str) {
        self.add(family, scenario, Verdict::Failed(why.to_owned()));
    }

    pub(crate) fn has_failed(&self) -> bool {
        !self.counts.lock().expect("no panic before").failures.is_empty()
    }

    /// Something that helps to understand a failure.
    pub(crate) fn quote(&self, title: &str, text: &str) {
        say(&format!("\n---- {title} ----\n{text}"));
    }

    /// The failures and the count.
    pub(crate) fn close(&self) -> ExitCode {
        let counts = self.counts.lock().expect("no panic before");
        if !counts.failures.is_empty() {
            say("\nfailures:");
        }
        for (name, why) in &counts.failures {
            say(&format!("\n---- {name} ----\n{why}"));
        }
        let failed = counts.failures.len();
        let word = if failed == 0 { "ok" } else { "FAILED" };
        say(&format!(
            "\ntest result: {word}. {} passed; {failed} failed; {} ignored; 0 measured; 0 filtered \
             out; finished in {:.2}s\n",
            counts.passed,
            counts.ignored,
            self.started.elapsed().as_secs_f32(),
        ));
        if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

fn say(text: &str) {
    // Nobody can be told that nobody listens.
    drop(writeln!(std::io::stdout().lock(), "{text}"));
}
