//! Making a backup: the dump of one instant, then the documents, then the description.

use std::io::{Read, Write};
use std::time::Instant;

use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::TryStreamExt;
use tokio_util::io::SyncIoBridge;

use super::catalogue::{self, Description, FORM};
use super::cipher::Recipients;
use super::tools::{Running, Tools};
use super::{BackupError, Backups, thread_ended};
use crate::platform::digest::{Sha256Stream, hex};
use crate::platform::storage::ObjectError;

/// What the dump is read in.
const PIECE: usize = 128 * 1024;

/// Both makers' tools end a dump with this line, and only one that is whole.
const LAST_LINE: &[u8] = b"-- Dump completed";

/// The last bytes of a dump, where that line is.
const END: usize = 256;

/// A backup that was made.
#[derive(Debug)]
pub struct Made {
    /// What it is.
    pub description: Description,
    /// Documents that were not yet in an earlier one.
    pub new_documents: usize,
}

/// What came out of the tool.
struct Dumped {
    plain_bytes: u64,
    plain_sha256: String,
}

impl Backups {
    /// Makes one.
    ///
    /// # Errors
    /// Whatever stops it; what was written is then no backup, and the next one does not mind it.
    pub async fn make(&self) -> Result<Made, BackupError> {
        let started = Instant::now();
        let made_at = self.clock.now();
        let name = made_at.strftime("%Y%m%dT%H%M%SZ").to_string();
        let recipients = Recipients::read(&self.settings.recipients_file)?;
        let held = self.database.hold_migrations().await?;
        let dumped = self.dump(&name, recipients.clone()).await;
        held.release().await;
        let (dumped, bytes) = dumped?;
        // After the dump: a document without its row is harmless, a row without its document is not.
        let (documents, new_documents) = self.copy_documents(&name, &recipients).await?;
        let description = Description {
            form: FORM,
            made_at,
            took_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            program: env!("CARGO_PKG_VERSION").into(),
            server: self.database.server().await?.version,
            migration: self.database.newest_migration().await?,
            tables: self.database.tables().await?.len(),
            plain_bytes: dumped.plain_bytes,
            plain_sha256: dumped.plain_sha256,
            bytes,
            documents,
            name,
        };
        let text = serde_json::to_vec_pretty(&description)
            .map_err(|error| BackupError::Bytes("the description", std::io::Error::other(error)))?;
        let mut writer = self.place.writer(&catalogue::description_of(&description.name));
        let put = tokio::io::AsyncWriteExt::write_all(writer.inner(), &text).await;
        put.map_err(|error| BackupError::Bytes("the description", error))?;
        writer.finish().await.map_err(|error| BackupError::Bytes("the description", error))?;
        Ok(Made { description, new_documents })
    }

    async fn dump(&self, name: &str, recipients: Recipients) -> Result<(Dumped, u64), BackupError> {
        let tools = Tools::new(&self.settings.tools_folder, &self.endpoint)?;
        let running = tools.dump()?;
        let path = catalogue::dump_of(name);
        let done = self.write(&path, recipients, move |output| dump_into(running, output)).await;
        drop(tools);
        done
    }

