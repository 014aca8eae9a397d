//! `assurly tariff`: work on the tables that prices come from. Serves nobody, writes no file.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};

use crate::domain::tariff::derivation::derive_csv;

/// Arguments of `tariff`.
#[derive(Debug, Args)]
pub(super) struct Tariff {
    #[command(subcommand)]
    work: Work,
}

#[derive(Debug, Subcommand)]
enum Work {
    /// Derive the rates of the demonstration tariff from the public tables, and print them
    #[command(after_help = EXAMPLES)]
    Derive {
        /// Folder with the mortality table and the three laws of incapacity and invalidity
        #[arg(long, value_name = "DIR", default_value = "products/tables")]
        tables: PathBuf,
    },
}

const EXAMPLES: &str = "Examples:
  assurly tariff derive > products/demo-v1/rates.csv
  assurly tariff derive --tables ../shared/data/domain | diff - products/demo-v1/rates.csv

The formulas are in docs/domain/tariff.md.";

impl Tariff {
    /// Does the work and prints the result.
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let Work::Derive { tables } = &self.work;
        let text = |name: &str| read(tables, name);
        let rates = derive_csv(
            &text("mortality_th_tf_00_02.csv")?,
            &text("bcac2010_itt_maintien.csv")?,
            &text("bcac2010_passage_itt_invalidite.csv")?,
            &text("bcac2010_invalidite_maintien.csv")?,
        )?;
        Ok(std::io::stdout().write_all(rates.as_bytes())?)
    }
}

fn read(folder: &Path, name: &str) -> anyhow::Result<String> {
    let path = folder.join(name);
    fs::read_to_string(&path).with_context(|| path.display().to_string())
}
