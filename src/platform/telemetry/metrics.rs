//! Metrics in Prometheus' text form. One recorder per process, as the `metrics` crate has it.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use super::process;

/// Bounds of the durations' histogram, in seconds: from an answer of memory to the limit of 29 s.
const SECONDS: &[f64] =
    &[0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Counters that stand at zero from the start: an alert on their growth needs a beginning.
const FROM_ZERO: &[&str] = &[
    "db_migrations_applied_total",
    "db_migrations_failed_total",
    "db_pool_wait_timeouts_total",
    "documents_altered_total",
    "http_connections_broken_total",
    "http_connections_cut_total",
    "http_requests_shed_total",
    "process_panics_total",
];

/// Gauges that stand at zero until something is known.
const GAUGES: &[&str] =
    &["db_up", "db_schema_up", "http_connections_open", "http_requests_in_flight"];

/// Reads the metrics of this process.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// The metrics as Prometheus reads them.
    pub fn render(&self) -> String {
        process::measure();
        self.0.render()
    }

    /// Folds the samples that wait into their histograms: without it a service that nobody scrapes
    /// would keep every sample.
    pub fn tidy(&self) {
        self.0.run_upkeep();
    }
}

/// The metrics of this process, recorded from the first call on.
pub fn metrics() -> Metrics {
    static INSTALLED: OnceLock<PrometheusHandle> = OnceLock::new();
    Metrics(INSTALLED.get_or_init(install).clone())
}

fn install() -> PrometheusHandle {
    let recorder = PrometheusBuilder::new()
        .set_buckets(SECONDS)
        .expect("the list of bounds is not empty")
        .build_recorder();
    let handle = recorder.handle();
    // Refused only when another recorder stands already, which nothing of ours installs.
    drop(::metrics::set_global_recorder(recorder));
    begin();
    handle
}

/// Everything that can be said before anything has happened.
fn begin() {
    for name in FROM_ZERO {
        ::metrics::counter!(*name).absolute(0);
    }
    for reason in ["full", "client"] {
        ::metrics::counter!("http_connections_refused_total", "reason" => reason).absolute(0);
    }
    for name in GAUGES {
        ::metrics::gauge!(*name).set(0.0);
    }
    ::metrics::gauge!("assurly_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}
