//! The `backup` section of the configuration.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::platform::limits::Complaints;
use crate::platform::storage::StorageSettings;

/// Where backups go, and whom they are for.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BackupSettings {
    /// The place; its `url` is empty where no backups are made from here.
    pub storage: StorageSettings,
    /// File of public keys of age, one a line.
    pub recipients_file: PathBuf,
    /// Folder of the database's own tools; empty: wherever the system finds them.
    pub tools_folder: PathBuf,
    /// A backup older than this is missed by `assurly doctor`.
    pub expected_every_h: u32,
    /// `assurly backup prune` removes what is older than this.
    pub keep_days: u32,
}

impl BackupSettings {
    /// Complains about values that nobody can mean.
    pub fn check(&self, complaints: &mut Complaints) {
        if !self.storage.url.is_empty() {
            let mut own = Complaints::default();
            self.storage.check(&mut own);
            for complaint in own.into_vec() {
                let complaint = complaint.replacen("`storage.", "`backup.storage.", 1);
                complaints.add(complaint);
            }
        }
        complaints.range("backup.expected_every_h", self.expected_every_h, 1..=8784);
        complaints.range("backup.keep_days", self.keep_days, 1..=3660);
    }
}
