//! Reading the configuration from its three places, and saying exactly what is wrong with it.
//!
//! The library lays the places over each other; the types are read from its table by serde's strict
//! reader, because the library itself takes 12.7 for 13 and `"12"` for 12.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use config::{Config, FileFormat};
use serde_path_to_error::Error as PathError;
use toml::{Table, Value};

use super::Settings;

const DEFAULTS: &str = include_str!("../../../config/default.toml");

/// The prefix of the variables that go over the file.
const PREFIX: &str = "ASSURLY__";

const PUBLIC_URL: &str = "ASSURLY__SERVER__PUBLIC_URL";

/// Where the configuration comes from, besides the defaults.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// A file that goes over the defaults.
    pub file: Option<PathBuf>,
    /// Variables that go over the file; only those of this program.
    pub variables: HashMap<String, String>,
}

/// Why the program cannot start with this configuration.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A file is missing, or is not TOML.
    #[error("the configuration cannot be read: {0}")]
    Unreadable(String),
    /// A key that nobody knows, or a value of the wrong type.
    #[error("`{key}`: {reason}")]
    Key {
        /// Full dotted name.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Values that make no sense.
    #[error("{}", .0.join("\n"))]
    Values(Vec<String>),
}

impl Sources {
    /// The file that was asked for (else `ASSURLY_CONFIG`), and this process's variables.
    ///
    /// # Errors
    /// A variable of ours that is not UTF-8.
    pub fn of_this_process(file: Option<PathBuf>) -> Result<Self, SettingsError> {
        let named = std::env::var_os("ASSURLY_CONFIG").map(PathBuf::from);
        Ok(Self { file: file.or(named), variables: ours(std::env::vars_os())? })
    }
}

/// The variables of this program among those of the process.
fn ours(
    all: impl Iterator<Item = (OsString, OsString)>,
) -> Result<HashMap<String, String>, SettingsError> {
    let mut variables = HashMap::new();
    for (name, value) in all {
        let name = name.to_string_lossy().into_owned();
        if name != "DATABASE_URL" && !name.starts_with(PREFIX) {
            continue;
        }
        let value = value.into_string().map_err(|_| SettingsError::Key {
            key: name.clone(),
            reason: "this variable is not UTF-8".into(),
        })?;
        variables.insert(name, value);
    }
    Ok(variables)
}

/// The configuration in force.
///
/// # Errors
/// [`SettingsError`], with the full name of every key at fault.
pub fn load(sources: &Sources) -> Result<Settings, SettingsError> {
    let table = Value::Table(gather(sources)?);
    let settings: Settings =
        serde_path_to_error::deserialize(table).map_err(|error| at_fault(&error, sources))?;
    let complaints = settings.complaints();
    if complaints.is_empty() { Ok(settings) } else { Err(SettingsError::Values(complaints)) }
}

/// Addresses, which may hold a password: a wrong one is not repeated.
const SECRETIVE: &[&str] = &["database.url", "server.public_url"];

/// The three places in one table. Types are left to the reading: a number between quotation marks is
/// a text in a file, and only a variable, which is always a text, is given its key's type.
fn gather(sources: &Sources) -> Result<Table, SettingsError> {
    let defaults = parse(DEFAULTS, "config/default.toml")?;
    let mut is_called = sources.variables.keys().any(|name| name.eq_ignore_ascii_case(PUBLIC_URL));
    let mut layers = Config::builder().add_source(layer(DEFAULTS));
    if let Some(path) = &sources.file {
        let name = path.display();
        let text = std::fs::read_to_string(path)
            .map_err(|error| SettingsError::Unreadable(format!("{name}: {error}")))?;
        let table = parse(&text, &name.to_string())?;
        is_called |= at(&table, "server.public_url").is_some();
        layers = layers.add_source(layer(&text));
    }
    // In an order of their own: of two names for one key, the same one wins every time.
    let mut variables: BTreeMap<_, _> = sources.variables.clone().into_iter().collect();
    if let Some(url) = variables.remove("DATABASE_URL") {
        variables.entry(format!("{PREFIX}DATABASE__URL")).or_insert(url);
    }
    for (name, text) in variables {
        let key = name.strip_prefix(PREFIX).unwrap_or(&name).to_lowercase().replace("__", ".");
        let value = typed(text, at(&defaults, &key));
        layers = layers.set_override(&key, value).map_err(|_| SettingsError::Key {
            key,
            reason: format!("is not the name of a key (variable {name})"),
        })?;
    }
    let merged = layers.build().and_then(Config::try_deserialize);
    let mut merged = merged
        .map_err(|error: config::ConfigError| SettingsError::Unreadable(error.to_string()))?;
    if !is_called {
        call_as_listened(&mut merged);
    }
    Ok(merged)
}

/// The service on one's own machine is called by the address that it listens on, so that the links
/// it shows open; elsewhere nobody but the operator knows.
fn call_as_listened(table: &mut Table) {
    let Some(server) = table.get_mut("server").and_then(Value::as_table_mut) else { return };
    let listen = server.get("listen").and_then(Value::as_str).unwrap_or_default();
    let own = listen.parse::<SocketAddr>().ok();
    let own = own.filter(|address| address.ip().is_loopback() && address.port() != 0);
    if let Some(address) = own {
        server.insert("public_url".into(), format!("http://{address}").into());
    }
}

fn layer(text: &str) -> config::File<config::FileSourceString, FileFormat> {
    config::File::from_str(text, FileFormat::Toml)
}

/// The value under a dotted key.
fn at<'a>(table: &'a Table, key: &str) -> Option<&'a Value> {
    let (first, rest) = key.split_once('.').map_or((key, None), |(a, b)| (a, Some(b)));
    let value = table.get(first)?;
    match rest {
        Some(rest) => at(value.as_table()?, rest),
        None => Some(value),
    }
}

/// The line is not repeated: it may be the one with the password.
fn parse(text: &str, name: &str) -> Result<Table, SettingsError> {
    text.parse().map_err(|error: toml::de::Error| {
        let end = error.span().map_or(0, |span| span.start);
        let before = text.get(..end).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        SettingsError::Unreadable(format!("{name}: not TOML at line {line}, column {column}"))
    })
}

/// What is not of that type stays a text, and is refused as one with its key's name.
fn typed(text: String, default: Option<&Value>) -> config::Value {
    let read = match default {
        Some(Value::Integer(_)) => text.parse::<i64>().ok().map(config::Value::from),
        Some(Value::Boolean(_)) => text.parse::<bool>().ok().map(config::Value::from),
        // A list: its members, separated by commas.
        Some(Value::Array(_)) => {
            let members = text.split(',').map(str::trim).filter(|member| !member.is_empty());
            Some(members.map(str::to_owned).collect::<Vec<_>>().into())
        }
        _ => None,
    };
    read.unwrap_or_else(|| text.into())
}

/// Names the key, and where its value came from when that can be told.
fn at_fault(error: &PathError<toml::de::Error>, sources: &Sources) -> SettingsError {
    let key = error.path().to_string();
    let variable = format!("{PREFIX}{}", key.to_uppercase().replace('.', "__"));
    let origin = if sources.variables.contains_key(&variable) {
        format!(" (variable {variable})")
    } else {
        file_origin(sources.file.as_deref())
    };
    let is_secretive = SECRETIVE.contains(&key.as_str());
    let reason = if is_secretive { "is not an address" } else { error.inner().message() };
    SettingsError::Key { key, reason: format!("{reason}{origin}") }
}

fn file_origin(file: Option<&Path>) -> String {
    file.map_or(String::new(), |path| format!(" (file {})", path.display()))
}
