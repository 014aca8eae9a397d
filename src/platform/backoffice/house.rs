//! The rooms put together behind one door.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::get;

use super::ROOT;
use super::guard::{Door, admit};
use super::page::home;
use super::room::{Entry, Room};
use super::staff::StaffSessions;

/// Longest form of staff.
const BODY_LIMIT: usize = 32 * 1024;

/// The back office under construction.
pub struct Backoffice {
    sessions: Arc<dyn StaffSessions>,
    entries: Vec<Entry>,
    router: Router,
}

impl Backoffice {
    /// An empty house whose visitors are known by these sessions.
    pub fn new(sessions: Arc<dyn StaffSessions>) -> Self {
        Self { sessions, entries: Vec::new(), router: Router::new() }
    }

    /// Adds a room, in the order of the navigation. The addresses of `routes` are below its own.
    #[must_use]
    pub fn room<R: Room>(mut self, routes: Router) -> Self {
        self.entries.push(Entry::of::<R>());
        Self { router: self.router.nest(R::PATH, routes), ..self }
    }

    /// Everything, behind the guard: an address that does not exist too.
    pub fn routes(self) -> Router {
        let door = Arc::new(Door { sessions: self.sessions, entries: self.entries });
        self.router
            .route(ROOT, get(home))
            .layer(DefaultBodyLimit::max(BODY_LIMIT))
            .route_layer(from_fn_with_state(door, admit))
    }
}
