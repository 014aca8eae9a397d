//! Who was refused and why: alike refusals of a few seconds together, a bounded number of them, until
//! the slice that keeps them takes them away. Never a value, a query or a body.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Different refusals that wait at most; more are counted and not kept.
const WAITING: usize = 2000;

/// Whom, at what, and why.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Refused {
    /// Where the request came from.
    pub address: IpAddr,
    /// Public part of the key that it came with.
    pub api_key: Option<Box<str>>,
    /// Application of the token that it came with.
    pub application: Option<Arc<str>>,
    /// HTTP method.
    pub method: &'static str,
    /// Address, with its parameters between braces.
    pub route: Box<str>,
    /// Status.
    pub status: u16,
    /// Which problem.
    pub slug: &'static str,
    /// Why, in words for operators.
    pub why: Option<Box<str>>,
}

/// How often, and the name of the last request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    /// How often.
    pub times: u32,
    /// The last request's identifier.
    pub request_id: Box<str>,
}

/// Refusals that wait to be kept. Cheap to clone: all clones are one.
#[derive(Clone, Default)]
pub struct Refusals(Arc<Mutex<HashMap<Refused, Times>>>);

impl Refusals {
    /// Notes one.
    pub fn note(&self, refused: Refused, request_id: &str) {
        let mut waiting = self.waiting();
        if let Some(known) = waiting.get_mut(&refused) {
            known.times = known.times.saturating_add(1);
            known.request_id = request_id.into();
        } else if waiting.len() < WAITING {
            waiting.insert(refused, Times { times: 1, request_id: request_id.into() });
        } else {
            metrics::counter!("gateway_refusals_not_kept_total").increment(1);
        }
    }

    /// Takes what waits.
    pub fn take(&self) -> Vec<(Refused, Times)> {
        std::mem::take(&mut *self.waiting()).into_iter().collect()
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<Refused, Times>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(last: u8) -> Refused {
        Refused {
            address: [192, 0, 2, last].into(),
            api_key: None,
            application: None,
            method: "GET",
            route: "/v1/quotes".into(),
            status: 403,
            slug: "access-denied",
            why: None,
        }
    }

    #[test]
    fn alike_ones_are_one_and_there_is_a_bound() {
        let refusals = Refusals::default();
        for request in ["a", "b", "c"] {
            refusals.note(refused(1), request);
        }
        let last = Times { times: 3, request_id: "c".into() };
        assert_eq!(refusals.take(), [(refused(1), last)]);
        assert!(refusals.take().is_empty());
        for number in 0..3000_u16 {
            refusals.note(Refused { status: number, ..refused(1) }, "x");
        }
        assert_eq!(refusals.take().len(), WAITING);
    }
}
