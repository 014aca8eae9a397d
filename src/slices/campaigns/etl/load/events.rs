//! What a load says while it works. How it is shown is the command's business.

use std::sync::Arc;

/// A part of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Reading everything once.
    Profile,
    /// Sending rows.
    Load,
    /// Counting what arrived.
    Verify,
    /// Building indexes and aggregates.
    Index,
    /// Making the edition the one that is read.
    Publish,
}

impl Phase {
    /// Its stable word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Load => "load",
            Self::Verify => "verify",
            Self::Index => "index",
            Self::Publish => "publish",
        }
    }
}

/// Something happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A phase begins; so many bytes are ahead of it, so many done before (after a resume).
    Begins {
        /// Which.
        phase: Phase,
        /// Bytes in all; 0 when they do not count.
        bytes: u64,
        /// Bytes that an earlier attempt has done.
        done: u64,
    },
    /// Bytes were read.
    Read(u64),
    /// A chunk is committed.
    Committed {
        /// Bytes of it.
        bytes: u64,
        /// Rows of it.
        rows: u64,
        /// Lines given back.
        rejects: u64,
    },
    /// Something that a person should know.
    Note(String),
}

/// Who is told.
pub type Listener = Arc<dyn Fn(&Event) + Send + Sync>;
