//! The pass itself: one reader, which also hashes the content and places the borders of the chunks,
//! and as many threads as there are processors, which look at the values.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::num::NonZero;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};

use super::borders::{Borders, ChunkStart};
use super::stats::ColumnStats;
use crate::platform::digest::Sha256Stream;
use crate::slices::campaigns::etl::read::{
    Block, Blocks, LINE_MAX, Layout, Reason, Scratch, Source, lines,
};

/// One file, read whole.
#[derive(Clone, Debug)]
pub struct FileProfile {
    /// Its labels; those of the first file when it has none.
    pub labels: Vec<String>,
    /// Bytes of its uncompressed text.
    pub bytes: u64,
    /// Lines in all.
    pub lines: u64,
    /// Content hash.
    pub sha256: [u8; 32],
    /// Where its chunks begin; the first one after the header.
    pub chunks: Vec<ChunkStart>,
}

/// All files, read whole.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// The labels of the first file.
    pub labels: Vec<String>,
    /// What was seen in each column of the first file's labels.
    pub stats: Vec<ColumnStats>,
    /// The files.
    pub files: Vec<FileProfile>,
    /// Lines that were looked at.
    pub rows: u64,
    /// Lines that have not the fields of the header, or are no text.
    pub odd_lines: u64,
}

/// How to read.
#[derive(Clone, Debug)]
pub struct ScanOptions {
    /// How the lines are written.
    pub layout: Layout,
    /// Whether files begin with their labels.
    pub has_header: bool,
    /// Bytes of a chunk, about.
    pub chunk: u64,
    /// Places of the columns that lines of one group have in common, by label: chunks are cut between
    /// groups, so that a group is never in two transactions.
    pub group: Vec<String>,
    /// Labels of files that have none.
    pub labels: Vec<String>,
    /// Older labels, and the newest one of the same column.
    pub aliases: BTreeMap<String, String>,
}

