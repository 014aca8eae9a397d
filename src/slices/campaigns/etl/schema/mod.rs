//! Schema: the reviewed definition of a dataset (TOML). It says how its files are written, what each
//! column is, and how a later file may differ. Reads no data and knows no SQL connection.

mod contract;
mod definition;
mod hash;
mod kind;

pub use contract::{Conflict, Fitted, FittedColumn, fit};
pub(crate) use definition::is_name;
pub use definition::{
    Column, Dataset, Definition, DefinitionError, Derived, Encoding, Part, SaleRoles,
};
pub use kind::{ColumnType, Shape};
