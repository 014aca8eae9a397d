//! The program's own log lines, as it would write them, kept in memory.

use std::io::{self, Write};
use std::sync::{Mutex, Once};

use assurly::platform::telemetry::{Format, TelemetrySettings, subscriber};
use serde_json::Value;

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

#[derive(Clone, Copy)]
struct Memory;

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.lock().expect("no writer panics").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Starts keeping lines; once for all tests of the process.
pub(crate) fn keep() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let settings = TelemetrySettings {
            format: Format::Json,
            filter: "info,assurly=debug,sqlx=warn".into(),
        };
        tracing::subscriber::set_global_default(subscriber(&settings, || Memory))
            .expect("the only subscriber of the tests");
    });
}

fn matching(is_wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
    let lines = LINES.lock().expect("no writer panics");
    String::from_utf8_lossy(&lines)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(is_wanted)
        .collect()
}

/// The lines that hold this text anywhere.
pub(crate) fn holding(text: &str) -> Vec<Value> {
    matching(|line| line.to_string().contains(text))
}

/// The lines of one request.
pub(crate) fn of_request(id: &str) -> Vec<Value> {
    matching(|line| line["span"]["request_id"] == id)
}

/// The line of a connection that ended badly, by the client's port.
pub(crate) fn of_connection(port: u16) -> Option<Value> {
    matching(|line| line["message"] == "connection" && line["port"] == port).pop()
}

/// The access lines of one request: there must be exactly one.
pub(crate) fn access(id: &str) -> Vec<Value> {
    of_request(id).into_iter().filter(|line| line["message"] == "access").collect()
}
