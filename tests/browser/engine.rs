//! The questionnaire engine and the scanner beside the browser's server: the very ones of the integration
//! tests.

use std::time::Duration;

#[path = "../it/harness/tomcat.rs"]
#[expect(dead_code, reason = "the integration tests use all of it")]
mod tomcat;

#[path = "../it/harness/clamd.rs"]
#[expect(dead_code, reason = "the integration tests use all of it")]
pub(crate) mod clamd;

pub(crate) use tomcat::Tomcat;

/// What is waited for comes within this, or will not come.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program of somebody else's is up within this, however busy the machine is.
const STARTED: Duration = Duration::from_secs(300);

/// Asks until there is something.
pub(crate) async fn eventually<T>(what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
    eventually_within(PATIENCE, what, look).await
}

/// The same within another time.
async fn eventually_within<T>(
    patience: Duration,
    what: &str,
    mut look: impl AsyncFnMut() -> Option<T>,
) -> T {
    let since = std::time::Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(since.elapsed() < patience, "{what}: not within {patience:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Begins what ends with the test.
#[expect(clippy::disallowed_methods, reason = "the test that begins it waits for it")]
fn begun<F>(future: F) -> tokio::task::JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    tokio::spawn(future)
}
