//! Where the files are: on a disk, inside gzip and zip files, in a bucket. A source may be opened as
//! often as needed; what is read is always the uncompressed text.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::s3::{self, S3Object};
use super::zipped::{self, Member};
use crate::platform::storage::BucketSettings;

/// One text file, wherever it is.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name, as reports and rejects show it.
    pub name: String,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    File(PathBuf),
    Gzip(PathBuf),
    Zip(Member),
    Object(S3Object),
}

/// Why sources cannot be found.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A file or a folder that cannot be read.
    #[error("{0}: {1}")]
    Unreadable(String, #[source] io::Error),
    /// A zip file that is none, or one that we do not open.
    #[error("{0}: {1}")]
    Zip(String, String),
    /// A bucket that does not answer.
    #[error("{0}: {1}")]
    Bucket(String, String),
    /// Nothing to load.
    #[error("no file to load in {0}")]
    Nothing(String),
}

/// The text files of what was named on the command line, in the order of their names: files as they
/// are, a folder's files, the members of a zip file, the objects under an `s3://` address.
///
/// # Errors
/// [`SourceError`].
pub async fn discover(inputs: &[String], s3: &BucketSettings) -> Result<Vec<Source>, SourceError> {
    let mut sources = Vec::new();
    for input in inputs {
        if let Some(address) = input.strip_prefix("s3://") {
            let objects = s3::list(address, s3).await;
            let objects = objects.map_err(|error| SourceError::Bucket(input.clone(), error))?;
            sources.extend(objects.into_iter().map(|object| Source {
                name: format!("s3://{}", object.name()),
                place: Place::Object(object),
            }));
        } else {
            on_disk(Path::new(input), &mut sources)?;
        }
    }
    sources.sort_by(|a, b| a.name.cmp(&b.name));
    sources.dedup_by(|a, b| a.name == b.name);
    if sources.is_empty() { Err(SourceError::Nothing(inputs.join(", "))) } else { Ok(sources) }
}

fn on_disk(path: &Path, sources: &mut Vec<Source>) -> Result<(), SourceError> {
    let shown = path.display().to_string();
    let unreadable = |error| SourceError::Unreadable(shown.clone(), error);
    if fs::metadata(path).map_err(unreadable)?.is_dir() {
        let entries = fs::read_dir(path).map_err(unreadable)?;
        let mut paths = entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<Vec<_>>>()
            .map_err(unreadable)?;
        paths.retain(|path| path.is_file() && is_text(path));
        paths.sort();
        return paths.iter().try_for_each(|path| one(path, sources));
    }
    one(path, sources)
}

/// Of a folder, only what can be a file of data: its README is not.
fn is_text(path: &Path) -> bool {
    let extension = path.extension().map(std::ffi::OsStr::to_ascii_lowercase);
    extension.is_some_and(|e| ["txt", "csv", "psv", "gz", "zip"].iter().any(|known| e == *known))
}

fn one(path: &Path, sources: &mut Vec<Source>) -> Result<(), SourceError> {
    let name = path.display().to_string();
    let has = |ending: &str| name.to_ascii_lowercase().ends_with(ending);
    let place = if has(".gz") {
        Place::Gzip(path.to_owned())
    } else if has(".zip") {
        for member in zipped::members(path)? {
            let name = format!("{name}!{}", member.name());
            sources.push(Source { name, place: Place::Zip(member) });
        }
        return Ok(());
    } else {
        Place::File(path.to_owned())
    };
    sources.push(Source { name, place });
    Ok(())
}

impl Source {
    /// Its name without folders: the same file has it wherever it lies.
    pub fn short_name(&self) -> &str {
        self.name.rsplit(['/', '!']).next().unwrap_or(&self.name)
    }

    /// Whether a part can be read without what is before it.
    pub const fn is_seekable(&self) -> bool {
        matches!(&self.place, Place::File(_) | Place::Object(S3Object { is_gzip: false, .. }))
    }

    /// Its bytes from `offset` on. Not to be called on a thread of the runtime.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn open(&self, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        match &self.place {
            Place::File(path) => {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(offset))?;
                Ok(Box::new(file))
            }
            Place::Gzip(path) => past(MultiGzDecoder::new(File::open(path)?), offset),
            Place::Zip(member) => past(member.open()?, offset),
            Place::Object(object) if object.is_gzip => {
                past(MultiGzDecoder::new(object.open(0)?), offset)
            }
            Place::Object(object) => Ok(Box::new(object.open(offset)?)),
        }
    }
}

/// A compressed stream is read from its beginning.
fn past(mut reader: impl Read + Send + 'static, offset: u64) -> io::Result<Box<dyn Read + Send>> {
    io::copy(&mut (&mut reader).take(offset), &mut io::sink())?;
    Ok(Box::new(reader))
}
