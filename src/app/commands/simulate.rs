//! `assurly simulate`: prices a document of the API from a file, without a server or a database.

use std::io::{IsTerminal, Read, Write};
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};

use super::simulate_table;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::web::json;
use crate::slices::quotes::Pricer;
use crate::slices::quotes::wire::{SimulationRequest, SimulationResponse};

/// Larger than any project; a file passed by mistake is refused before it fills the memory.
const DOCUMENT_MAX: u64 = 16 * 1024 * 1024;

/// Arguments of `simulate`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Simulate {
    /// Project in JSON, as `POST /v1/simulations` takes it; `-` for the standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print JSON, as the API answers, also on a terminal (elsewhere it is always JSON)
    #[arg(long)]
    json: bool,
    /// Print more of the result
    #[arg(long, value_enum, value_name = "WHAT")]
    include: Vec<Include>,
}

/// Parts of the result that are left out unless asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Include {
    /// The schedules, instalment by instalment
    Schedule,
}

const EXAMPLES: &str = "Examples:
  assurly simulate project.json
  assurly simulate --json --include schedule project.json
  curl -s https://example.org/project.json | assurly simulate -";

impl Simulate {
    /// Prices the document and prints the result.
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let document = self.read()?;
        let with_schedule = self.include.contains(&Include::Schedule);
        match json::parse(&document).and_then(|request| price(&request, with_schedule)) {
            Ok(response) => self.print(&response),
            Err(problem) => bail!(in_words(&problem)),
        }
    }

    fn read(&self) -> anyhow::Result<Vec<u8>> {
        let mut document = Vec::new();
        let source: Box<dyn Read> = if self.file.as_os_str() == "-" {
            Box::new(std::io::stdin())
        } else {
            let opened = std::fs::File::open(&self.file);
            Box::new(opened.with_context(|| self.file.display().to_string())?)
        };
        source.take(DOCUMENT_MAX).read_to_end(&mut document)?;
        Ok(document)
    }

    fn print(&self, response: &SimulationResponse) -> anyhow::Result<()> {
        let for_a_person = std::io::stdout().is_terminal() && !self.json;
        let text = if for_a_person {
            simulate_table::render(response)
        } else {
            serde_json::to_string_pretty(response)?
        };
        Ok(writeln!(std::io::stdout(), "{text}")?)
    }
}

/// Prices the document; the use-case needs no database.
fn price(request: &SimulationRequest, with_schedule: bool) -> Result<SimulationResponse, Problem> {
    let pricer = Pricer::shipped().map_err(|error| Problem::new(Kind::Bug).detail(error))?;
    pricer.price(request, with_schedule)
}

/// A refusal for a person: the kind, then each value at fault on its line.
fn in_words(problem: &Problem) -> String {
    let entry = problem.kind.entry();
    let mut text = entry.title.to_owned();
    for fault in &problem.faults {
        text.push_str(&format!("\n  {} {}: {}", fault.pointer, fault.code, fault.detail));
    }
    if problem.faults.is_empty() {
        text.push_str(&format!("\n  {}", problem.detail.as_deref().unwrap_or(entry.remedy)));
    }
    text
}