    /// Writes an object of what `produce` says, encrypted; says how many bytes it has.
    async fn write<T: Send + 'static>(
        &self,
        path: &str,
        recipients: Recipients,
        produce: impl FnOnce(&mut dyn Write) -> Result<T, BackupError> + Send + 'static,
    ) -> Result<(T, u64), BackupError> {
        let mut writer = self.place.writer(path);
        let runtime = tokio::runtime::Handle::current();
        let tools = self.settings.tools_folder.clone();
        let work = move || {
            let done = recipients.seal(&tools).and_then(|age| {
                sealed(age, SyncIoBridge::new_with_handle(writer.inner(), runtime), produce)
            });
            (done, writer)
        };
        let (done, writer) =
            tokio::task::spawn_blocking(work).await.map_err(|error| thread_ended(&error))?;
        if done.is_ok() {
            writer.finish().await.map_err(|error| BackupError::Bytes("the place", error))?;
        } else {
            writer.abandon().await;
        }
        done
    }

    /// Copies the documents that are not there yet; says how many there are, and how many were new.
    async fn copy_documents(
        &self,
        backup: &str,
        recipients: &Recipients,
    ) -> Result<(usize, usize), BackupError> {
        let mut list = GzEncoder::new(Vec::new(), Compression::default());
        let (mut all, mut new) = (0, 0);
        let mut names = std::pin::pin!(self.documents.list(""));
        while let Some(object) = names.try_next().await? {
            let path = catalogue::sealed_document(&object.name);
            if !self.place.has(&path).await? {
                let bytes = match self.documents.get(&object.name).await {
                    Ok(bytes) => bytes,
                    // Erased since it was listed.
                    Err(ObjectError::Missing(_)) => continue,
                    Err(error) => return Err(error.into()),
                };
                let produce = move |output: &mut dyn Write| {
                    output
                        .write_all(&bytes)
                        .map_err(|error| BackupError::Bytes("a document", error))
                };
                self.write(&path, recipients.clone(), produce).await?;
                new += 1;
            }
            let listed = writeln!(list, "{}", object.name);
            listed.map_err(|error| BackupError::Bytes("the list of documents", error))?;
            all += 1;
        }
        let packed = list.finish();
        let packed = packed.map_err(|error| BackupError::Bytes("the list of documents", error))?;
        self.place.put_new(&catalogue::list_of(backup), packed).await?;
        Ok((all, new))
    }
}

/// Encrypts what `produce` writes into the place; says how many bytes went there.
fn sealed<T>(
    mut age: Running,
    mut place: impl Write + Send,
    produce: impl FnOnce(&mut dyn Write) -> Result<T, BackupError>,
) -> Result<(T, u64), BackupError> {
    let (mut plain, mut from) = (age.input(), age.output());
    let (made, copied) = std::thread::scope(|scope| {
        let copy = scope.spawn(move || {
            let bytes = std::io::copy(&mut from, &mut place)?;
            place.flush()?;
            Ok(bytes)
        });
        let made = produce(&mut plain);
        drop(plain);
        let ended = || std::io::Error::other("ended by a panic");
        (made, copy.join().unwrap_or_else(|_| Err(ended())))
    });
    // What age says of its end explains a pipe that broke.
    age.end()?;
    let bytes = copied.map_err(|error| BackupError::Bytes("the place", error))?;
    Ok((made?, bytes))
}

/// Compresses what the tool writes, and looks whether that is a whole dump.
fn dump_into(mut running: Running, output: &mut dyn Write) -> Result<Dumped, BackupError> {
    let mut from = running.output();
    let mut packed = GzEncoder::new(output, Compression::fast());
    let mut hash = Sha256Stream::default();
    let (mut bytes, mut end) = (0_u64, Vec::new());
    let mut piece = vec![0; PIECE];
    let copied = loop {
        let read = match from.read(&mut piece) {
            Ok(0) => break Ok(()),
            Ok(read) => &piece[..read],
            Err(error) => break Err(BackupError::Bytes("the dump", error)),
        };
        bytes += read.len() as u64;
        hash.update(read);
        end.extend_from_slice(&read[read.len().saturating_sub(END)..]);
        end.drain(..end.len().saturating_sub(END));
        if let Err(error) = packed.write_all(read) {
            break Err(BackupError::Bytes("the place", error));
        }
    };
    if let Err(error) = copied {
        running.cut();
        return Err(error);
    }
    running.end()?;
    if memchr::memmem::find(&end, LAST_LINE).is_none() {
        return Err(BackupError::Tool("the database's tool ended before its dump did".into()));
    }
    packed.finish().map_err(|error| BackupError::Bytes("the place", error))?;
    Ok(Dumped { plain_bytes: bytes, plain_sha256: hex(&hash.finish()) })
}
