//! Payers who are not who subscribes (*tiers payeur*): the account is somebody else's, who gives the mandate
//! by a link of their own, on their own telephone, and signs it with a code of their own.
//!
//! The borrower learns of them what they typed themselves and whether the mandate is given; never an
//! account, an address or a trace of their signature. The payer learns who asks and what is debited; nothing
//! of the loan, of health, or of the borrower but their name. A link opens one demand, once, for fourteen
//! days. Everything known of a payer is sealed, and goes when no contract comes of it. See
//! `docs/contracts.md`.

mod asking;
mod erasing;
mod giving;
mod holding;
mod letters;
mod making;
mod model;
mod reading;
mod signing;

pub(super) use asking::{Sent, quote_of};
pub use erasing::ErasedPayers;
pub(super) use erasing::{FORGET_MANDATE, FORGET_PAYERS};
pub(super) use giving::{Offered, Opened};
pub use holding::HeldPayer;
pub(super) use making::MANDATE;
pub(super) use model::{Payer, Standing, TIES, Typed};
pub(super) use reading::{invited, typed};
pub(super) use signing::{Act, CONSENTS, Given};
