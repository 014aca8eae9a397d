//! The program: reads its command line, and ends with an exit code. Everything is in the library.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A price is some hundred small allocations: see `docs/performance.md` for what this one saves.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    assurly::app::commands::run()
}
