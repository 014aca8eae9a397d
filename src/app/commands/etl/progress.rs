//! How a load is shown: a line with the time left on a terminal, JSON lines elsewhere. Both go to the
//! standard error; the report goes to the standard output.

use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::slices::campaigns::etl::load::{Event, Listener, Phase};

/// How progress is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Log {
    /// A line on a terminal, JSON elsewhere
    #[default]
    Auto,
    /// JSON lines
    Json,
    /// Nothing
    None,
}

/// Who shows the events of a load.
pub(super) fn listener(log: Log) -> Listener {
    let is_terminal = std::io::stderr().is_terminal();
    match log {
        Log::None => Arc::new(|_| {}),
        Log::Auto if is_terminal => bar(),
        Log::Auto | Log::Json => lines(),
    }
}

/// A line that is drawn again and again.
fn bar() -> Listener {
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template(
        "{prefix:>8} {bar:30} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left {msg}",
    );
    // Without its template the bar is plainer, and still right.
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let counts = Mutex::new(Counts::default());
    Arc::new(move |event| {
        let Ok(mut counts) = counts.lock() else { return };
        match event {
            Event::Begins { phase, bytes, done } => {
                bar.set_prefix(phase.code());
                bar.set_length(*bytes);
                bar.set_position(*done);
                bar.reset_eta();
                if *bytes == 0 {
                    bar.tick();
                }
            }
            Event::Read(bytes) => bar.inc(*bytes),
            Event::Committed { bytes, rows, rejects } => {
                counts.rows += rows;
                counts.rejects += rejects;
                bar.inc(*bytes);
                bar.set_message(format!("· {} rows, {} given back", counts.rows, counts.rejects));
            }
            Event::Note(text) => bar.println(format!("note: {text}")),
        }
        if matches!(event, Event::Begins { phase: Phase::Publish, .. }) {
            bar.finish_and_clear();
        }
    })
}

/// Rows and bytes since the load began.
struct Counts {
    began: Instant,
    total: u64,
    before: u64,
    done: u64,
    rows: u64,
    rejects: u64,
}

impl Default for Counts {
    fn default() -> Self {
        Self { began: Instant::now(), total: 0, before: 0, done: 0, rows: 0, rejects: 0 }
    }
}

impl Counts {
    /// Seconds that are left at the pace so far; `None` before there is one.
    fn left(&self) -> Option<u64> {
        let now = self.done.saturating_sub(self.before);
        let ahead = self.total.saturating_sub(self.done);
        let spent = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        (now > 0).then(|| spent.saturating_mul(ahead) / now / 1000)
    }

    fn rate(&self) -> u64 {
        let spent = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.rows.saturating_mul(1000) / spent.max(1)
    }
}

/// One JSON object a line: phases, notes, and every commit.
fn lines() -> Listener {
    let counts = Mutex::new(Counts::default());
    Arc::new(move |event| {
        let Ok(mut counts) = counts.lock() else { return };
        let line = match event {
            Event::Begins { phase, bytes, done } => {
                *counts = Counts { total: *bytes, before: *done, done: *done, ..Counts::default() };
                json!({ "event": "phase", "phase": phase.code(), "bytes": bytes, "done": done })
            }
            Event::Read(_) => return,
            Event::Committed { bytes, rows, rejects } => {
                counts.done += bytes;
                counts.rows += rows;
                counts.rejects += rejects;
                json!({
                    "event": "committed", "bytes_done": counts.done, "bytes": counts.total,
                    "rows": counts.rows, "rejects": counts.rejects,
                    "rows_per_s": counts.rate(), "eta_s": counts.left(),
                })
            }
            Event::Note(text) => json!({ "event": "note", "text": text }),
        };
        // A standard error that is closed is no reason to stop a load.
        drop(writeln!(std::io::stderr(), "{line}"));
    })
}
