//! Members of zip files as streams. The library reads the directory; the member's own bytes are read
//! from the file, because a stream of the library borrows its archive.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::Crc;
use flate2::read::DeflateDecoder;
use zip::{CompressionMethod, ZipArchive};

use super::source::SourceError;

/// A file inside a zip file.
#[derive(Clone, Debug)]
pub(super) struct Member {
    path: PathBuf,
    name: String,
    start: u64,
    packed: u64,
    is_stored: bool,
    crc: u32,
}

/// The files of a zip file, in its order.
pub(super) fn members(path: &Path) -> Result<Vec<Member>, SourceError> {
    let shown = path.display().to_string();
    let file = File::open(path).map_err(|error| SourceError::Unreadable(shown.clone(), error))?;
    let wrong = |what: String| SourceError::Zip(shown.clone(), what);
    let mut archive = ZipArchive::new(file).map_err(|error| wrong(error.to_string()))?;
    let mut members = Vec::new();
    for place in 0..archive.len() {
        let entry = archive.by_index_raw(place).map_err(|error| wrong(error.to_string()))?;
        if !entry.is_file() {
            continue;
        }
        let is_stored = match entry.compression() {
            CompressionMethod::Stored => true,
            CompressionMethod::Deflated => false,
            other => return Err(wrong(format!("compression {other} is not read"))),
        };
        if entry.encrypted() {
            return Err(wrong("it is encrypted".to_owned()));
        }
        members.push(Member {
            path: path.to_owned(),
            name: entry
                .name()
                .map_or_else(|_| format!("member {place}"), std::borrow::Cow::into_owned),
            start: entry.data_start().unwrap_or_default(),
            packed: entry.compressed_size(),
            is_stored,
            crc: entry.crc32(),
        });
    }
    Ok(members)
}

impl Member {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn open(&self) -> io::Result<impl Read + Send + use<>> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.start))?;
        let packed = file.take(self.packed);
        let reader: Box<dyn Read + Send> =
            if self.is_stored { Box::new(packed) } else { Box::new(DeflateDecoder::new(packed)) };
        Ok(Checked { reader, seen: Crc::new(), expected: self.crc })
    }
}

/// Compares the checksum at the end: a damaged archive must not look like a shorter file.
struct Checked {
    reader: Box<dyn Read + Send>,
    seen: Crc,
    expected: u32,
}

impl Read for Checked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.seen.update(&buffer[..read]);
        if read == 0 && !buffer.is_empty() && self.seen.sum() != self.expected {
            return Err(io::Error::other("the zip file is damaged: its checksum differs"));
        }
        Ok(read)
    }
}
