//! Profile: one exact pass over everything. Finds the labels, what each column holds, where chunks may
//! begin and the content hash. Decides nothing that loses data, and writes nothing.

mod borders;
mod class;
mod decide;
mod naming;
mod propose;
mod scan;
mod stats;

pub use borders::ChunkStart;
pub use class::{Class, french_date, is_nought, iso_date};
pub use naming::names;
pub use propose::propose;
pub use scan::{FileProfile, Profile, ScanError, ScanOptions, fingerprint, scan};
pub use stats::{ColumnStats, characters};
