//! Opening a folder or a bucket from its settings.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ClientOptions, ObjectStore, RetryConfig};
use secrecy::{ExposeSecret, SecretString};

use super::settings::{BucketSettings, Place, StorageSettings};

/// Times that a request to a bucket is tried again before it has failed.
const RETRIES: usize = 3;

/// How long after its beginning a stream that broke is still taken up again where it broke.
const STREAM_LIFE: Duration = Duration::from_secs(24 * 3600);

/// Why the storage cannot be opened. No secret is ever repeated.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The address is not one.
    #[error("`storage.url` is neither file:folder nor s3://bucket/prefix")]
    Address,
    /// The folder cannot be made.
    #[error("`storage.url`: the folder cannot be made: {0}")]
    Folder(#[source] std::io::Error),
    /// The credentials' file cannot be read.
    #[error("`credentials_file` of the storage cannot be read: {0}")]
    Unreadable(#[source] std::io::Error),
    /// The credentials' file has another form.
    #[error("`credentials_file` of the storage is not one line, key id:secret key")]
    Credentials,
    /// The library refuses.
    #[error("`storage`: {0}")]
    Refused(#[from] object_store::Error),
}

pub(super) fn open(
    settings: &StorageSettings,
    used: Use,
) -> Result<Arc<dyn ObjectStore>, StorageError> {
    match settings.place().ok_or(StorageError::Address)? {
        Place::Folder(folder) => {
            std::fs::create_dir_all(&folder).map_err(StorageError::Folder)?;
            // A row that is written after its object must not survive a power cut alone.
            Ok(Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true)))
        }
        Place::Bucket { name, prefix } => bucket(&settings.bucket(), &name, &prefix, used),
    }
}

/// What a bucket is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Our own objects: a request has its time, answer included.
    Objects,
    /// Files of any size: a request goes on as long as bytes come.
    Streams,
}

pub(super) fn bucket(
    settings: &BucketSettings,
    name: &str,
    prefix: &str,
    used: Use,
) -> Result<Arc<dyn ObjectStore>, StorageError> {
    let client = ClientOptions::new()
        .with_connect_timeout(settings.timeout())
        .with_allow_http(settings.endpoint.starts_with("http:"));
    let (client, retry_timeout) = match used {
        Use::Objects => (client.with_timeout(settings.timeout()), settings.timeout()),
        Use::Streams => {
            let client = client.with_timeout_disabled().with_read_timeout(settings.timeout());
            (client, STREAM_LIFE)
        }
    };
    let retry = RetryConfig { max_retries: RETRIES, retry_timeout, ..RetryConfig::default() };
    // The library reads the usual `AWS_…` variables; what is configured here goes over them.
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(name)
        .with_client_options(client)
        .with_retry(retry);
    if !settings.region.is_empty() {
        builder = builder.with_region(&settings.region);
    }
    if !settings.endpoint.is_empty() {
        builder = builder.with_endpoint(&settings.endpoint);
    }
    if !settings.credentials_file.as_os_str().is_empty() {
        let (id, secret) = credentials(settings)?;
        builder = builder.with_access_key_id(id).with_secret_access_key(secret.expose_secret());
    }
    let objects = builder.build()?;
    if prefix.is_empty() {
        return Ok(Arc::new(objects));
    }
    Ok(Arc::new(PrefixStore::new(objects, Path::from(prefix))))
}

fn credentials(settings: &BucketSettings) -> Result<(String, SecretString), StorageError> {
    let text = std::fs::read_to_string(&settings.credentials_file);
    let text = SecretString::from(text.map_err(StorageError::Unreadable)?);
    let line = text.expose_secret().trim();
    let (id, secret) = line.split_once(':').ok_or(StorageError::Credentials)?;
    let is_sound = !id.is_empty() && !secret.is_empty() && !line.contains(char::is_whitespace);
    is_sound.then(|| (id.to_owned(), secret.into())).ok_or(StorageError::Credentials)
}
