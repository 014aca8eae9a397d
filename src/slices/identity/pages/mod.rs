//! The hosted pages of every pool: sign-up, login, second factors, consent, and a person's account.
//!
//! What an application merges: [`routes`]. A page says what a room behind it has found out and decides
//! nothing else. Nothing needs a script but passkeys. No page is kept by a browser.

mod account;
mod consents;
mod factors;
mod forgot;
mod frame;
mod links;
mod login;
mod logout;
mod mfa;
mod notice;
mod passkey;
mod passwords;
mod qr;
#[cfg(test)]
mod samples;
mod sessions;
mod setup;
mod signup;
mod visit;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;

use super::accounts::Accounts;
use super::concluding::Concluding;
use super::core::{Core, Identity};
use super::ending::Ending;
use super::factors::{Passkeys, Recovery, Totps};
use super::issuing::Grants;
use super::knocking::Knocking;
use super::login::Logins;
use super::sessions::Sessions;
use super::throttle::Throttle;

/// Longest form: what a passkey says is the longest.
const BODY_LIMIT: usize = 16 * 1024;

/// What the pages speak for. Cheap to clone.
#[derive(Clone)]
struct Rooms {
    core: Arc<Core>,
    accounts: Accounts,
    concluding: Concluding,
    ending: Ending,
    grants: Grants,
    knocking: Knocking,
    logins: Logins,
    passkeys: Passkeys,
    recovery: Recovery,
    sessions: Sessions,
    throttle: Throttle,
    totps: Totps,
}

impl Rooms {
    fn new(core: &Arc<Core>) -> Self {
        let core = || Arc::clone(core);
        Self {
            core: core(),
            accounts: Accounts::new(core()),
            concluding: Concluding::new(core()),
            ending: Ending::new(core()),
            grants: Grants::new(core()),
            knocking: Knocking::new(core()),
            logins: Logins::new(core()),
            passkeys: Passkeys::new(core()),
            recovery: Recovery::new(core()),
            sessions: Sessions::new(core()),
            throttle: Throttle::new(core()),
            totps: Totps::new(core()),
        }
    }
}

/// The routes of the pages.
pub fn routes(identity: &Identity) -> Router {
    let at = |path: &str| format!("/pools/{{pool}}{path}");
    let login = Router::new()
        .route(&at("/login"), get(login::show).post(login::submit))
        .route(&at("/signup"), get(signup::show).post(signup::submit))
        .route(&at("/confirm"), get(signup::show_code).post(signup::confirm))
        .route(&at("/forgot"), get(forgot::show).post(forgot::submit))
        .route(&at("/reset"), get(forgot::show_reset).post(forgot::reset))
        .route(&at("/consent"), get(consents::show).post(consents::submit))
        .route(&at("/mfa"), get(mfa::show).post(mfa::submit))
        .route(&at("/setup"), get(setup::show).post(setup::submit))
        .route(&at("/passkey"), get(passkey::show).post(passkey::submit));
    let account = Router::new()
        .route(&at("/account"), get(account::show).post(account::submit))
        .route(&at("/account/password"), get(passwords::show).post(passwords::submit))
        .route(&at("/account/factors"), get(factors::show).post(factors::submit))
        .route(&at("/account/factors/application"), get(setup::show_mine).post(setup::submit_mine))
        .route(&at("/account/factors/passkey"), get(passkey::show_mine).post(passkey::submit_mine))
        .route(&at("/account/sessions"), get(sessions::show).post(sessions::submit))
        .route(&at("/account/consents"), get(consents::show_mine).post(consents::submit_mine))
        .route(&at("/account/links"), get(links::show).post(links::submit))
        .route(&at("/account/logout"), get(logout::show).post(logout::submit));
    login
        .merge(account)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(Rooms::new(&identity.core))
}
