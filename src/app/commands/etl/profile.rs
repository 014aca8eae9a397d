//! `assurly etl profile`: a schema to read and correct, and its seal.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use super::progress::{self, Log};
use crate::app::settings::Settings;
use crate::slices::campaigns::etl::prepare;
use crate::slices::campaigns::etl::schema::{Dataset, Definition, Encoding};

/// Arguments of `etl profile`.
#[derive(Debug, Args)]
#[command(
    after_help = "Every value of every file is looked at: a type is never taken from a sample.
What an existing schema (--schema) says of a label is kept; the rest is proposed."
)]
pub(super) struct ProfileArgs {
    /// Files, folders, .zip, .gz, s3://bucket/prefix
    #[arg(required_unless_present = "seal")]
    sources: Vec<String>,
    /// Name of the dataset: its tables begin with it
    #[arg(long, default_value = "data")]
    name: String,
    /// Character between two values
    #[arg(long, default_value = "|")]
    separator: String,
    /// Character around values; by default every character is data
    #[arg(long, default_value = "")]
    quote: String,
    /// The files are in Windows-1252
    #[arg(long)]
    windows_1252: bool,
    /// The files have no line of labels
    #[arg(long)]
    no_header: bool,
    /// Lines end with one separator more
    #[arg(long)]
    trailing_separator: bool,
    /// Lines that begin so are no rows
    #[arg(long, default_value = "")]
    trailer: String,
    /// A schema whose decisions are kept
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// Write the hash of a schema that was corrected into it, and end
    #[arg(long, value_name = "FILE")]
    seal: Option<PathBuf>,
    /// How progress is shown
    #[arg(long, value_enum, default_value_t)]
    log: Log,
}

impl ProfileArgs {
    pub(super) async fn run(self, settings: &Settings) -> anyhow::Result<()> {
        if let Some(file) = &self.seal {
            return seal(file);
        }
        let given = self.schema.as_deref().map(read).transpose()?;
        let dataset = given.as_ref().map_or_else(|| self.dataset(), |given| given.dataset.clone());
        let listener = progress::listener(self.log);
        let s3 = &settings.campaigns.s3;
        let (definition, profile) =
            prepare::profile(&self.sources, dataset, given, s3, &listener).await?;
        if profile.rows == 0 && profile.odd_lines > 0 {
            bail!("no line has the fields of the header: is {:?} the separator?", self.separator);
        }
        let text = definition.sealed()?;
        writeln!(std::io::stdout(), "{}{text}", preface(&profile))?;
        Ok(())
    }

    fn dataset(&self) -> Dataset {
        Dataset {
            name: self.name.clone(),
            separator: self.separator.clone(),
            encoding: if self.windows_1252 { Encoding::Windows1252 } else { Encoding::Utf8 },
            header: !self.no_header,
            trailing_separator: self.trailing_separator,
            trailer: self.trailer.clone(),
            quote: self.quote.clone(),
            decimal_mark: ",".to_owned(),
            drop_stop_words: true,
        }
    }
}

/// What a reader should know first.
fn preface(profile: &crate::slices::campaigns::etl::profile::Profile) -> String {
    let files: Vec<_> = profile.files.iter().map(|file| file.lines.to_string()).collect();
    format!(
        "# Proposed from {} files ({} lines), {} rows, {} lines that do not fit the header.\n\
         # Read it, correct it, then: assurly etl profile --seal FILE\n",
        profile.files.len(),
        files.join(" + "),
        profile.rows,
        profile.odd_lines
    )
}

fn read(file: &Path) -> anyhow::Result<Definition> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    Definition::read(&text).with_context(|| file.display().to_string())
}

/// Only the line of the hash changes: comments stay.
fn seal(file: &Path) -> anyhow::Result<()> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let hash = Definition::read(&text).with_context(|| file.display().to_string())?.content_hash();
    let line = format!("hash = \"{hash}\"");
    let sealed = match text.lines().find(|line| line.starts_with("hash = ")) {
        Some(old) => text.replacen(old, &line, 1),
        None => format!("{line}\n{text}"),
    };
    fs::write(file, sealed).with_context(|| file.display().to_string())?;
    writeln!(std::io::stdout(), "{}: sealed, {hash}", file.display())?;
    Ok(())
}
