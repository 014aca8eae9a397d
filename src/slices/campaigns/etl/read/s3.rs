//! Objects of a bucket, read as streams; how buckets are reached is the platform's business.

use std::fmt;
use std::io::{self, Read};

use bytes::{Buf, Bytes};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use tokio::runtime::Handle;

use crate::platform::storage::{BucketSettings, Storage};

/// What files of data end with.
const DATA: [&str; 4] = [".txt", ".csv", ".psv", ".gz"];

/// One object.
#[derive(Clone)]
pub(super) struct S3Object {
    storage: Storage,
    bucket: String,
    path: String,
    runtime: Handle,
    pub(super) is_gzip: bool,
}

impl fmt::Debug for S3Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S3Object({})", self.name())
    }
}

/// The objects under `bucket/prefix`, or the one that is called so.
pub(super) async fn list(
    address: &str,
    settings: &BucketSettings,
) -> Result<Vec<S3Object>, String> {
    let (bucket, prefix) = address.split_once('/').unwrap_or((address, ""));
    let storage = Storage::source(bucket, settings).map_err(|error| error.to_string())?;
    let prefix = prefix.trim_end_matches('/');
    let object = |path: String| S3Object {
        storage: storage.clone(),
        bucket: bucket.to_owned(),
        is_gzip: ends(&path, ".gz"),
        path,
        runtime: Handle::current(),
    };
    if prefix.rsplit('/').next().is_some_and(|name| name.contains('.')) {
        return Ok(vec![object(prefix.to_owned())]);
    }
    let found: Vec<String> = storage
        .list(prefix)
        .map_ok(|found| found.name)
        .try_collect()
        .await
        .map_err(|error| error.to_string())?;
    if let Some(zip) = found.iter().find(|path| ends(path, ".zip")) {
        return Err(format!("{zip}: a zip file is read from its end: copy it to a disk first"));
    }
    let is_data = |path: &String| DATA.iter().any(|ending| ends(path, ending));
    Ok(found.into_iter().filter(is_data).map(object).collect())
}

fn ends(path: &str, ending: &str) -> bool {
    path.to_ascii_lowercase().ends_with(ending)
}

impl S3Object {
    pub(super) fn name(&self) -> String {
        format!("{}/{}", self.bucket, self.path)
    }

    /// Its bytes from `offset` on. Called on a thread that may wait.
    pub(super) fn open(&self, offset: u64) -> io::Result<S3Reader> {
        let got = self.runtime.block_on(self.storage.reader_from(&self.path, offset));
        let (_, stream) = got.map_err(io::Error::other)?;
        let stream = stream.boxed();
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
