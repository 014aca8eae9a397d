//! Connections are counted, in all and per address: one client cannot take every seat.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

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
    pub(super) fn take(&self, address: IpAddr) -> Option<Seat> {
        let client = client(address);
        let mut taken = lock(&self.taken);
        let has = taken.by_client.get(&client).copied().unwrap_or(0);
        if taken.all >= self.max || has >= self.max_per_client {
            return None;
        }
        taken.all += 1;
        taken.by_client.insert(client, has + 1);
        Some(Seat { taken: Arc::clone(&self.taken), client })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
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

/// One client is one IPv4 address, or one IPv6 network of 64 bits, which one household has whole.
fn client(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).into(),
        v4 => v4,
    }
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
        assert!(first.is_some() && seats.take(ip("192.0.2.1")).is_none());
        let second = seats.take(ip("192.0.2.2"));
        assert!(second.is_some() && seats.take(ip("192.0.2.3")).is_none());
        drop(first);
        assert!(seats.take(ip("192.0.2.1")).is_some());
        drop(second);
        assert!(lock(&seats.taken).by_client.is_empty());
    }

    #[test]
    fn a_household_is_one_client() {
        let seats = Seats::new(9, 1);
        let _seat = seats.take(ip("2001:db8:0:1::1")).expect("free");
        assert!(seats.take(ip("2001:db8:0:1:ffff::2")).is_none());
        assert!(seats.take(ip("2001:db8:0:2::1")).is_some());
        let _mapped = seats.take(ip("::ffff:192.0.2.1")).expect("free");
        assert!(seats.take(ip("192.0.2.1")).is_none());
    }
}
