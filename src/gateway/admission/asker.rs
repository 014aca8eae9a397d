//! What the layers have learnt of who asks, left on a refused response for who watches: never for who
//! asks.

use std::sync::Arc;

use axum::response::Response;

/// Of whom and why, as far as the request came.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Asker {
    /// Public part of the key.
    pub(in super::super) api_key: Option<Box<str>>,
    /// Application of the token.
    pub(in super::super) application: Option<Arc<str>>,
    /// Why it was refused.
    pub(in super::super) why: Option<Box<str>>,
    /// The firewall found something and let it through: operators look at it before they let it refuse.
    pub(in super::super) is_noted: bool,
}

impl Asker {
    /// What is known already of who asked for this response.
    pub(in super::super) fn of(response: &mut Response) -> &mut Self {
        response.extensions_mut().get_or_insert_default()
    }
}
