//! The command line. Exit codes: 0 done, 1 it failed, 2 the command or the configuration is wrong.

mod backup;
mod config;
mod doctor;
mod etl;
mod gateway;
mod health;
mod healthcheck;
mod identity;
mod identity_users;
mod jobs;
mod keyring;
mod location;
mod messages;
mod migrate;
mod person;
mod seal;
mod serve;
mod simulate;
mod simulate_table;
mod tariff;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use super::settings::{self, Settings, SettingsError, Sources};
use crate::app::state::PlatformError;

/// Assurly: assurance emprunteur en ligne.
#[derive(Debug, Parser)]
#[command(name = "assurly", version, about, long_about = None, after_help = EXAMPLES)]
struct Cli {
    /// File that goes over the defaults; else `ASSURLY_CONFIG`.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  assurly serve                              with the defaults, on 127.0.0.1:8080
  assurly --config /etc/assurly.toml serve   with a file over the defaults
  ASSURLY__SERVER__LISTEN=0.0.0.0:80 assurly serve
  assurly config                             what is in force, secrets masked
  assurly simulate project.json              price a project, without a database
  assurly messages list --state in_doubt     messages that an operator must decide about
  assurly jobs list --state dead             work that failed too often
  assurly doctor                             what is wrong with this installation

Exit codes: 0 done, 1 it failed, 2 the command or the configuration is wrong.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the site and the API until SIGTERM or Ctrl-C
    Serve,
    /// Bring the database's tables up to date, then end
    Migrate,
    /// Print the configuration in force, secrets masked
    Config,
    /// Print a new key for `crypto.keyring_file`: a secret, to be put on top of that file
    Keyring,
    /// Look at the outbox of e-mails and SMS, and decide about messages in doubt
    Messages(messages::Messages),
    /// Look at work that is due, and decide about what failed too often
    Jobs(jobs::Jobs),
    /// Work on the keys of answers about health
    Health(health::Health),
    /// Work on pools of people, their accounts, their applications and their keys
    Identity(identity::IdentityCommand),
    /// Work on API keys, plans and rules of the gateway, and see who was refused
    Gateway(gateway::GatewayCommand),
    /// Work on the certificate that documents are sealed with
    Seal(seal::Seal),
    /// Price a project described in JSON, without a server or a database
    Simulate(simulate::Simulate),
    /// Work on the tables that prices come from
    Tariff(tariff::Tariff),
    /// Load files of open data into tables, and count segments out of them
    Etl(etl::Etl),
    /// Copy the database and the documents to another place, encrypted
    Backup(backup::Backup),
    /// Put a backup back
    Restore(backup::Restore),
    /// Give somebody what is kept about them, or erase it
    Person(person::Person),
    /// Look at the whole installation, and say what is wrong and how to put it right
    Doctor(doctor::Doctor),
    /// Say where the service is, in one line
    Where(location::Where),
    /// Ask the running service whether it is alive (for a container's HEALTHCHECK)
    Healthcheck,
}

/// Runs the command that was asked for.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let settings = match load(cli.config) {
        Ok(settings) => settings,
        Err(error) => return complain(&error, 2),
    };
    match cli.command.run(settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&format!("{error:#}"), if is_configuration(&error) { 2 } else { 1 }),
    }
}

/// The configuration may also be found wrong when it is used: a password's file that is missing.
fn is_configuration(error: &anyhow::Error) -> bool {
    error.is::<PlatformError>()
}

fn load(file: Option<PathBuf>) -> Result<Settings, SettingsError> {
    settings::load(&Sources::of_this_process(file)?)
}

impl Command {
    fn run(self, settings: Settings) -> anyhow::Result<()> {
        match self {
            Self::Serve => serve::run(settings),
            Self::Migrate => migrate::run(settings),
            Self::Config => config::run(&settings),
            Self::Keyring => keyring::run(),
            Self::Messages(messages) => messages.run(settings),
            Self::Jobs(jobs) => jobs.run(settings),
            Self::Health(health) => health.run(settings),
            Self::Identity(identity) => identity.run(settings),
            Self::Gateway(gateway) => gateway.run(settings),
            Self::Seal(seal) => seal.run(&settings),
            Self::Simulate(simulate) => simulate.run(),
            Self::Tariff(tariff) => tariff.run(),
            Self::Etl(etl) => etl.run(settings),
            Self::Backup(backup) => backup.run(settings),
            Self::Restore(restore) => restore.run(settings),
            Self::Person(person) => person.run(settings),
            Self::Doctor(doctor) => doctor.run(settings),
            Self::Where(place) => place.run(&settings),
            Self::Healthcheck => healthcheck::run(&settings),
        }
    }
}

/// Says why on the standard error. Nothing more can be done when that is closed.
fn complain(reason: &dyn std::fmt::Display, code: u8) -> ExitCode {
    drop(writeln!(std::io::stderr(), "assurly: {reason}"));
    ExitCode::from(code)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_command_line_holds_together() {
        Cli::command().debug_assert();
    }
}
