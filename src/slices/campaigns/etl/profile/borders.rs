//! Where the chunks of a file begin, found while it is read. Decides nothing else.

use crc32fast::Hasher;

use crate::slices::campaigns::etl::read::{Block, Layout, Scratch, lines};

/// Where a chunk begins, and what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChunkStart {
    /// First byte, in the uncompressed text.
    pub byte: u64,
    /// Number of its first line.
    pub line: u64,
    /// Checksum of its bytes: what is loaded is what was looked at.
    pub crc: u32,
}

/// Places the borders: a function of the content, the chunk size and the group, and of nothing else.
pub(super) struct Borders {
    chunk: u64,
    group: Vec<usize>,
    next: u64,
    /// Group of the line before, once a border is looked for.
    before: Option<Vec<u8>>,
    chunks: Vec<ChunkStart>,
    crc: Hasher,
    scratch: Scratch,
}

impl Borders {
    /// Of a file whose rows begin at this byte, with this line.
    pub(super) fn new(chunk: u64, group: Vec<usize>, (byte, line): (u64, u64)) -> Self {
        Self {
            chunk,
            group,
            next: byte + chunk,
            before: None,
            chunks: vec![ChunkStart { byte, line, crc: 0 }],
            crc: Hasher::new(),
            scratch: Scratch::default(),
        }
    }

    /// Takes a block into account.
    pub(super) fn pass(&mut self, block: &Block, layout: &Layout) {
        let end = block.offset + block.bytes.len() as u64;
        if block.is_oversize || end <= self.next {
            self.crc.update(&block.bytes);
            return;
        }
        let mut done = 0;
        let mut rest = (block.first_line..).zip(lines(&block.bytes)).peekable();
        while let Some((line, (at, text))) = rest.next() {
            let byte = block.offset + at as u64;
            // The lines before a border are looked at as well: they say whether the group goes on.
            if byte + (64 << 10) < self.next {
                continue;
            }
            let group = self.group_of(text, layout);
            let next = rest.peek().map(|(_, (_, next))| self.group_of(next, layout));
            let before = self.before.as_ref();
            // A line that differs alone, between two of one group, will be given back: no border.
            let goes_on = !self.group.is_empty()
                && (next.is_none() || before == Some(&group) || before == next.as_ref());
            if byte >= self.next && !goes_on {
                self.crc.update(&block.bytes[done..at]);
                done = at;
                self.begin(byte, line);
            }
            let is_stray = self.before.is_some() && self.before == next;
            if !is_stray {
                self.before = Some(group);
            }
        }
        self.crc.update(&block.bytes[done..]);
    }

    fn group_of(&mut self, text: &[u8], layout: &Layout) -> Vec<u8> {
        let mut group = Vec::new();
        if let Ok(fields) = layout.split(text, &mut self.scratch) {
            for place in &self.group {
                group.extend_from_slice(fields.get(*place));
                group.push(0);
            }
        }
        group
    }

    fn begin(&mut self, byte: u64, line: u64) {
        let crc = std::mem::replace(&mut self.crc, Hasher::new());
        if let Some(last) = self.chunks.last_mut() {
            last.crc = crc.finalize();
        }
        self.chunks.push(ChunkStart { byte, line, crc: 0 });
        self.next = byte + self.chunk;
    }

    /// The chunks.
    pub(super) fn finish(mut self) -> Vec<ChunkStart> {
        if let Some(last) = self.chunks.last_mut() {
            last.crc = self.crc.finalize();
        }
        self.chunks
    }
}
