//! `assurly etl`: files of open data into tables, and segments out of them. Shows and asks; the work is
//! in the slice `campaigns`.

mod generate;
mod load;
mod profile;
mod progress;
mod segment;
mod status;

use anyhow::Context;
use clap::{Args, Subcommand};

use crate::app::settings::Settings;
use crate::app::state::{Platform, PlatformError};
use crate::platform::clock::{Clock, Entropy};
use crate::platform::db::{Database, Endpoint};
use crate::slices::campaigns::etl::load::{Listener, Loader};
use crate::slices::campaigns::segments::Segments;

/// Arguments of `etl`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Etl {
    #[command(subcommand)]
    work: Work,
}

#[derive(Debug, Subcommand)]
enum Work {
    /// Read everything once and propose a schema; or seal a schema that was corrected
    Profile(profile::ProfileArgs),
    /// Load an edition and publish it in one step; goes on where a killed load was
    Load(load::LoadArgs),
    /// Go on with a run that was killed or stopped
    Resume(load::ResumeArgs),
    /// How runs go: bytes, rows, lines given back, last sign of life
    Status(status::StatusArgs),
    /// Write the lines that a run has given back, with line, column and reason
    Rejects(status::RejectsArgs),
    /// Load the lines of a run that were repaired
    RetryRejects(load::RetryArgs),
    /// Make the edition before the one that is read again
    Undo(load::UndoArgs),
    /// Write a generated file and its oracle: what a right load must find
    Generate(generate::GenerateArgs),
    /// Count, keep and export segments of sales
    Segment(segment::SegmentArgs),
}

const EXAMPLES: &str = "Examples, from a folder to a segment:
  assurly etl profile --name dvf data/dvf/ > dvf.toml      read it, correct it, then:
  assurly etl profile --seal dvf.toml
  assurly etl load --schema dvf.toml data/dvf/             kill it: the same command goes on
  assurly etl status
  assurly etl rejects --run 1 --out run1                   run1.rej (raw) and run1.rej.csv (reasons)
  assurly etl retry-rejects --run 1 run1.rej               after repair, a line stays in its place
  assurly etl segment count --department 01 --from 2020-01-01 --to 2020-12-31 --kind maison

Sources are files, folders, .zip, .gz, and s3://bucket/prefix (section [campaigns.s3]).
The tables must be there: `assurly migrate`. How to define a dataset: docs/etl.md.";

impl Etl {
    /// Does the work.
    pub(super) fn run(self, settings: Settings) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Runtime::new().context("the runtime cannot start")?;
        runtime.block_on(async {
            match self.work {
                Work::Profile(args) => args.run(&settings).await,
                Work::Load(args) => args.run(&settings).await,
                Work::Resume(args) => args.run(&settings).await,
                Work::Status(args) => args.run(settings).await,
                Work::Rejects(args) => args.run(settings).await,
                Work::RetryRejects(args) => args.run(&settings).await,
                Work::Undo(args) => args.run(&settings).await,
                Work::Generate(args) => args.run(),
                Work::Segment(args) => args.run(settings).await,
            }
        })
    }
}

/// The loader of the configured database.
fn loader(settings: &Settings, listener: Listener) -> anyhow::Result<Loader> {
    let endpoint = Endpoint::of(&settings.database).map_err(PlatformError::from)?;
    Ok(Loader::new(&endpoint, Clock::system(), settings.campaigns.s3.clone(), listener))
}

/// The segments of the configured database.
fn segments(settings: Settings) -> anyhow::Result<Segments> {
    let platform = Platform::new(settings)?;
    let database: Database = platform.database.clone();
    let settings = &platform.settings.campaigns;
    Ok(Segments::new(database, Clock::system(), Entropy::system(), settings))
}
