//! Reading the configuration from its three places, and saying exactly what is wrong with it.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use config::{Config, ConfigError, Environment, File, FileFormat};

use super::Settings;

const DEFAULTS: &str = include_str!("../../../config/default.toml");

/// The prefix of the variables that go over the file.
const PREFIX: &str = "ASSURLY__";

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
    let config = gather(sources).map_err(|e| SettingsError::Unreadable(e.to_string()))?;
    let settings: Settings =
        serde_path_to_error::deserialize(config).map_err(|error| at_fault(&error, sources))?;
    let complaints = settings.complaints();
    if complaints.is_empty() { Ok(settings) } else { Err(SettingsError::Values(complaints)) }
}

fn gather(sources: &Sources) -> Result<Config, ConfigError> {
    let mut builder = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
    if let Some(path) = &sources.file {
        // Said to be TOML, whatever its name: `/run/secrets/assurly` is a fine name.
        builder = builder.add_source(File::from(path.as_path()).format(FileFormat::Toml));
    }
    let mut variables = sources.variables.clone();
    if let Some(url) = variables.remove("DATABASE_URL") {
        variables.entry(format!("{PREFIX}DATABASE__URL")).or_insert(url);
    }
    let variables = Environment::with_prefix("ASSURLY")
        .prefix_separator("__")
        .separator("__")
        .source(Some(variables.into_iter().collect()));
    builder.add_source(variables).build()
}

/// Names the key, and where its value came from when that can be told.
fn at_fault(error: &serde_path_to_error::Error<ConfigError>, sources: &Sources) -> SettingsError {
    let key = error.path().to_string();
    let variable = format!("{PREFIX}{}", key.to_uppercase().replace('.', "__"));
    let origin = if sources.variables.contains_key(&variable) {
        format!(" (variable {variable})")
    } else {
        file_origin(sources.file.as_deref())
    };
    let reason = format!("{}{origin}", cause(error.inner()));
    SettingsError::Key { key, reason }
}

fn file_origin(file: Option<&Path>) -> String {
    file.map_or(String::new(), |path| format!(" (file {})", path.display()))
}

/// The sentence of `config`'s error without the key and origin that it may repeat.
fn cause(error: &ConfigError) -> String {
    match error {
        ConfigError::Type { unexpected, expected, .. } => {
            format!("invalid type: {unexpected}, expected {expected}")
        }
        ConfigError::At { error, .. } => cause(error),
        other => other.to_string(),
    }
}
