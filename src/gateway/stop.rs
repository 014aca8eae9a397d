//! Stopping: first gently, then by force.

use tokio_util::sync::CancellationToken;

/// Tells every part of the program that it is time to end. Cheap to clone: all clones are one.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    gentle: CancellationToken,
    forced: CancellationToken,
}

impl Stop {
    /// Asks everything to finish what it has begun, and to begin nothing more.
    pub fn ask(&self) {
        self.gentle.cancel();
    }

    /// Ends everything now.
    pub fn force(&self) {
        self.gentle.cancel();
        self.forced.cancel();
    }

    /// Waits until somebody asks.
    pub async fn asked(&self) {
        self.gentle.cancelled().await;
    }

    /// Waits until somebody loses patience.
    pub async fn forced(&self) {
        self.forced.cancelled().await;
    }

    /// Whether somebody has asked.
    pub fn is_asked(&self) -> bool {
        self.gentle.is_cancelled()
    }
}
