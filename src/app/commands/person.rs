//! `assurly person`: the rights of people over what is kept about them (docs/data-life.md). Who asks was
//! identified by the operator; nothing here can do that.

use std::io::Write;

use anyhow::Context;
use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::json;

use crate::app::settings::Settings;
use crate::app::state::{self, Platform};
use crate::slices::dossiers::Held;
use crate::slices::identity::{Change, UserError};
use crate::slices::underwriting::{HeldQuestionnaire, Insured};

/// The pool of customers.
const POOL: &str = "clients";

/// Arguments of `person`.
#[derive(Debug, Args)]
pub(super) struct Person {
    #[command(subcommand)]
    work: Work,
}

#[derive(Debug, Subcommand)]
enum Work {
    /// Print what is kept about somebody, as JSON (GDPR art. 15 and 20). It holds answers about health: give it
    /// to the person alone
    Export {
        /// Their address
        #[arg(long)]
        email: String,
    },
    /// Erase what no law has us keep (GDPR art. 17); says what is kept, and why
    Erase {
        /// Their address
        #[arg(long)]
        email: String,
    },
    /// Say where a text is still written in the clear: the proof of an erasure
    Find {
        /// An address, a name, a number
        #[arg(long)]
        text: String,
    },
}

impl Person {
    /// Does the work on the configured database.
    pub(super) fn run(self, settings: Settings) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Runtime::new().context("the runtime cannot start")?;
        runtime.block_on(async {
            let platform = Platform::new(settings)?;
            let done = self.work.run(&platform).await;
            platform.database.close().await;
            done
        })
    }
}

impl Work {
    async fn run(self, platform: &Platform) -> anyhow::Result<()> {
        let said = match self {
            Self::Export { email } => export(platform, &email).await?,
            Self::Erase { email } => erase(platform, &email).await?,
            Self::Find { text } => find(platform, &text).await?,
        };
        writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&said)?)?;
        Ok(())
    }
}

/// What is kept of somebody in a dossier, questionnaires included.
#[derive(Serialize)]
struct File {
    #[serde(flatten)]
    held: Held,
    questionnaires: Vec<HeldQuestionnaire>,
}

async fn export(platform: &Platform, email: &str) -> anyhow::Result<serde_json::Value> {
    let (journey, _, underwriting) = state::health_alone(platform)?;
    let mut dossiers = Vec::new();
    for held in journey.held_of(email).await? {
        let (dossier, number) = held.who;
        let questionnaires = underwriting.held(Insured { dossier, number }).await;
        let questionnaires = questionnaires.map_err(|problem| {
            anyhow::anyhow!("a questionnaire of {} cannot be opened: {problem:?}", held.dossier)
        })?;
        dossiers.push(File { held, questionnaires });
    }
    let mut account = None;
    let each = |one: crate::slices::identity::Listed| {
        if one.email.eq_ignore_ascii_case(email) {
            account = Some(json!({ "id": one.id, "email": one.email, "name": one.name }));
        }
    };
    state::identity(platform)?.list_users(POOL, each).await?;
    Ok(
        json!({ "email": email, "made_at": platform.clock.now(), "account": account, "dossiers": dossiers }),
    )
}

async fn erase(platform: &Platform, email: &str) -> anyhow::Result<serde_json::Value> {
    let (dossiers, acceptances, underwriting) = state::health_alone(platform)?;
    let done = dossiers.erase_person(email).await?;
    // Asked for with each dossier, so that a job does it whatever happens here; done now for whoever waits.
    let mut sessions = Vec::new();
    for one in &done.people {
        let own = acceptances.forget(*one).await;
        sessions.extend(own.map_err(|problem| anyhow::anyhow!("{problem:?}"))?);
    }
    let left = underwriting.erase_now(&sessions).await;
    let questionnaires = match (sessions.len(), left) {
        (0, _) => "none",
        (_, 0) => "erased",
        _ => "asked for: erased by the service as soon as the engine answers",
    };
    // The account opens what is kept: it goes with the last of it.
    let account = if done.kept.is_empty() {
        match state::identity(platform)?.change_user(POOL, email, Change::Erase).await {
            Ok(()) => "erased",
            Err(UserError::Unknown) => "none",
            Err(error) => return Err(error.into()),
        }
    } else {
        "kept: it opens what is kept"
    };
    let proof = find(platform, email).await?;
    Ok(
        json!({ "erased_at": platform.clock.now(), "dossiers": done, "questionnaires": questionnaires,
            "account": account, "proof": proof }),
    )
}

async fn find(platform: &Platform, text: &str) -> anyhow::Result<serde_json::Value> {
    let (found, columns) = platform.database.find_text(text).await?;
    Ok(json!({ "columns_looked_at": columns, "still_written_in": found }))
}
