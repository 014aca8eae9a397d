//! Messages: e-mails and SMS that leave through a transactional outbox.
//!
//! Another slice writes a message in its own transaction ([`Messages::post`]); it leaves if and only
//! if that commits, and at most once for one event. Who a message is for and what it says are sealed
//! until it has left, then erased; neither is ever written to a log. This slice decides nothing about
//! what is said, or to whom.

mod adapter;
mod budget;
mod delivery;
mod error;
mod message;
mod operators;
mod pages;
mod service;
mod settings;
mod store;
mod tending;

pub use adapter::TransportError;
pub use budget::{Allowance, Spender, Spent};
pub use error::PostError;
pub use message::{Channel, Letter, Message, MessageId, Recipient};
pub use operators::{Refusal, Sought};
pub use pages::development;
pub use service::{Messages, Posted};
pub use settings::{
    EmailTransport, MessagesSettings, ProviderSettings, SmsTransport, SmtpSettings,
};
pub use store::{Listed, State};

/// Every statement of this slice, for the test that prepares them.
pub const STATEMENTS: &[crate::platform::db::Statement] = store::STATEMENTS;