/// Why a file cannot be scanned.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// It cannot be read.
    #[error("{0}: {1}")]
    Unreadable(String, #[source] io::Error),
    /// Its header cannot be read.
    #[error("{0}: the header cannot be read ({1})")]
    Header(String, &'static str),
}

/// Reads every file to its end. Blocks its thread: minutes for gigabytes.
///
/// # Errors
/// [`ScanError`].
pub fn scan(
    sources: &[Source],
    options: &ScanOptions,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Profile, ScanError> {
    let mut profile = Profile::default();
    for source in sources {
        let unreadable = |error| ScanError::Unreadable(source.name.clone(), error);
        let (labels, body, line) = head(source, options)?;
        let labels = canonical(labels, &options.aliases);
        let places: Vec<_> = labels.iter().map(|label| profile.place(label)).collect();
        let start = Start { labels, body, line };
        let (file, seen) = one(source, options, start, progress).map_err(unreadable)?;
        for (stats, place) in seen.stats.iter().zip(places) {
            profile.stats[place].merge(stats);
        }
        profile.rows += seen.rows;
        profile.odd_lines += seen.odd;
        profile.files.push(file);
    }
    Ok(profile)
}

/// Labels as the schema knows them, each of them once: the second of two equal ones is told apart.
fn canonical(labels: Vec<String>, aliases: &BTreeMap<String, String>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let newest = |label: String| aliases.get(&label).cloned().unwrap_or(label);
    let mut unique = Vec::with_capacity(labels.len());
    for label in labels.into_iter().map(newest) {
        let mut candidate = label.clone();
        let mut n = 2;
        while !taken.insert(candidate.clone()) {
            candidate = format!("{label} ({n})");
            n += 1;
        }
        unique.push(candidate);
    }
    unique
}

impl Profile {
    /// Place of a label, which is added when no file before had it.
    fn place(&mut self, label: &str) -> usize {
        if let Some(place) = self.labels.iter().position(|known| known == label) {
            return place;
        }
        self.labels.push(label.to_owned());
        self.stats.push(ColumnStats::default());
        self.labels.len() - 1
    }
}

/// The content hash and the size of a file alone.
///
/// # Errors
/// It cannot be read.
pub fn fingerprint(source: &Source) -> io::Result<([u8; 32], u64)> {
    let mut reader = Hashing { reader: source.open(0)?, sha: Sha256Stream::default(), bytes: 0 };
    io::copy(&mut reader, &mut io::sink())?;
    Ok((reader.sha.finish(), reader.bytes))
}

/// What the reading of a file begins with.
struct Start {
    labels: Vec<String>,
    /// First byte after the header.
    body: u64,
    /// First line after the header.
    line: u64,
}

impl Start {
    /// Places of these labels; those that the file has not are left out.
    fn places(&self, labels: &[String]) -> Vec<usize> {
        let place = |label: &String| self.labels.iter().position(|known| known == label);
        labels.iter().filter_map(place).collect()
    }
}

/// The labels of a file, and where its rows begin.
fn head(source: &Source, options: &ScanOptions) -> Result<(Vec<String>, u64, u64), ScanError> {
    let unreadable = |error| ScanError::Unreadable(source.name.clone(), error);
    let mut first = vec![0; 256 << 10];
    let mut reader = source.open(0).map_err(unreadable)?;
    let mut filled = 0;
    while filled < first.len() {
        let read = reader.read(&mut first[filled..]).map_err(unreadable)?;
        if read == 0 {
            break;
        }
        filled += read;
    }
    first.truncate(filled);
    let bom = if first.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let wrong = |reason: Reason| ScanError::Header(source.name.clone(), reason.code());
    let Some((_, line)) = lines(&first[bom..]).next().filter(|_| options.has_header) else {
        let mut scratch = Scratch::default();
        let line = lines(&first[bom..]).next().map_or(&b""[..], |(_, line)| line);
        let count = options.layout.split(line, &mut scratch).map_or(0, |fields| fields.count());
        let labels = (1..=count).map(|n| format!("col {n:02}")).collect();
        let labels = if options.labels.is_empty() { labels } else { options.labels.clone() };
        return Ok((labels, bom as u64, 1));
    };
    if line.len() > LINE_MAX / 8 {
        return Err(wrong(Reason::LineTooLong));
    }
    let mut scratch = Scratch::default();
    let fields = options.layout.split(line, &mut scratch).map_err(wrong)?;
    let labels = fields.iter().map(|label| String::from_utf8_lossy(label).trim().to_owned());
    let end = memchr::memchr(b'\n', &first).map_or(first.len(), |at| at + 1);
    Ok((labels.collect(), end as u64, 2))
}

/// What one thread saw.
#[derive(Default)]
struct Seen {
    stats: Vec<ColumnStats>,
    rows: u64,
    odd: u64,
}

fn one(
    source: &Source,
    options: &ScanOptions,
    start: Start,
    progress: &(dyn Fn(u64) + Sync),
) -> io::Result<(FileProfile, Seen)> {
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get).min(4);
    let width = start.labels.len();
    let (to, from) = sync_channel::<Block>(threads);
    let from = Mutex::new(from);
    // Blocks come back to be filled again: the kernel would clear fresh memory for each.
    let (back, spare) = channel::<Block>();
    std::thread::scope(|scope| {
        let (from, layout) = (&from, &options.layout);
        let workers: Vec<_> = (0..threads)
            .map(|_| back.clone())
            .map(|back| scope.spawn(move || look(from, &back, layout, width)))
            .collect();
        let read = read(source, options, start, progress, |block| {
            // The workers outlive the reader: the channel is open.
            drop(to.send(block));
            spare.try_recv().ok()
        });
        drop(to);
        let mut seen = Seen { stats: vec![ColumnStats::default(); width], rows: 0, odd: 0 };
        for worker in workers {
            let part =
                worker.join().map_err(|_| io::Error::other("a profiling thread panicked"))?;
            for (stats, more) in seen.stats.iter_mut().zip(&part.stats) {
                stats.merge(more);
            }
            seen.rows += part.rows;
            seen.odd += part.odd;
        }
        Ok((read?, seen))
    })
}

/// Looks at every value of the blocks that come.
fn look(
    blocks: &Mutex<Receiver<Block>>,
    back: &Sender<Block>,
    layout: &Layout,
    width: usize,
) -> Seen {
    let mut seen = Seen { stats: vec![ColumnStats::default(); width], rows: 0, odd: 0 };
    let mut scratch = Scratch::default();
    loop {
        let Ok(Ok(block)) = blocks.lock().map(|blocks| blocks.recv()) else { return seen };
        if block.is_oversize {
            seen.odd += 1;
            continue;
        }
        let survey = layout.survey(&block.bytes);
        for (line, (_, text)) in (block.first_line..).zip(lines(&block.bytes)) {
            if text.is_empty() || layout.is_trailer(text) {
                continue;
            }
            match layout.split_known(text, survey, &mut scratch) {
                Ok(fields) if fields.count() == width => {
                    seen.rows += 1;
                    for (stats, value) in seen.stats.iter_mut().zip(fields.iter()) {
                        stats.see(value, line);
                    }
                }
                _ => seen.odd += 1,
            }
        }
        // The reader may have ended: then nobody needs it.
        drop(back.send(block));
    }
}

/// Reads a file block by block, hands the blocks on, and finds the borders of its chunks. A block that
/// `hand_on` gives back is filled again.
fn read(
    source: &Source,
    options: &ScanOptions,
    start: Start,
    progress: &(dyn Fn(u64) + Sync),
    mut hand_on: impl FnMut(Block) -> Option<Block>,
) -> io::Result<FileProfile> {
    let mut reader = Hashing { reader: source.open(0)?, sha: Sha256Stream::default(), bytes: 0 };
    let mut head = vec![0; usize::try_from(start.body).unwrap_or(usize::MAX)];
    reader.read_exact(&mut head)?;
    let places = start.places(&options.group);
    let mut borders = Borders::new(options.chunk, places, (start.body, start.line));
    let mut blocks = Blocks::at(reader, start.body, start.line);
    let mut last_line = start.line - 1;
    while let Some(block) = blocks.next_block()? {
        borders.pass(&block, &options.layout);
        last_line = block.first_line + block.count() - 1;
        progress(block.bytes.len() as u64);
        if let Some(spare) = hand_on(block) {
            blocks.take_back(spare);
        }
    }
    let reader = blocks.into_inner();
    Ok(FileProfile {
        labels: start.labels,
        bytes: reader.bytes,
        lines: last_line,
        chunks: borders.finish(),
        sha256: reader.sha.finish(),
    })
}

/// Passes bytes on and hashes them.
struct Hashing {
    reader: Box<dyn Read + Send>,
    sha: Sha256Stream,
    bytes: u64,
}

impl Read for Hashing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.sha.update(&buffer[..read]);
        self.bytes += read as u64;
        Ok(read)
    }
}
