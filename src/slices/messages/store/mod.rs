//! The only SQL of messages. One statement per function but for the claim, and no decision.

mod budgets;
mod claims;
mod mailbox;
mod outbox;

use jiff::Timestamp;

pub(super) use claims::{Claimed, Settled};
pub(super) use mailbox::{Delivered, Mailbox};
pub(super) use outbox::{Depth, Inserted, NewRow, Outbox};

use super::message::MessageId;
use crate::platform::db::statements;

statements! {
    /// A message that waits.
    INSERT = "INSERT INTO message_outbox \
        (id, event, channel, state, recipient_mark, recipient, letter, locale, attempts, \
         created_at, due_at, expires_at) \
        VALUES (?, ?, ?, 'pending', ?, ?, ?, ?, 0, ?, ?, ?)";
    /// A few messages whose time has come and that no other copy is claiming.
    SELECT_DUE = "SELECT id, event, recipient, letter, locale, attempts FROM message_outbox \
        WHERE channel = ? AND state = 'pending' AND due_at <= ? AND expires_at > ? \
        ORDER BY due_at LIMIT ? FOR UPDATE SKIP LOCKED";
    /// One of them is ours from now on.
    CLAIM = "UPDATE message_outbox \
        SET state = 'sending', attempts = attempts + 1, claim = ?, claimed_until = ? WHERE id = ?";
    /// It has left, even if it was thought in doubt meanwhile.
    SENT = "UPDATE message_outbox SET state = 'sent', reason = NULL, recipient = NULL, \
        letter = NULL, claimed_until = NULL, settled_at = ? \
        WHERE id = ? AND claim = ? AND state IN ('sending', 'in_doubt')";
    /// It has certainly not left, and will be tried again.
    LATER = "UPDATE message_outbox SET state = 'pending', reason = ?, due_at = ?, claim = NULL, \
        claimed_until = NULL WHERE id = ? AND claim = ? AND state IN ('sending', 'in_doubt')";
    /// It has certainly not left, and never will.
    DEAD = "UPDATE message_outbox SET state = 'dead', reason = ?, recipient = NULL, letter = NULL, \
        claimed_until = NULL, settled_at = ? \
        WHERE id = ? AND claim = ? AND state IN ('sending', 'in_doubt')";
    /// Nobody knows whether it has left.
    IN_DOUBT = "UPDATE message_outbox SET state = 'in_doubt', reason = ?, claimed_until = NULL \
        WHERE id = ? AND claim = ? AND state = 'sending'";
    /// What a copy that died was sending.
    ABANDONED = "UPDATE message_outbox SET state = 'in_doubt', reason = 'abandoned', \
        claimed_until = NULL WHERE state = 'sending' AND claimed_until <= ? AND channel = ?";
    /// What is of no use any more.
    EXPIRED = "UPDATE message_outbox SET state = 'dead', reason = 'expired', recipient = NULL, \
        letter = NULL, settled_at = ? \
        WHERE state IN ('pending', 'in_doubt') AND expires_at <= ? AND channel = ?";
    /// A few of the oldest rows.
    PURGE = "DELETE FROM message_outbox WHERE settled_at <= ? ORDER BY settled_at LIMIT ?";
    /// How much waits, and since when.
    DEPTH = "SELECT channel, state, COUNT(*), MIN(created_at) FROM message_outbox \
        WHERE state IN ('pending', 'sending', 'in_doubt') GROUP BY channel, state";
    /// The newest messages, or those in one state.
    LIST = "SELECT id, event, channel, state, attempts, reason, created_at, due_at, settled_at \
        FROM message_outbox WHERE ? IN ('', state) ORDER BY id DESC LIMIT ?";
    /// The newest messages of one person.
    LIST_TO = "SELECT id, event, channel, state, attempts, reason, created_at, due_at, settled_at \
        FROM message_outbox WHERE recipient_mark = ? AND ? IN ('', state) ORDER BY id DESC LIMIT ?";
    /// An operator has it sent again, or sooner.
    RETRY = "UPDATE message_outbox SET state = 'pending', reason = NULL, attempts = 0, due_at = ?, \
        claim = NULL WHERE id = ? AND state IN ('pending', 'in_doubt') AND expires_at > ?";
    /// An operator gives it up.
    DROP = "UPDATE message_outbox SET state = 'dead', reason = 'dropped', recipient = NULL, \
        letter = NULL, claim = NULL, settled_at = ? \
        WHERE id = ? AND state IN ('pending', 'in_doubt')";
    /// What an operator asks about.
    STATE = "SELECT state FROM message_outbox WHERE id = ?";
    /// One more of a budget; whoever spends of it too waits here.
    SPEND = "INSERT INTO message_budget (mark, spent, ends_at) VALUES (?, 1, ?) \
        ON DUPLICATE KEY UPDATE spent = spent + 1";
    /// How much of it is spent, our own one among them.
    SPENT = "SELECT spent FROM message_budget WHERE mark = ?";
    /// Windows that are over, a few at a time.
    FORGET_BUDGETS = "DELETE FROM message_budget WHERE ends_at <= ? ORDER BY ends_at LIMIT ?";
    /// A message in the mailbox of development.
    DELIVER = "INSERT INTO message_mailbox (id, channel, recipient, locale, letter, sent_at) \
        VALUES (?, ?, ?, ?, ?, ?)";
    /// The mailbox keeps the newest ones.
    TRIM = "DELETE FROM message_mailbox WHERE sequence <= ?";
    /// The mailbox, newest first, or one recipient's part of it.
    DELIVERED = "SELECT id, channel, recipient, locale, letter, sent_at FROM message_mailbox \
        WHERE ? IN ('', recipient) ORDER BY sequence DESC LIMIT 200";
}

/// Where a message is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It waits for its time.
    Pending,
    /// A copy is sending it.
    Sending,
    /// It has left.
    Sent,
    /// It will never leave.
    Dead,
    /// It may have left: an operator decides.
    InDoubt,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 5] =
        [Self::Pending, Self::Sending, Self::Sent, Self::Dead, Self::InDoubt];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Dead => "dead",
            Self::InDoubt => "in_doubt",
        }
    }
}

/// A message as operators see it: nothing of its content, nothing of its recipient.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its identifier.
    pub id: MessageId,
    /// What it speaks of.
    pub event: String,
    /// Its way.
    pub channel: String,
    /// Where it is.
    pub state: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it did not leave the last time.
    pub reason: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it is tried next, while it waits.
    pub due_at: Timestamp,
    /// When it was sent or given up.
    pub settled_at: Option<Timestamp>,
}
