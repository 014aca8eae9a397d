//! From a stream of bytes to blocks of whole lines, of bounded size.
//!
//! Plain reads, never a memory map: a file that is cut short under a map kills the process.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memrchr};

/// Bytes of a block; a longer line than [`LINE_MAX`] is cut, never a larger buffer.
pub(super) const BLOCK: usize = 4 << 20;

/// A line may have so many bytes; a longer one is given back as a reject.
pub const LINE_MAX: usize = 1 << 20;

/// What is kept of a line that is too long.
const KEPT: usize = 64 << 10;

/// Whole lines, one after the other.
#[derive(Debug, Default)]
pub struct Block {
    /// The lines, with their ends.
    pub bytes: Vec<u8>,
    /// Where the first one begins in the file (uncompressed).
    pub offset: u64,
    /// Number of the first one, from 1.
    pub first_line: u64,
    /// It is the beginning of one line that is too long.
    pub is_oversize: bool,
}

impl Block {
    /// How many lines it has; the last one of a file may lack its end.
    pub fn count(&self) -> u64 {
        if self.is_oversize {
            return 1;
        }
        let open = self.bytes.last().is_some_and(|last| *last != b'\n');
        memchr_iter(b'\n', &self.bytes).count() as u64 + u64::from(open)
    }
}

/// The lines of a block without their ends (LF or CRLF), with the offset of each in the block.
pub fn lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut start = 0;
    std::iter::from_fn(move || {
        if start >= bytes.len() {
            return None;
        }
        let end = memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |at| start + at);
        let line = &bytes[start..end];
        let item = (start, line.strip_suffix(b"\r").unwrap_or(line));
        start = end + 1;
        Some(item)
    })
}

/// Reads a stream block by block.
pub struct Blocks<R> {
    reader: R,
    carry: Vec<u8>,
    spare: Vec<u8>,
    offset: u64,
    line: u64,
    is_ended: bool,
}

impl<R: Read> Blocks<R> {
    /// A stream whose next byte is at `offset`, the beginning of line `line`.
    pub fn at(reader: R, offset: u64, line: u64) -> Self {
        Self { reader, carry: Vec::new(), spare: Vec::new(), offset, line, is_ended: false }
    }

    /// The next block.
    ///
    /// # Errors
    /// The stream cannot be read.
    pub fn next_block(&mut self) -> io::Result<Option<Block>> {
        let mut bytes = std::mem::take(&mut self.spare);
        bytes.clear();
        bytes.append(&mut self.carry);
        self.fill(&mut bytes)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        let whole = match memrchr(b'\n', &bytes) {
            _ if self.is_ended => bytes.len(),
            Some(end) => end + 1,
            None => return self.oversize(bytes).map(Some),
        };
        self.carry.extend_from_slice(&bytes[whole..]);
        bytes.truncate(whole);
        let block = Block { bytes, offset: self.offset, first_line: self.line, is_oversize: false };
        self.offset += block.bytes.len() as u64;
        self.line += block.count();
        Ok(Some(block))
    }

    /// Takes a block's memory back, for the next one.
    pub fn take_back(&mut self, block: Block) {
        self.spare = block.bytes;
    }

    /// The stream, read as far as it was.
    pub fn into_inner(self) -> R {
        self.reader
    }

    /// Reads until a block is full or the stream has ended.
    fn fill(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        let had = bytes.len();
        bytes.reserve(BLOCK.saturating_sub(had));
        let wanted = BLOCK.saturating_sub(had) as u64;
        if !self.is_ended && wanted > 0 {
            let read = (&mut self.reader).take(wanted).read_to_end(bytes)?;
            self.is_ended = (read as u64) < wanted;
        }
        Ok(())
    }

    /// A line that fills a whole block: its beginning is kept, the rest is passed over.
    fn oversize(&mut self, mut bytes: Vec<u8>) -> io::Result<Block> {
        let (offset, first_line) = (self.offset, self.line);
        self.offset += bytes.len() as u64;
        bytes.truncate(KEPT);
        let mut buffer = vec![0; 64 << 10];
        loop {
            let read = self.reader.read(&mut buffer)?;
            if read == 0 {
                self.is_ended = true;
                break;
            }
            if let Some(end) = memchr(b'\n', &buffer[..read]) {
                self.offset += end as u64 + 1;
                self.carry.extend_from_slice(&buffer[end + 1..read]);
                break;
            }
            self.offset += read as u64;
        }
        self.line += 1;
        Ok(Block { bytes, offset, first_line, is_oversize: true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &[u8]) -> Vec<Block> {
        let mut blocks = Blocks::at(text, 0, 1);
        std::iter::from_fn(|| blocks.next_block().expect("memory is readable")).collect()
    }

    #[test]
    fn lines_lose_their_ends_and_nothing_else() {
        let found: Vec<_> = lines(b"a\r\n\nb\rc\nlast").collect();
        let expected: [(usize, &[u8]); 4] = [(0, b"a"), (3, b""), (4, b"b\rc"), (8, b"last")];
        assert_eq!(found, expected);
        assert_eq!(lines(b"").count(), 0);
    }

    #[test]
    fn blocks_cover_the_stream_and_count_its_lines() {
        let text = "0123456789abcdef\n".repeat(600_000);
        let blocks = all(text.as_bytes());
        assert!(blocks.len() > 2);
        let (mut offset, mut line) = (0, 1);
        for block in &blocks {
            assert_eq!((block.offset, block.first_line), (offset, line));
            assert!(block.bytes.ends_with(b"\n") && block.bytes.len() <= BLOCK);
            offset += block.bytes.len() as u64;
            line += block.count();
        }
        assert_eq!((offset, line), (text.len() as u64, 600_001));
    }

    #[test]
    fn a_line_without_end_is_cut_and_the_next_ones_are_whole() {
        let mut text = vec![b'x'; BLOCK + 300_000];
        text.extend_from_slice(b"\nnext\n");
        let blocks = all(&text);
        assert!(blocks[0].is_oversize && blocks[0].bytes.len() == KEPT);
        assert_eq!((blocks[1].bytes.as_slice(), blocks[1].first_line), (&b"next\n"[..], 2));
        assert_eq!(blocks[1].offset, text.len() as u64 - 5);
    }
}
