//! The authorization response: an address of the application with the answer in it, and always with
//! our name, so that an application of several servers is not confused (RFC 9207).

use url::form_urlencoded::Serializer;

use super::ask::Asked;
use super::error::Refusal;
use crate::slices::identity::model::Mode;

/// An answer under way.
pub(in super::super) struct Answer<'a> {
    redirect_uri: &'a str,
    mode: Mode,
    pairs: Vec<(&'static str, &'a str)>,
}

impl<'a> Answer<'a> {
    /// The answer to a request, with these values.
    pub(in super::super) fn new(
        asked: &'a Asked,
        pairs: impl IntoIterator<Item = (&'static str, &'a str)>,
    ) -> Self {
        let state = asked.state.as_deref().map(|state| ("state", state));
        Self {
            redirect_uri: &asked.redirect_uri,
            mode: asked.mode,
            pairs: pairs.into_iter().chain(state).collect(),
        }
    }

    /// A refusal.
    pub(in super::super) fn refusal(refusal: &'a Refusal) -> Self {
        let state = refusal.state.as_deref().map(|state| ("state", state));
        let error = [
            ("error", refusal.error.code.code()),
            ("error_description", refusal.error.description),
        ];
        Self {
            redirect_uri: &refusal.redirect_uri,
            mode: refusal.mode,
            pairs: error.into_iter().chain(state).collect(),
        }
    }

    /// The whole address.
    pub(in super::super) fn location(&self, issuer: &str) -> String {
        let mut values = Serializer::new(String::new());
        values.extend_pairs(&self.pairs).append_pair("iss", issuer);
        let values = values.finish();
        let mark = match self.mode {
            Mode::Fragment => '#',
            Mode::Query if self.redirect_uri.contains('?') => '&',
            Mode::Query => '?',
        };
        format!("{}{mark}{values}", self.redirect_uri)
    }
}
