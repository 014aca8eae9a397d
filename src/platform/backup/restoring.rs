//! Putting a backup back: the documents first, so that no row is ever without its own, then the database.

use std::io::{Read, Write};
use std::sync::Arc;
use std::time::Instant;

use flate2::read::MultiGzDecoder;
use tokio_util::io::{StreamReader, SyncIoBridge};

use super::catalogue::{self, Description};
use super::cipher::Identities;
use super::tools::{Running, Tools};
use super::{BackupError, Backups, thread_ended};
use crate::platform::digest::{Sha256Stream, hex};

const PIECE: usize = 128 * 1024;

/// What was put back.
#[derive(Debug)]
pub struct Restored {
    /// The backup.
    pub description: Description,
    /// Tables that were dropped before.
    pub dropped: usize,
    /// Documents that were missing.
    pub documents: usize,
    /// How long it took.
    pub took_ms: u64,
}

impl Backups {
    /// Puts a backup back into an empty database, or with `replace` in the place of what is there.
    ///
    /// # Errors
    /// The database is not empty; the keys are not those; whatever stops it. The database is then not to
    /// be used: the same again, with `replace`.
    pub async fn restore(
        &self,
        description: Description,
        identities: Identities,
        replace: bool,
    ) -> Result<Restored, BackupError> {
        let started = Instant::now();
        let identities = Arc::new(identities);
        let there = self.database.tables().await?.len();
        if there > 0 && !replace {
            return Err(BackupError::NotEmpty(there));
        }
        // A wrong key, or a byte that was changed, is noticed before anything is dropped.
        self.read_through(&description, &identities).await?;
        let documents = self.restore_documents(&description, &identities).await?;
        let held = self.database.hold_migrations().await?;
        let loaded = async {
            let dropped = self.database.drop_everything().await?;
            self.load(&description, identities).await?;
            Ok::<_, BackupError>(dropped)
        };
        let dropped = loaded.await;
        held.release().await;
        let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(Restored { dropped: dropped?, documents, took_ms, description })
    }

    async fn read_through(
        &self,
        description: &Description,
        identities: &Arc<Identities>,
    ) -> Result<(), BackupError> {
        let all = |mut plain: Box<dyn Read>| {
            let read = std::io::copy(&mut plain, &mut std::io::sink());
            read.map(drop).map_err(|error| BackupError::Bytes("the dump", error))
        };
        self.read(&catalogue::dump_of(&description.name), identities, all).await
    }

    async fn load(
        &self,
        description: &Description,
        identities: Arc<Identities>,
    ) -> Result<(), BackupError> {
        let tools = Tools::new(&self.settings.tools_folder, &self.endpoint)?;
        let running = tools.load()?;
        let expected = description.plain_sha256.clone();
        let path = catalogue::dump_of(&description.name);
        let work = move |plain: Box<dyn Read>| {
            let found = load_from(running, MultiGzDecoder::new(plain))?;
            if found == expected { Ok(()) } else { Err(BackupError::Altered) }
        };
        let done = self.read(&path, &identities, work).await;
        drop(tools);
        done
    }

    async fn restore_documents(
        &self,
        description: &Description,
        identities: &Arc<Identities>,
    ) -> Result<usize, BackupError> {
        let mut missing = 0;
        for name in self.names_in(&description.name).await? {
            if self.documents.has(&name).await? {
                continue;
            }
            let whole = |mut plain: Box<dyn Read>| {
                let mut bytes = Vec::new();
                let read = plain.read_to_end(&mut bytes);
                read.map_err(|error| BackupError::Bytes("a document", error))?;
                Ok(bytes)
            };
            let sealed = catalogue::sealed_document(&name);
            let bytes = self.read(&sealed, identities, whole).await?;
            self.documents.put_new(&name, bytes).await?;
            missing += 1;
        }
        Ok(missing)
    }

    /// Hands the decrypted bytes of an object to `consume`, on a thread that may wait.
    async fn read<T: Send + 'static>(
        &self,
        path: &str,
        identities: &Arc<Identities>,
        consume: impl FnOnce(Box<dyn Read>) -> Result<T, BackupError> + Send + 'static,
    ) -> Result<T, BackupError> {
        let (_, stream) = self.place.reader(path).await?;
        let runtime = tokio::runtime::Handle::current();
        let (identities, path) = (Arc::clone(identities), path.to_owned());
        let tools = self.settings.tools_folder.clone();
        let work = move || {
            let input = SyncIoBridge::new_with_handle(StreamReader::new(stream), runtime);
            opened(identities.open(&tools)?, &path, input, consume)
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| thread_ended(&error))?
    }
}

/// Has `consume` read what age decrypts of `input`, to its end.
fn opened<T>(
    mut age: Running,
    path: &str,
    mut input: impl Read + Send,
    consume: impl FnOnce(Box<dyn Read>) -> Result<T, BackupError>,
) -> Result<T, BackupError> {
    let (mut sealed, plain) = (age.input(), age.output());
    let (done, fed) = std::thread::scope(|scope| {
        // A pipe that breaks is explained by age's end.
        let feed = scope.spawn(move || std::io::copy(&mut input, &mut sealed));
        (consume(Box::new(plain)), feed.join())
    });
    if let Err(BackupError::Tool(words)) = age.end() {
        return Err(BackupError::Sealed(path.to_owned(), words));
    }
    match fed {
        Ok(Ok(_)) => done,
        Ok(Err(error)) => Err(BackupError::Bytes("the place", error)),
        Err(_) => Err(BackupError::Tool("ended by a panic".into())),
    }
}

/// Gives the tool what it reads; the hash of all of it.
fn load_from(mut running: Running, mut plain: impl Read) -> Result<String, BackupError> {
    let mut into = running.input();
    let mut hash = Sha256Stream::default();
    let mut piece = vec![0; PIECE];
    let copied = loop {
        match plain.read(&mut piece) {
            Ok(0) => break Ok(()),
            Ok(read) => {
                hash.update(&piece[..read]);
                // A tool that has ended says why itself.
                if into.write_all(&piece[..read]).is_err() {
                    break Ok(());
                }
            }
            Err(error) => break Err(BackupError::Bytes("the backup", error)),
        }
    };
    drop(into);
    if let Err(error) = copied {
        running.cut();
        return Err(error);
    }
    running.end()?;
    Ok(hex(&hash.finish()))
}
