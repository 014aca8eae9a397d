//! Connections are counted, in all and per address: one client cannot take every seat.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::platform::web::facts::network;

/// Of an address that is refused, one warning in this time.
const QUIET: Duration = Duration::from_secs(60);

/// Addresses remembered for that; beyond it nothing is said, so that strangers cannot fill the log.
const WARNED_MAX: usize = 1024;

/// The seats of a listener. Cheap to clone: all clones are one.
#[derive(Clone)]
pub(super) struct Seats {
    taken: Arc<Mutex<Taken>>,
    max: usize,
    max_per_client: usize,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_client: HashMap<IpAddr, usize>,
    warned: HashMap<IpAddr, Instant>,
}

/// Why there is no seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// None is left.
    Everywhere,
    /// This client has its share.
    Client {
        /// Whether it is time to say so in the log.
        is_news: bool,
    },
}

impl Full {
    /// Counts the refusal, and says it now and then.
    pub(super) fn note(self, client: IpAddr) {
        let reason = match self {
            Self::Everywhere => "full",
            Self::Client { .. } => "client",
        };
        metrics::counter!("http_connections_refused_total", "reason" => reason).increment(1);
        if self == (Self::Client { is_news: true }) {
            tracing::warn!(%client, "connections refused: server.connections_per_ip_max is reached");
        } else {
            tracing::debug!(%client, reason, "connection refused");
        }
    }
}

impl Taken {
    /// Whether the last warning about this client is old enough.
    fn is_news(&mut self, client: IpAddr, now: Instant) -> bool {
        let is_recent = |at: &Instant| now.duration_since(*at) < QUIET;
        if self.warned.get(&client).is_some_and(is_recent) {
            return false;
        }
        if self.warned.len() >= WARNED_MAX {
            self.warned.retain(|_, at| is_recent(at));
        }
        let has_room = self.warned.len() < WARNED_MAX;
        if has_room {
            self.warned.insert(client, now);
        }
        has_room
    }
}

/// A seat, given back when it is dropped.
pub(super) struct Seat {
    taken: Arc<Mutex<Taken>>,
    client: IpAddr,
}

impl Seats {
    pub(super) fn new(max: usize, max_per_client: usize) -> Self {
        Self { taken: Arc::default(), max, max_per_client }
    }

    /// A seat for this address, unless there is none left or it has its share.
    pub(super) fn take(&self, address: IpAddr) -> Result<Seat, Full> {
        let client = network(address);
        let mut taken = lock(&self.taken);
        let has = taken.by_client.get(&client).copied().unwrap_or(0);
        if taken.all >= self.max {
            return Err(Full::Everywhere);
        }
        if has >= self.max_per_client {
            return Err(Full::Client { is_news: taken.is_news(client, Instant::now()) });
        }
        metrics::gauge!("http_connections_open").increment(1.0);
        taken.all += 1;
        taken.by_client.insert(client, has + 1);
        Ok(Seat { taken: Arc::clone(&self.taken), client })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        metrics::gauge!("http_connections_open").decrement(1.0);
        let mut taken = lock(&self.taken);
        taken.all = taken.all.saturating_sub(1);
        if let Entry::Occupied(mut mine) = taken.by_client.entry(self.client) {
            *mine.get_mut() = mine.get().saturating_sub(1);
            if *mine.get() == 0 {
                mine.remove();
            }
        }
    }
}

/// Counts stay true when a thread panics between two of them: each is one assignment.
fn lock(taken: &Mutex<Taken>) -> std::sync::MutexGuard<'_, Taken> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_seat_is_given_back() {
        let seats = Seats::new(2, 1);
        let first = seats.take(ip("192.0.2.1"));
        assert!(first.is_ok() && seats.take(ip("192.0.2.1")).is_err());
        let second = seats.take(ip("192.0.2.2"));
        assert!(second.is_ok());
        assert_eq!(seats.take(ip("192.0.2.3")).err(), Some(Full::Everywhere));
        drop(first);
        assert!(seats.take(ip("192.0.2.1")).is_ok());
        drop(second);
        assert!(lock(&seats.taken).by_client.is_empty());
    }

    #[test]
    fn a_household_is_one_client() {
        let seats = Seats::new(9, 1);
        let _seat = seats.take(ip("2001:db8:0:1::1")).expect("free");
        assert!(seats.take(ip("2001:db8:0:1:ffff::2")).is_err());
        assert!(seats.take(ip("2001:db8:0:2::1")).is_ok());
        let _mapped = seats.take(ip("::ffff:192.0.2.1")).expect("free");
        assert!(seats.take(ip("192.0.2.1")).is_err());
    }

    #[test]
    fn a_client_is_warned_about_once_a_minute_and_not_without_end() {
        let (mut taken, start) = (Taken::default(), Instant::now());
        assert!(taken.is_news(ip("192.0.2.1"), start));
        assert!(!taken.is_news(ip("192.0.2.1"), start + QUIET / 2));
        assert!(taken.is_news(ip("192.0.2.1"), start + QUIET));
        for number in 0..2000_u32 {
            taken.is_news(std::net::Ipv4Addr::from_bits(number).into(), start + QUIET);
        }
        assert_eq!(taken.warned.len(), WARNED_MAX);
        assert!(taken.is_news(ip("192.0.2.2"), start + QUIET * 3));
    }
}
