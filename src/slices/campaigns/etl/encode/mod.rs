//! Encoding: from a raw line to the row that is sent. Every value is checked here, because the server's
//! LOAD DATA LOCAL alters what it does not understand and goes on: what leaves this room causes no
//! warning. Knows no connection.

mod chunk;
mod plan;
mod sale;
mod value;

pub use chunk::{ChunkError, Encoded, Overrides, PIECE_ROOM, Reject, encode};
pub use plan::{FilePlan, RowShape};
pub use sale::SALE_COLUMNS;
pub use value::escaped;
