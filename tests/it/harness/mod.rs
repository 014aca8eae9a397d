//! What the tests share: a database, the running program, its log lines, raw
//! conversations, a browser, a mail server, a scanner for viruses, and the questionnaire engine.

pub(crate) mod app;
pub(crate) mod clamd;
pub(crate) mod database;
#[path = "../../../src/platform/web/lint.rs"]
#[expect(unreachable_pub, reason = "a room of the library, read here a second time")]
mod lint;
pub(crate) mod logs;
pub(crate) mod raw;
pub(crate) mod smtp;
pub(crate) mod staff;
pub(crate) mod surfer;
pub(crate) mod tomcat;
pub(crate) mod wire;

use std::future::Future;
use std::time::Duration;

/// Nothing in a test takes longer, on the slowest machine: past it, the test has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);

/// The outcome of `future`, which must come.
#[track_caller]
#[expect(clippy::panic, reason = "this is how a test fails")]
pub(crate) fn soon<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let place = std::panic::Location::caller();
    async move {
        tokio::time::timeout(PATIENCE, future)
            .await
            .unwrap_or_else(|_| panic!("still waiting at {place}"))
    }
}

/// A program of somebody else's is up within this, however busy the machine is.
pub(crate) const STARTED: Duration = Duration::from_secs(300);

/// Asks again until there is an answer, for what happens after the client has its own.
pub(crate) async fn eventually<T>(what: &str, ask: impl AsyncFnMut() -> Option<T>) -> T {
    eventually_within(PATIENCE, what, ask).await
}

/// The same for documents: typesetting takes its time in a build for tests, on a machine that does much else.
pub(crate) async fn typeset<T>(what: &str, ask: impl AsyncFnMut() -> Option<T>) -> T {
    eventually_within(10 * PATIENCE, what, ask).await
}

/// The same within another time than [`PATIENCE`].
#[expect(clippy::panic, reason = "this is how a test fails")]
pub(crate) async fn eventually_within<T>(
    patience: Duration,
    what: &str,
    mut ask: impl AsyncFnMut() -> Option<T>,
) -> T {
    let asked = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(patience, asked).await.unwrap_or_else(|_| panic!("never happened: {what}"))
}

/// Begins what a test will wait for later.
#[expect(clippy::disallowed_methods, reason = "the test that begins it waits for it")]
pub(crate) fn begun<F>(future: F) -> tokio::task::JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    tokio::spawn(future)
}
