//! `assurly messages`: what operators do with the outbox. Shows no recipient and no content.

use std::io::Write;

use anyhow::Context;
use clap::{Args, Subcommand};

use crate::app::settings::Settings;
use crate::app::state::{self, Platform};
use crate::slices::messages::{self, Listed, MessageId, Sought, State};

/// Arguments of `messages`.
#[derive(Debug, Args)]
pub(super) struct Messages {
    #[command(subcommand)]
    work: Work,
}

#[derive(Debug, Subcommand)]
enum Work {
    /// List messages, the newest first: never who they are for, nor what they say
    #[command(after_help = STATES)]
    List {
        /// Only those in this state
        #[arg(long, value_parser = state)]
        state: Option<State>,
        /// Only those for this e-mail address or mobile number (+33612345678)
        #[arg(long, value_name = "ADDRESS")]
        to: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
    },
    /// Have a message sent again: it is in doubt and did not arrive, or it waits for its next try
    #[command(after_help = RETRY)]
    Retry {
        /// Identifier, as `list` shows it
        #[arg(value_parser = identifier)]
        id: MessageId,
    },
    /// Give a message up: it is in doubt and did arrive, or nobody wants it any more
    #[command(after_help = DROP)]
    Drop {
        /// Identifier, as `list` shows it
        #[arg(value_parser = identifier)]
        id: MessageId,
    },
}

const STATES: &str = "States:
  pending    waits for its time, or for a transport
  sending    a copy of the service is sending it
  sent       has left; its words are erased
  dead       will never leave: refused, tried too often, stale or dropped; its words are erased
  in_doubt   may have left: whoever sent it died or got no answer. Look at the mail server's or the
             provider's log for the identifier, then `retry` or `drop`

Examples:
  assurly messages list --state in_doubt
  assurly messages list --to camille@exemple.fr";

const RETRY: &str = "A message in doubt may then arrive twice: look first whether it has arrived.
The service takes it at its next look, within `messages.poll_ms`.

Example:
  assurly messages retry msg_0190b4c0d5e27f3a8c1d2e3f4a5b6c7d";

const DROP: &str = "Its recipient and its words are erased at once; this cannot be undone.

Example:
  assurly messages drop msg_0190b4c0d5e27f3a8c1d2e3f4a5b6c7d";

impl Messages {
    /// Does the work on the configured database.
    pub(super) fn run(self, settings: Settings) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Runtime::new().context("the runtime cannot start")?;
        runtime.block_on(async {
            let platform = Platform::new(settings)?;
            let messages = state::messages(&platform)?;
            let done = self.work.run(&messages).await;
            platform.database.close().await;
            done
        })
    }
}

impl Work {
    async fn run(self, messages: &messages::Messages) -> anyhow::Result<()> {
        let mut out = std::io::stdout();
        match self {
            Self::List { state, to, limit } => {
                let found = messages.list(&Sought { state, to, most: limit }).await?;
                write(&mut out, &found)?;
            }
            Self::Retry { id } => {
                messages.retry(id).await?;
                writeln!(out, "{id} is sent again")?;
            }
            Self::Drop { id } => {
                messages.discard(id).await?;
                writeln!(out, "{id} is given up")?;
            }
        }
        Ok(())
    }
}

/// One line for each, in columns; instants are UTC.
fn write(out: &mut impl Write, found: &[Listed]) -> std::io::Result<()> {
    writeln!(
        out,
        "{:<36} {:<5} {:<8} {:>5} {:<15} {:<20} {:<20} EVENT",
        "ID", "WAY", "STATE", "TRIES", "REASON", "WRITTEN", "NEXT OR ENDED"
    )?;
    for message in found {
        let then = message.settled_at.unwrap_or(message.due_at);
        writeln!(
            out,
            "{:<36} {:<5} {:<8} {:>5} {:<15} {:<20.0} {:<20.0} {}",
            message.id,
            message.channel,
            message.state,
            message.attempts,
            message.reason.as_deref().unwrap_or("-"),
            message.created_at,
            then,
            message.event
        )?;
    }
    Ok(())
}

fn state(text: &str) -> Result<State, String> {
    let known = State::ALL.map(State::code).join(", ");
    let found = State::ALL.into_iter().find(|state| state.code() == text);
    found.ok_or_else(|| format!("one of {known}"))
}

fn identifier(text: &str) -> Result<MessageId, String> {
    text.parse().map_err(|_| "not the identifier of a message, `msg_…`".to_owned())
}
