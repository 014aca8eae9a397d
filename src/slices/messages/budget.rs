//! How much may be sent to people who did not ask us themselves: anybody can type somebody else's
//! address, so a page that writes to what was typed spends from budgets first.
//!
//! Windows are fixed (this hour, this day): two of them side by side let through twice as much at
//! most. What is counted is written in the caller's transaction and goes with it.

use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::error::PostError;
use super::message::Recipient;
use super::service::Messages;
use crate::platform::crypto::SealError;
use crate::platform::db::Connection;

/// Whose budget it is.
#[derive(Clone, Copy, Debug)]
pub enum Spender<'a> {
    /// The address written to.
    Recipient(&'a Recipient),
    /// The network that asks; an IPv6 household counts once (`platform::web::facts::network`).
    Network(IpAddr),
    /// What the message is about, whoever it goes to.
    Matter(Uuid),
    /// All together.
    Everyone,
}

/// So many messages of one purpose in one window of time.
#[derive(Clone, Copy, Debug)]
pub struct Allowance<'a> {
    /// Whose budget it is.
    pub of: Spender<'a>,
    /// Messages in a window, at most.
    pub most: u32,
    /// Length of a window, a second at least.
    pub window: Duration,
}

/// A budget is used up. The caller's transaction must not commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent {
    /// Until its next window.
    pub wait: Duration,
}

impl Messages {
    /// Spends one message of each of these budgets in the caller's transaction, or says which wait is
    /// the first that is in the way. Exact however many ask at once: each budget of a window is a row,
    /// held until the caller's transaction ends.
    ///
    /// # Errors
    /// No key is configured; the database does not answer.
    pub async fn spend(
        &self,
        connection: &mut Connection,
        purpose: &str,
        allowances: &[Allowance<'_>],
    ) -> Result<Result<(), Spent>, PostError> {
        let now = self.shared.clock.now();
        let mut budgets = Vec::with_capacity(allowances.len());
        for allowance in allowances {
            let (number, ends) = window(now, allowance.window);
            let mark = self.mark(purpose, allowance, number)?;
            budgets.push((mark, allowance.most, ends));
        }
        // Always in one order: two requests never wait for each other.
        budgets.sort_unstable();
        for (mark, most, ends) in budgets {
            if self.shared.outbox.spend(&mut *connection, &mark, ends).await? > most {
                metrics::counter!("messages_budget_spent_total").increment(1);
                return Ok(Err(Spent { wait: ends.duration_since(now).unsigned_abs() }));
            }
        }
        Ok(Ok(()))
    }

    fn mark(
        &self,
        purpose: &str,
        allowance: &Allowance<'_>,
        number: i64,
    ) -> Result<[u8; 32], SealError> {
        let (kind, subject) = match allowance.of {
            Spender::Recipient(to) => ("recipient", to.address().to_lowercase()),
            Spender::Network(address) => ("network", address.to_string()),
            Spender::Matter(id) => ("matter", id.to_string()),
            Spender::Everyone => ("everyone", String::new()),
        };
        let (length, number) = (allowance.window.as_secs().to_be_bytes(), number.to_be_bytes());
        let place: [&[u8]; 5] =
            [b"message_budget", purpose.as_bytes(), kind.as_bytes(), &length, &number];
        let marks = self.shared.keyring.marks(&place, subject.as_bytes());
        marks.first().copied().ok_or(SealError::NoKey)
    }
}

/// The number of the window that holds this instant, and its end.
fn window(now: Timestamp, length: Duration) -> (i64, Timestamp) {
    let length = i64::try_from(length.as_secs()).unwrap_or(i64::MAX).max(1);
    let number = now.as_second().div_euclid(length);
    let ends = number.saturating_add(1).saturating_mul(length);
    (number, Timestamp::from_second(ends).unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_follow_each_other_without_a_gap() {
        let hour = Duration::from_secs(3600);
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let (first, ends) = window(at("2026-11-23T09:59:59.999Z"), hour);
        assert_eq!(ends, at("2026-11-23T10:00:00Z"));
        assert_eq!(window(ends, hour), (first + 1, at("2026-11-23T11:00:00Z")));
        assert_eq!(window(ends, Duration::ZERO).1, at("2026-11-23T10:00:01Z"));
    }
}
