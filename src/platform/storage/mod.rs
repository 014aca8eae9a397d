//! Objects: bytes under a name, in a folder or in a bucket of any S3-compatible service.
//!
//! An object is written once and never overwritten; what nobody may keep is removed. It is whole or not there: a folder's file is
//! renamed into its place, a bucket accepts the last byte or nothing.

mod open;
mod settings;
mod streams;

use std::sync::Arc;
use std::time::Duration;

use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};

pub use open::StorageError;
pub use settings::{BucketSettings, StorageSettings};
pub use streams::{Named, Writer};

use crate::kernel::problem::{Kind, Problem};

/// The largest object that is read back.
const BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Where objects are. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Storage {
    objects: Arc<dyn ObjectStore>,
}

/// A failure of the storage.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// Nothing has this name.
    #[error("no object `{0}`")]
    Missing(String),
    /// The object is larger than anything we wrote.
    #[error("object `{0}` is too large")]
    TooLarge(String),
    /// Anything else: an outage, a disk that is full, a right that is missing.
    #[error("storage: {0}")]
    Other(Error),
}

impl From<ObjectError> for Problem {
    fn from(error: ObjectError) -> Self {
        match error {
            ObjectError::Other(_) => {
                Self::new(Kind::Unavailable).retry_after(Duration::from_secs(5)).cause(error)
            }
            // A row spoke of it: it was there once.
            _ => Self::new(Kind::Bug).cause(error),
        }
    }
}

impl Storage {
    /// Opens the storage; a bucket is first asked for when it is first used.
    ///
    /// # Errors
    /// The address or a file of credentials is wrong, or the folder cannot be made.
    pub fn open(settings: &StorageSettings) -> Result<Self, StorageError> {
        Ok(Self { objects: open::open(settings, open::Use::Objects)? })
    }

    /// The same for those who copy a storage as a whole: its time is the longest silence of a request, however
    /// large the object and however slow the line.
    ///
    /// # Errors
    /// The same.
    pub fn open_streamed(settings: &StorageSettings) -> Result<Self, StorageError> {
        Ok(Self { objects: open::open(settings, open::Use::Streams)? })
    }

    /// A bucket of somebody else's, whose files are read as streams.
    ///
    /// # Errors
    /// The settings or a file of credentials is wrong.
    pub fn source(bucket: &str, settings: &BucketSettings) -> Result<Self, StorageError> {
        Ok(Self { objects: open::bucket(settings, bucket, "", open::Use::Streams)? })
    }

    /// Writes an object, unless there is one of this name: says whether it wrote.
    ///
    /// # Errors
    /// The storage does not take it.
    pub async fn put_new(&self, name: &str, bytes: Vec<u8>) -> Result<bool, ObjectError> {
        let (path, payload) = (Path::from(name), PutPayload::from(bytes));
        let put = self.objects.put_opts(&path, payload, PutOptions::from(PutMode::Create));
        match put.await {
            Ok(_) => Ok(true),
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => Ok(false),
            Err(error) => Err(ObjectError::Other(error)),
        }
    }

    /// Reads an object.
    ///
    /// # Errors
    /// There is none of this name, or the storage does not answer.
    pub async fn get(&self, name: &str) -> Result<Vec<u8>, ObjectError> {
        let found = self.objects.get(&Path::from(name)).await.map_err(|error| match error {
            Error::NotFound { .. } => ObjectError::Missing(name.to_owned()),
            error => ObjectError::Other(error),
        })?;
        if found.meta.size > BYTES_MAX {
            return Err(ObjectError::TooLarge(name.to_owned()));
        }
        Ok(found.bytes().await.map_err(ObjectError::Other)?.to_vec())
    }
}
