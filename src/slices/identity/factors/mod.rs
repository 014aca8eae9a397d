//! Second factors: codes of an application, recovery codes on paper, passkeys.

mod passkeys;
mod recovery;
mod totp;

pub(super) use passkeys::{Asked, Passkeys, relying_party};
pub(super) use recovery::{Recovery, shown};
pub(super) use totp::Totps;
