//! `assurly gateway rules …`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Subcommand;
use serde_json::{Value, json};

use super::{Desk, Said};
use crate::slices::admission::VersionLine;

#[derive(Debug, Subcommand)]
pub(super) enum Rules {
    /// Say what is wrong with a document of rules, and change nothing
    Check {
        /// TOML, or JSON when its name ends with .json
        file: PathBuf,
    },
    /// Put a document of rules into effect; everywhere after `admission.poll_ms`
    Apply {
        /// TOML, or JSON when its name ends with .json
        file: PathBuf,
        /// Why
        #[arg(long, default_value = "", hide_default_value = true)]
        note: String,
    },
    /// Print the rules in force, or those of a version, as TOML
    Show {
        /// Number of the version
        version: Option<u32>,
    },
    /// Show the versions, the newest first
    History {
        /// At most so many
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
    },
    /// Put an earlier version into effect again, as another version
    Rollback {
        /// Number of the version
        version: u32,
    },
}

impl Rules {
    pub(super) async fn act(self, desk: &Desk) -> anyhow::Result<Said> {
        let (admissions, author) = (&desk.admissions, desk.author.as_str());
        match self {
            Self::Check { file } => {
                admissions.check_rules(read(&file)?)?;
                Said::new(vec!["the rules are right".into()], &json!({ "right": true }))
            }
            Self::Apply { file, note } => {
                let applied = admissions.apply_rules(author, &note, read(&file)?).await?;
                Said::new(vec![format!("version {} is in force", applied.version)], &applied)
            }
            Self::Show { version } => {
                let found = admissions.show_rules(version).await?;
                Said::new(vec![text(found.as_ref())?], &found)
            }
            Self::History { limit } => {
                let versions = admissions.rules_history(limit).await?;
                let line = |it: &VersionLine| {
                    format!("{:>5}  {}  {:<16}  {}", it.version, it.at, it.author, it.note)
                };
                Said::new(versions.iter().map(line).collect(), &versions)
            }
            Self::Rollback { version } => {
                let applied = admissions.roll_back(author, version).await?;
                let line = format!("version {version} is in force again, as {}", applied.version);
                Said::new(vec![line], &applied)
            }
        }
    }
}

fn text(found: Option<&VersionLine>) -> anyhow::Result<String> {
    match found.and_then(|it| it.rules.as_ref()) {
        None => Ok("# no rules yet".to_owned()),
        Some(rules) => Ok(toml::to_string_pretty(rules)?),
    }
}

fn read(file: &Path) -> anyhow::Result<Value> {
    let shown = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("{shown} cannot be read"))?;
    let is_json = file.extension().is_some_and(|extension| extension == "json");
    if is_json {
        serde_json::from_str(&text).with_context(|| format!("{shown} is not JSON"))
    } else {
        toml::from_str(&text).with_context(|| format!("{shown} is not TOML"))
    }
}
