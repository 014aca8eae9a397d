//! The questionnaire engine beside the browser's server: the very one of the integration tests.

use std::time::Duration;

#[path = "../it/harness/tomcat.rs"]
#[expect(dead_code, reason = "the integration tests use all of it")]
mod tomcat;

pub(crate) use tomcat::Tomcat;

/// A Tomcat is up within this, or will not be.
const PATIENCE: Duration = Duration::from_secs(60);

/// Asks until there is something.
pub(crate) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let since = std::time::Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(since.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
