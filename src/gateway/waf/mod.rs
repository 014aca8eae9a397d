//! The firewall for requests (WAF): groups of rules that look for attacks in whatever is sent, before
//! anybody reads it. It is the outer net; typed parsing, bound parameters and escaped templates are the
//! defence, and hold without it. See `docs/security/waf.md`.
//!
//! Architecture invariant: a rule set is taken whole or not at all, and the last good one stays; no
//! value that was sent is kept, logged or answered; the time for a request grows with its size alone.

mod checks;
mod decode;
mod engine;
mod exclusions;
mod hits;
mod json;
mod layer;
mod multipart;
mod rules;
mod scanner;
pub mod settings;
mod source;
mod values;
mod views;
mod xml;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use axum::http::request::Parts;
use serde::Serialize;

use self::engine::Engine;
pub use self::engine::{Hit, Verdict};
use self::exclusions::Schema;
pub(super) use self::layer::inspect;
pub use self::rules::{Group, Place, RuleError, RuleSet};
use self::settings::{Mode, WafSettings};
use self::source::Files;
use crate::platform::admission::Findings;
use crate::platform::clock::Clock;

/// The firewall. Cheap to clone: all clones are one.
#[derive(Clone)]
pub struct Waf(Arc<Inner>);

struct Inner {
    settings: WafSettings,
    schema: Schema,
    rules: ArcSwap<RuleSet>,
    /// The files behind the rules in force, and why the last ones were not taken.
    source: Mutex<Source>,
    findings: Findings,
    clock: Clock,
}

#[derive(Default)]
struct Source {
    files: Files,
    refused: Option<(Files, String)>,
}

/// How the firewall is, for the operators.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// What it does at most.
    pub mode: &'static str,
    /// Weight from which a request is refused.
    pub threshold: u32,
    /// Each group.
    pub groups: BTreeMap<&'static str, GroupStatus>,
    /// Fields of the API's document that are looked at in another way.
    pub schema_fields: usize,
    /// Why the last files of rules were not taken; the ones before them are in force.
    pub refused: Option<String>,
}

/// One group.
#[derive(Clone, Debug, Serialize)]
pub struct GroupStatus {
    /// What it does.
    pub mode: &'static str,
    /// Its rules.
    pub rules: usize,
    /// The version of its file.
    pub version: u32,
}

impl Waf {
    /// The firewall with the rules of the program and of the folder, over an API with this document.
    ///
    /// # Errors
    /// The rules cannot be read, or are not right: nothing starts without them.
    pub fn new(
        settings: &WafSettings,
        document: &serde_json::Value,
        clock: Clock,
    ) -> Result<Self, WafError> {
        let files = source::gather(&settings.rules_folder).map_err(WafError::Unreadable)?;
        let rules = compiled(&files)?;
        Ok(Self(Arc::new(Inner {
            schema: Schema::of(document),
            rules: ArcSwap::from_pointee(rules),
            source: Mutex::new(Source { files, refused: None }),
            findings: Findings::new(settings.hits_kept),
            settings: settings.clone(),
            clock,
        })))
    }

    /// What is made of a request that is routed to `route`, or to nothing.
    pub fn look(&self, parts: &Parts, body: &[u8], route: Option<&str>) -> Verdict {
        if self.0.settings.mode == Mode::Off {
            return Verdict::default();
        }
        let rules = self.0.rules.load();
        let engine = Engine { rules: &rules, settings: &self.0.settings, schema: &self.0.schema };
        engine.inspect(parts, body, route)
    }

    /// Reads the rules again. Files that are wrong change nothing but the status; the same wrong files
    /// are told once.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn reload(&self) -> Result<Reloaded, WafError> {
        let read = source::gather(&self.0.settings.rules_folder);
        let mut source = self.0.source.lock().unwrap_or_else(PoisonError::into_inner);
        let files = match read {
            Ok(files) => files,
            Err(reason) => {
                let told = source.refused.replace((Files::new(), reason.clone()));
                if told.is_some_and(|(_, told)| told == reason) {
                    return Ok(Reloaded::Unchanged);
                }
                return Err(WafError::Unreadable(reason));
            }
        };
        if files == source.files {
            source.refused = None;
            return Ok(Reloaded::Unchanged);
        }
        if source.refused.as_ref().is_some_and(|(refused, _)| *refused == files) {
            return Ok(Reloaded::Unchanged);
        }
        match compiled(&files) {
            Ok(rules) => {
                self.0.rules.store(Arc::new(rules));
                *source = Source { files, refused: None };
                Ok(Reloaded::Taken)
            }
            Err(error) => {
                source.refused = Some((files, error.to_string()));
                Err(error.into())
            }
        }
    }

    /// What was found of late.
    pub fn findings(&self) -> &Findings {
        &self.0.findings
    }

    /// How the firewall is.
    pub fn status(&self) -> Status {
        let rules = self.0.rules.load();
        let group = |group: Group| GroupStatus {
            mode: self.0.settings.mode(group, None).name(),
            rules: rules.count(group),
            version: rules.versions().get(&group).copied().unwrap_or(0),
        };
        let source = self.0.source.lock().unwrap_or_else(PoisonError::into_inner);
        Status {
            mode: self.0.settings.mode.name(),
            threshold: self.0.settings.threshold,
            groups: Group::ALL.map(|it| (it.name(), group(it))).into_iter().collect(),
            schema_fields: self.0.schema.count(),
            refused: source.refused.as_ref().map(|(_, reason)| reason.clone()),
        }
    }

    /// How often [`Self::reload`] is worth a call; never when there is no folder.
    pub fn reload_poll(&self) -> Option<std::time::Duration> {
        let settings = &self.0.settings;
        (!settings.rules_folder.as_os_str().is_empty()).then(|| settings.reload_poll())
    }
}

/// What a reading of the rules came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reloaded {
    /// There was nothing new.
    Unchanged,
    /// The new rules are in force.
    Taken,
}

/// Why rules are not taken.
#[derive(Debug, thiserror::Error)]
pub enum WafError {
    /// A file cannot be read.
    #[error("the rules of the WAF cannot be read: {0}")]
    Unreadable(String),
    /// A rule is not right.
    #[error("the rules of the WAF are not right: {0}")]
    Rules(#[from] RuleError),
}

fn compiled(files: &Files) -> Result<RuleSet, RuleError> {
    RuleSet::compile(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
}
