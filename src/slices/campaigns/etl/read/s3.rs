//! Objects of a bucket, read as streams through `object_store`.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

use bytes::{Buf, Bytes};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::AmazonS3Builder;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

/// How buckets are reached, section `[campaigns.s3]`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct S3Settings {
    /// Region of the buckets.
    pub region: String,
    /// Address of another service than Amazon's; empty for Amazon's.
    pub endpoint: String,
    /// Account; empty where the machine itself is known (instance role).
    pub access_key_id: String,
    /// Its secret.
    #[serde(serialize_with = "masked")]
    pub secret_access_key: SecretString,
}

fn masked<S: serde::Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    let shown = if secret.expose_secret().is_empty() { "" } else { "***" };
    serializer.serialize_str(shown)
}

/// One object.
#[derive(Clone)]
pub(super) struct S3Object {
    store: Arc<dyn ObjectStore>,
    bucket: String,
    path: Path,
    runtime: Handle,
    pub(super) is_gzip: bool,
}

impl fmt::Debug for S3Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S3Object({})", self.name())
    }
}

/// The objects under `bucket/prefix`, or the one that is called so.
pub(super) async fn list(address: &str, settings: &S3Settings) -> Result<Vec<S3Object>, String> {
    let (bucket, prefix) = address.split_once('/').unwrap_or((address, ""));
    let store: Arc<dyn ObjectStore> = Arc::new(client(bucket, settings)?);
    let prefix = Path::parse(prefix.trim_end_matches('/')).map_err(|error| error.to_string())?;
    let object = |path: Path| S3Object {
        store: Arc::clone(&store),
        bucket: bucket.to_owned(),
        is_gzip: path.as_ref().to_ascii_lowercase().ends_with(".gz"),
        path,
        runtime: Handle::current(),
    };
    if prefix.extension().is_some() {
        return Ok(vec![object(prefix)]);
    }
    let found: Vec<_> = store
        .list(Some(&prefix))
        .map_ok(|meta| meta.location)
        .try_collect()
        .await
        .map_err(|error| error.to_string())?;
    let is_data = |path: &Path| matches!(path.extension(), Some("txt" | "csv" | "psv" | "gz"));
    if let Some(zip) = found.iter().find(|path| path.extension() == Some("zip")) {
        return Err(format!("{zip}: a zip file is read from its end: copy it to a disk first"));
    }
    Ok(found.into_iter().filter(is_data).map(object).collect())
}

fn client(bucket: &str, settings: &S3Settings) -> Result<impl ObjectStore + use<>, String> {
    let mut builder = AmazonS3Builder::new().with_bucket_name(bucket).with_region(&settings.region);
    if !settings.endpoint.is_empty() {
        let is_plain = settings.endpoint.starts_with("http://");
        builder = builder.with_endpoint(&settings.endpoint).with_allow_http(is_plain);
    }
    if !settings.access_key_id.is_empty() {
        builder = builder
            .with_access_key_id(&settings.access_key_id)
            .with_secret_access_key(settings.secret_access_key.expose_secret());
    }
    builder.build().map_err(|error| error.to_string())
}

impl S3Object {
    pub(super) fn name(&self) -> String {
        format!("{}/{}", self.bucket, self.path)
    }

    /// Its bytes from `offset` on. Called on a thread that may wait.
    pub(super) fn open(&self, offset: u64) -> io::Result<S3Reader> {
        let range = (offset > 0).then_some(GetRange::Offset(offset));
        let options = GetOptions { range, ..GetOptions::default() };
        let got = self.runtime.block_on(self.store.get_opts(&self.path, options))?;
        let stream = got.into_stream().map_err(io::Error::other).boxed();
        Ok(S3Reader { stream, at_hand: Bytes::new(), runtime: self.runtime.clone() })
    }
}

/// A stream of the network as a reader.
pub(super) struct S3Reader {
    stream: BoxStream<'static, io::Result<Bytes>>,
    at_hand: Bytes,
    runtime: Handle,
}

impl Read for S3Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at_hand.is_empty() {
            match self.runtime.block_on(self.stream.next()) {
                Some(bytes) => self.at_hand = bytes?,
                None => return Ok(0),
            }
        }
        let length = buffer.len().min(self.at_hand.len());
        self.at_hand.copy_to_slice(&mut buffer[..length]);
        Ok(length)
    }
}
