//! Signals: the first one asks to stop, the second one insists.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::gateway::Stop;

/// Listens for `SIGTERM` and `SIGINT`; made before serving, so that none is missed.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Starts listening.
    pub(super) fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Passes the signals on; never ends by itself.
    pub(super) async fn pass_to(mut self, stop: &Stop) {
        self.next().await;
        tracing::info!(
            "asked to stop: no longer ready, then no longer listening; requests under way may end"
        );
        stop.ask();
        loop {
            self.next().await;
            tracing::warn!("asked again: ending now");
            stop.force();
        }
    }

    /// Waits for the next one.
    pub(super) async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
