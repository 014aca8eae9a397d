//! Reading: where files come from, and how their bytes become lines. Knows no type and no database.

mod blocks;
mod layout;
mod s3;
mod source;
mod zipped;

pub use blocks::{Block, Blocks, LINE_MAX, lines};
pub use layout::{Fields, Layout, Reason, Scratch, Survey};
pub use source::{Source, SourceError, discover};
