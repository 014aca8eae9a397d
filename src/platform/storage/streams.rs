//! Objects that are too large to hold in memory, or too many to know by name: for those who copy a
//! storage as a whole.

use std::io;

use bytes::Bytes;
use futures_util::stream::{Stream, StreamExt, TryStreamExt};
use object_store::buffered::BufWriter;
use object_store::path::Path;
use object_store::{Error, GetOptions, GetRange, ObjectStore, ObjectStoreExt};
use tokio::io::AsyncWriteExt;

use super::{ObjectError, Storage};

/// An object's name, and how large it is.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub size: u64,
}

/// Writes one object piece by piece. It is there when [`Self::finish`] has come back, and not before.
pub struct Writer(BufWriter);

impl Writer {
    /// The writer, for what writes bytes.
    pub const fn inner(&mut self) -> &mut BufWriter {
        &mut self.0
    }

    /// Puts the object in its place.
    ///
    /// # Errors
    /// The storage does not take it.
    pub async fn finish(mut self) -> io::Result<()> {
        self.0.shutdown().await
    }

    /// Leaves nothing of it.
    pub async fn abandon(mut self) {
        // What cannot be removed is a part that no name leads to.
        drop(self.0.abort().await);
    }
}

impl Storage {
    /// The names below a prefix, one by one.
    pub fn list(&self, prefix: &str) -> impl Stream<Item = Result<Named, ObjectError>> + use<> {
        let prefix = (!prefix.is_empty()).then(|| Path::from(prefix));
        let found = self.objects.list(prefix.as_ref());
        found.map(|each| {
            let meta = each.map_err(ObjectError::Other)?;
            Ok(Named { name: meta.location.to_string(), size: meta.size })
        })
    }

    /// Begins an object; one of the same name is replaced when it is finished.
    pub fn writer(&self, name: &str) -> Writer {
        Writer(BufWriter::new(self.objects.clone(), Path::from(name)))
    }

    /// The bytes of an object, piece by piece, and how many there are.
    ///
    /// # Errors
    /// There is none of this name, or the storage does not answer.
    pub async fn reader(
        &self,
        name: &str,
    ) -> Result<(u64, impl Stream<Item = io::Result<Bytes>> + Send + Unpin + use<>), ObjectError>
    {
        self.reader_from(name, 0).await
    }

    /// The same from a byte on; the size is that of the whole object.
    ///
    /// # Errors
    /// The same.
    pub async fn reader_from(
        &self,
        name: &str,
        offset: u64,
    ) -> Result<(u64, impl Stream<Item = io::Result<Bytes>> + Send + Unpin + use<>), ObjectError>
    {
        let range = (offset > 0).then_some(GetRange::Offset(offset));
        let options = GetOptions { range, ..GetOptions::default() };
        // Names of a listing are as they are; those that we make up may have to be written otherwise.
        let path = Path::parse(name).unwrap_or_else(|_| Path::from(name));
        let found = self.objects.get_opts(&path, options).await.map_err(|error| match error {
            Error::NotFound { .. } => ObjectError::Missing(name.to_owned()),
            error => ObjectError::Other(error),
        })?;
        let size = found.meta.size;
        Ok((size, found.into_stream().map_err(io::Error::other)))
    }

    /// Whether an object has this name.
    ///
    /// # Errors
    /// The storage does not answer.
    pub async fn has(&self, name: &str) -> Result<bool, ObjectError> {
        match self.objects.head(&Path::from(name)).await {
            Ok(_) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(ObjectError::Other(error)),
        }
    }

    /// Removes an object; none of this name is as good.
    ///
    /// # Errors
    /// The storage does not answer.
    pub async fn remove(&self, name: &str) -> Result<(), ObjectError> {
        match self.objects.delete(&Path::from(name)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(ObjectError::Other(error)),
        }
    }
}
