//! The `storage` section of the configuration.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::platform::limits::Complaints;

/// Where objects are kept.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StorageSettings {
    /// `file:folder`, relative to the working directory or not, or `s3://bucket/prefix`.
    pub url: String,
    /// Address of the S3-compatible service; empty: Amazon's own.
    pub endpoint: String,
    /// Region of the bucket; empty: the variable `AWS_REGION`, or the service's default.
    pub region: String,
    /// File of one line, `key id:secret key`; empty: the usual `AWS_…` variables, or the role of
    /// the machine.
    pub credentials_file: PathBuf,
    /// Longest time for one request to a bucket; for a backup, its longest silence.
    pub timeout_ms: u64,
}

/// How a service of buckets is reached, whoever keeps or reads objects there.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BucketSettings {
    /// Address of the S3-compatible service; empty: Amazon's own.
    pub endpoint: String,
    /// Region of the buckets; empty: the variable `AWS_REGION`, or the service's default.
    pub region: String,
    /// File of one line, `key id:secret key`; empty: the usual `AWS_…` variables, or the role of
    /// the machine.
    pub credentials_file: PathBuf,
    /// Longest time for one request; of a stream, longest silence.
    pub timeout_ms: u64,
}

impl BucketSettings {
    /// Complains about values that nobody can mean, by the name of their section.
    pub fn check(&self, section: &str, complaints: &mut Complaints) {
        let what = "is not an https address (http is for one's own machine)";
        complaints.unless(self.is_endpoint_safe(), &format!("{section}.endpoint"), what);
        complaints.range(&format!("{section}.timeout_ms"), self.timeout_ms, 100..=120_000);
    }

    /// Whether the service is reached over TLS, or is on this machine.
    fn is_endpoint_safe(&self) -> bool {
        if self.endpoint.is_empty() {
            return true;
        }
        Url::parse(&self.endpoint).is_ok_and(|url| {
            let own = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
            url.scheme() == "https" || (url.scheme() == "http" && own)
        })
    }

    pub(super) const fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}

/// What an address says.
pub(super) enum Place {
    /// A folder.
    Folder(PathBuf),
    /// A bucket, and what the names of objects begin with in it.
    Bucket {
        /// Its name.
        name: String,
        /// `""`, or a path.
        prefix: String,
    },
}

impl StorageSettings {
    /// Complains about values that nobody can mean.
    pub fn check(&self, complaints: &mut Complaints) {
        let what = "is neither file:folder nor s3://bucket/prefix";
        complaints.unless(self.place().is_some(), "storage.url", what);
        self.bucket().check("storage", complaints);
    }

    /// Where the objects are; `None` when the address is not one.
    pub(super) fn place(&self) -> Option<Place> {
        if let Some(folder) = self.url.strip_prefix("file:") {
            // `file:///var/documents` is the folder `/var/documents`.
            let folder = folder.strip_prefix("//").unwrap_or(folder);
            return (!folder.is_empty()).then(|| Place::Folder(folder.into()));
        }
        let (name, prefix) = self
            .url
            .strip_prefix("s3://")?
            .split_once('/')
            .unwrap_or((self.url.strip_prefix("s3://")?, ""));
        let named = !name.is_empty() && !name.contains(['@', ':', '?', '#']);
        named.then(|| Place::Bucket { name: name.to_owned(), prefix: prefix.to_owned() })
    }

    /// How its bucket is reached.
    pub(super) fn bucket(&self) -> BucketSettings {
        BucketSettings {
            endpoint: self.endpoint.clone(),
            region: self.region.clone(),
            credentials_file: self.credentials_file.clone(),
            timeout_ms: self.timeout_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(url: &str, endpoint: &str) -> StorageSettings {
        StorageSettings {
            url: url.to_owned(),
            endpoint: endpoint.to_owned(),
            region: String::new(),
            credentials_file: PathBuf::new(),
            timeout_ms: 1000,
        }
    }

    fn faults(url: &str, endpoint: &str) -> usize {
        let mut complaints = Complaints::default();
        settings(url, endpoint).check(&mut complaints);
        complaints.into_vec().len()
    }

    #[test]
    fn addresses_are_a_folder_or_a_bucket() {
        for url in ["file:var/documents", "file:/srv/documents", "file:///srv/documents"] {
            assert_eq!(faults(url, ""), 0, "{url}");
        }
        for url in ["s3://documents", "s3://documents/archive/2026"] {
            assert_eq!(faults(url, "https://s3.example.com"), 0, "{url}");
        }
        for url in ["", "file:", "var/documents", "s3://", "s3://key:secret@bucket", "gs://bucket"]
        {
            assert_eq!(faults(url, ""), 1, "{url}");
        }
    }

    #[test]
    fn plain_http_stays_on_the_machine() {
        assert_eq!(faults("s3://documents", "http://127.0.0.1:5000"), 0);
        assert_eq!(faults("s3://documents", "http://s3.example.com"), 1);
        assert_eq!(faults("s3://documents", "s3.example.com"), 1);
    }
}
