//! One chunk: its lines, encoded piece by piece while they are sent, its rejects and its sales.

use std::collections::BTreeMap;
use std::io::{self, Read};

use crc32fast::Hasher;

use super::plan::{FilePlan, Refused};
use crate::slices::campaigns::etl::read::{Blocks, LINE_MAX, Reason, Scratch, Survey, lines};

/// Bytes of a piece that is sent.
const PIECE: usize = 64 << 10;

/// Room of a piece: one more line is written when it is nearly full.
pub const PIECE_ROOM: usize = PIECE + (64 << 10);

/// Bytes that are kept of a line that is given back.
const KEPT: usize = 64 << 10;

/// Lines that were repaired by hand, by their numbers.
pub type Overrides = BTreeMap<u64, Vec<u8>>;

/// A line that is given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Its number in the file.
    pub line: u64,
    /// Where it begins in the file.
    pub byte: u64,
    /// The column at fault; empty when it is the line.
    pub column: String,
    /// Why.
    pub reason: Reason,
    /// The line as it was written.
    pub raw: Vec<u8>,
}

/// What became of a chunk.
#[derive(Clone, Debug, Default)]
pub struct Encoded {
    /// Rows that were sent.
    pub rows: u64,
    /// Empty lines.
    pub blanks: u64,
    /// Trailer lines.
    pub trailers: u64,
    /// Lines that are given back.
    pub rejects: Vec<Reject>,
    /// Sales, in the dialect of LOAD DATA.
    pub sales: Vec<u8>,
    /// How many.
    pub sale_count: u64,
    /// Checksum of the bytes that were read.
    pub crc: u32,
}

/// Why a chunk could not be encoded.
#[derive(Debug, thiserror::Error)]
pub enum ChunkError {
    /// The source cannot be read.
    #[error("{0}")]
    Unreadable(#[from] io::Error),
    /// Nobody takes the pieces any more.
    #[error("the server stopped taking rows")]
    Refused,
}

/// Encodes the lines of `reader`, whose first byte is at `byte` and begins line `line`. Pieces go to
/// `send`, which answers an empty buffer for the next one, or nothing when no more is wanted.
///
/// # Errors
/// [`ChunkError`].
pub fn encode(
    plan: &FilePlan,
    reader: impl Read,
    (byte, line): (u64, u64),
    overrides: &Overrides,
    mut send: impl FnMut(Vec<u8>) -> Option<Vec<u8>>,
) -> Result<Encoded, ChunkError> {
    let mut encoded = Encoded::default();
    let mut sales = plan.sales();
    let mut scratch = Scratch::default();
    let mut crc = Hasher::new();
    let mut piece = Vec::with_capacity(PIECE_ROOM);
    let mut blocks = Blocks::at(reader, byte, line);
    while let Some(block) = blocks.next_block()? {
        crc.update(&block.bytes);
        let known = plan.layout.survey(&block.bytes);
        for (number, (at, text)) in (block.first_line..).zip(lines(&block.bytes)) {
            let repaired = overrides.get(&number);
            let (text, survey) =
                repaired.map_or((text, known), |line| (line.as_slice(), Survey::default()));
            let is_long = block.is_oversize || text.len() > LINE_MAX;
            let outcome = if is_long {
                Err(Refused { reason: Reason::LineTooLong, column: String::new() })
            } else if text.is_empty() {
                encoded.blanks += 1;
                continue;
            } else if plan.layout.is_trailer(text) {
                encoded.trailers += 1;
                continue;
            } else {
                one(plan, (text, survey), number, &mut scratch, &mut piece, sales.as_mut())
            };
            match outcome {
                Ok(()) => encoded.rows += 1,
                Err(refused) => {
                    let byte = block.offset + at as u64;
                    encoded.rejects.push(reject(refused, number, byte, text));
                }
            }
            if piece.len() >= PIECE {
                piece = send(piece).ok_or(ChunkError::Refused)?;
            }
        }
        blocks.take_back(block);
    }
    if !piece.is_empty() && send(piece).is_none() {
        return Err(ChunkError::Refused);
    }
    if let Some(mut sales) = sales {
        sales.flush();
        encoded.sale_count = sales.count;
        encoded.sales = sales.out;
    }
    encoded.crc = crc.finalize();
    Ok(encoded)
}

fn one(
    plan: &FilePlan,
    (text, survey): (&[u8], Survey),
    line: u64,
    scratch: &mut Scratch,
    out: &mut Vec<u8>,
    sales: Option<&mut super::sale::SaleBuilder<'_>>,
) -> Result<(), Refused> {
    let refused = |reason| Refused { reason, column: String::new() };
    let fields = plan.layout.split_known(text, survey, scratch).map_err(refused)?;
    plan.write(fields, (line, survey.is_plain(text)), out)?;
    if let Some(sales) = sales {
        sales.add(fields, plan.id(line));
    }
    Ok(())
}

fn reject(refused: Refused, line: u64, byte: u64, text: &[u8]) -> Reject {
    let Refused { reason, column } = refused;
    Reject { line, byte, column, reason, raw: text[..text.len().min(KEPT)].to_vec() }
}
