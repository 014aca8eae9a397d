//! SQL of the loader: named statements on the control tables, and statements that are made for one
//! schema, whose identifiers come from the normaliser and from nowhere else.

pub(super) mod control;
pub(super) mod session;
pub(super) mod tables;

/// Every statement of this room that can be prepared.
pub(in crate::slices::campaigns) const STATEMENTS: &[crate::platform::db::Statement] =
    control::STATEMENTS;
