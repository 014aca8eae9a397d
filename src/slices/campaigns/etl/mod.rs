//! ETL: text files of any size into a typed table, exactly once: read → profile → schema → encode →
//! load → report. Rooms know those before them only; SQL is in `load` alone.

pub mod encode;
pub mod generate;
pub mod load;
pub mod prepare;
pub mod profile;
pub mod read;
pub mod schema;
