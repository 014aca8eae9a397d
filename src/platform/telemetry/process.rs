//! Figures of the process itself, as Linux tells them under `/proc`: memory, open files, start.
//!
//! Under the names that Prometheus' own clients use. Where there is no `/proc` they stay at zero.

use std::fs;

/// The unit of times under `/proc`: 100 per second for every program, whatever the kernel counts in.
const TICKS_PER_SECOND: f64 = 100.0;

/// Reads the figures anew.
pub(super) fn measure() {
    metrics::gauge!("process_resident_memory_bytes").set(resident_bytes().unwrap_or_default());
    metrics::gauge!("process_open_fds").set(open_files().unwrap_or_default());
    metrics::gauge!("process_start_time_seconds").set(started().unwrap_or_default());
}

fn resident_bytes() -> Option<f64> {
    let kilobytes = value(&fs::read_to_string("/proc/self/status").ok()?, "VmRSS:")?;
    Some(kilobytes * 1024.0)
}

fn open_files() -> Option<f64> {
    let count = fs::read_dir("/proc/self/fd").ok()?.count();
    Some(f64::from(u32::try_from(count).ok()?))
}

/// The machine's start, and ours counted from it.
fn started() -> Option<f64> {
    let machine = value(&fs::read_to_string("/proc/stat").ok()?, "btime")?;
    let ours = fs::read_to_string("/proc/self/stat").ok()?;
    // The program's name stands in brackets and may hold anything; the 22nd field is the 20th after.
    let ticks: f64 = ours.rsplit_once(") ")?.1.split(' ').nth(19)?.parse().ok()?;
    Some(machine + ticks / TICKS_PER_SECOND)
}

/// The number after `name` at the beginning of a line.
fn value(text: &str, name: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_running_program_has_memory_files_and_a_start() {
        assert!(resident_bytes().is_some_and(|bytes| bytes > 1e6));
        assert!(open_files().is_some_and(|files| files >= 3.0));
        assert!(started().is_some_and(|start| start > 1.6e9));
    }
}
