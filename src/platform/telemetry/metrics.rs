//! Metrics in Prometheus' text form. One recorder per process, as the `metrics` crate has it.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

/// Bounds of the durations' histogram, in seconds: from an answer of memory to the limit of 29 s.
const SECONDS: &[f64] =
    &[0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Reads the metrics of this process.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// The metrics as Prometheus reads them.
    pub fn render(&self) -> String {
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
    handle
}
