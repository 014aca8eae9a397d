//! Log lines: one JSON object per line for machines, or colours for a person.

use std::panic::PanicHookInfo;

use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use super::{Format, TelemetrySettings};

/// Sends this process's log lines to the standard error, and panics among them. Called once; a
/// second call changes nothing.
pub fn install(settings: &TelemetrySettings) {
    if subscriber(settings, std::io::stderr).try_init().is_ok() {
        std::panic::set_hook(Box::new(log_panic));
    }
}

/// What `install` installs, writing to `writer`.
pub fn subscriber<W>(
    settings: &TelemetrySettings,
    writer: W,
) -> impl tracing::Subscriber + Send + Sync + use<W>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    // The filter was checked with the configuration; `info` is what is left to say otherwise.
    let filter = EnvFilter::try_new(&settings.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match settings.format {
        Format::Json => {
            lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed()
        }
        Format::Pretty => lines.boxed(),
    };
    tracing_subscriber::registry().with(lines.with_filter(filter))
}

/// A panic is a line like the others, with its place. Its message is ours, not a customer's data.
fn log_panic(info: &PanicHookInfo<'_>) {
    metrics::counter!("process_panics_total").increment(1);
    let message = info.payload_as_str().unwrap_or("(not a text)");
    let place = info.location().map(ToString::to_string);
    tracing::error!(place, message, "panic");
}
