//! What the program tells about its own work: log lines and metrics. Never a name, an address, a
//! birth date or a body: lines are kept for longer, and read by more people, than customers' data.

mod logs;
mod metrics;
mod process;
mod settings;

pub use logs::{install, subscriber};
pub use metrics::{Metrics, metrics};
pub use settings::{Format, TelemetrySettings};
