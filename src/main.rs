//! The program: reads its command line, and ends with an exit code. Everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    assurly::app::commands::run()
}
