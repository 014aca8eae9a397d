//! What goes on beside the requests, each until the program is asked to stop: messages that leave, work
//! that is due, pictures of the database that are renewed. No decision is taken here.

use std::time::Duration;

use super::readiness::Readiness;
use super::state::Platform;
use crate::gateway::Stop;
use crate::gateway::waf::{Reloaded, Waf};
use crate::platform::jobs::Jobs;
use crate::platform::telemetry;
use crate::slices::admission::Admissions;
use crate::slices::identity::Identity;
use crate::slices::messages::Messages;
use crate::slices::underwriting::Underwriting;

/// How often waiting samples are folded into their histograms.
const TIDY: Duration = Duration::from_secs(5);

/// How often what is over is forgotten.
const FORGET: Duration = Duration::from_secs(60);

/// How often the database is looked at when nobody asks.
const WATCH: Duration = Duration::from_secs(5);

/// Takes new rules of the firewall from the operator's folder; wrong ones change nothing.
pub(super) async fn follow_rules(waf: Waf, stop: Stop) {
    let Some(pause) = waf.reload_poll() else { return };
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.asked() => return,
        }
        match waf.reload() {
            Ok(Reloaded::Unchanged) => {}
            Ok(Reloaded::Taken) => tracing::info!("the rules of the WAF are new"),
            Err(error) => {
                metrics::counter!("waf_reload_failures_total").increment(1);
                tracing::error!(%error, "the rules of the WAF stay as they are");
            }
        }
    }
}

/// Sends messages; what is under way at a stop may end, unless somebody insists.
pub(super) async fn deliver(messages: Messages, stop: Stop) {
    tokio::select! {
        () = messages.deliver(stop.asked()) => {}
        () = stop.forced() => {}
    }
}

/// Fetches decisions; what is under way at a stop may end, unless somebody insists.
pub(super) async fn attend(underwriting: Underwriting, stop: Stop) {
    tokio::select! {
        () = underwriting.attend(stop.asked()) => {}
        () = stop.forced() => {}
    }
}

/// Does what is due; what is under way at a stop may end, unless somebody insists.
pub(super) async fn work_off(jobs: Jobs, stop: Stop) {
    tokio::select! {
        () = jobs.run(stop.asked()) => {}
        () = stop.forced() => {}
    }
}

/// Asks for the database now and then, so that the log and the figures know of an outage even when
/// nobody asks.
pub(super) async fn watch(readiness: Readiness, stop: Stop) {
    loop {
        tokio::select! {
            () = readiness.look() => {}
            () = stop.asked() => return,
        }
        tokio::select! {
            () = tokio::time::sleep(WATCH) => {}
            () = stop.asked() => return,
        }
    }
}

/// Learns every few seconds which tokens were taken back. An outage is said once.
pub(super) async fn follow_revocations(platform: Platform, identity: Identity, stop: Stop) {
    let pause = Duration::from_millis(platform.settings.identity.revocation_poll_ms);
    let mut was_read = true;
    loop {
        let read = tokio::select! {
            read = identity.read_revocations() => read,
            () = stop.asked() => return,
        };
        if let Err(problem) = &read
            && was_read
        {
            tracing::warn!(cause = problem.cause, "what was revoked cannot be read");
        }
        was_read = read.is_ok();
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.asked() => return,
        }
    }
}

/// Learns every few seconds which keys, plans and rules there are, and writes down what was served. An
/// outage is said once; the rules of before stay in force meanwhile.
pub(super) async fn follow_admission(admissions: Admissions, pause: Duration, stop: Stop) {
    let mut was_read = true;
    let mut tidied = 0_u32;
    loop {
        let read = tokio::select! {
            read = admissions.refresh() => read,
            () = stop.asked() => break,
        };
        if let Err(problem) = &read
            && was_read
        {
            tracing::warn!(cause = problem.cause, "keys and rules cannot be read");
        }
        was_read = read.is_ok();
        tidied = tidied.wrapping_add(1);
        if was_read
            && tidied.is_multiple_of(60)
            && let Err(problem) = admissions.forget_old().await
        {
            tracing::warn!(cause = problem.cause, "what is over cannot be forgotten now");
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.asked() => break,
        }
    }
    admissions.leave().await;
}

/// Forgets what is over, a little at a time.
pub(super) async fn forget_old(identity: Identity, stop: Stop) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(FORGET) => {}
            () = stop.asked() => return,
        }
        if let Err(problem) = identity.forget_old().await {
            tracing::debug!(cause = problem.cause, "what is over cannot be forgotten now");
        }
    }
}

/// Folds waiting samples into their histograms.
pub(super) async fn tidy(stop: Stop) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(TIDY) => telemetry::metrics().tidy(),
            () = stop.asked() => return,
        }
    }
}
