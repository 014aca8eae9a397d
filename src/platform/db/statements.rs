//! SQL under names: a statement is a constant, and every constant is in a list.
//!
//! A test sends each listed statement to a real server's `PREPARE` after the migrations, on both
//! engines: a misspelt column is found without a database at compile time.

/// One statement: its name and its text.
pub type Statement = (&'static str, &'static str);

/// Declares named statements and `STATEMENTS`, the list of all of them.
///
/// ```text
/// statements! {
///     /// The quote under a number.
///     FIND_QUOTE = "SELECT … FROM quote WHERE id = ?";
/// }
/// ```
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)+) => {
        $($(#[$doc])* const $name: &str = $sql;)+

        /// Every statement of this room, for the test that prepares them.
        pub(crate) const STATEMENTS: &[$crate::platform::db::Statement] =
            &[$((stringify!($name), $name)),+];
    };
}

pub(crate) use statements;
