//! `assurly seal`: the certificate of development.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};

use crate::app::settings::Settings;
use crate::platform::clock::Clock;
use crate::platform::seal::{Pair, development_pair};

/// Arguments of `seal`.
#[derive(Debug, Args)]
pub(super) struct Seal {
    #[command(subcommand)]
    work: Work,
}

#[derive(Debug, Subcommand)]
enum Work {
    /// Make a certificate signed by itself and its key, for development: never for customers
    Development {
        /// Folder for `certificate.pem` and `key.pem`; what is there stays
        #[arg(long, value_name = "FOLDER")]
        into: PathBuf,
    },
}

impl Seal {
    /// Makes the files, unless they are there.
    pub(super) fn run(self, settings: &Settings) -> anyhow::Result<()> {
        let Work::Development { into } = self.work;
        std::fs::create_dir_all(&into).with_context(|| format!("{}", into.display()))?;
        let (certificate, key) = (into.join("certificate.pem"), into.join("key.pem"));
        let mut out = std::io::stdout();
        if certificate.exists() && key.exists() {
            writeln!(out, "{} is there already", certificate.display())?;
            return Ok(());
        }
        let Pair { certificate: public, key: private } =
            development_pair(&settings.brand.name, Clock::system().now())?;
        write_new(&key, &private, true)?;
        write_new(&certificate, &public, false)?;
        writeln!(out, "{}\n{}", certificate.display(), key.display())?;
        Ok(())
    }
}

/// A key is its owner's alone.
fn write_new(path: &Path, text: &str, is_secret: bool) -> anyhow::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mode = if is_secret { 0o600 } else { 0o644 };
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(mode).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("{}", path.display()))
}
