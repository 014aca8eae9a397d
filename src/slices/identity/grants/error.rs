//! How a request is refused: in words of the standards, to a program or to a person.
//!
//! What may be sent to an application's address ([`Refusal`]) and what may only be shown here
//! ([`PageOnly`]) are two types: a request whose application or address is in doubt must never redirect
//! (RFC 6749 §4.1.2.1).

use crate::slices::identity::model::{ErrorCode, Mode};

/// A refusal for a program: its code, and a sentence for who writes it. Never a value that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct OAuthError {
    pub(in super::super) code: ErrorCode,
    pub(in super::super) description: &'static str,
}

impl OAuthError {
    pub(in super::super) const fn new(code: ErrorCode, description: &'static str) -> Self {
        Self { code, description }
    }

    /// The request is not well formed.
    pub(in super::super) const fn request(description: &'static str) -> Self {
        Self::new(ErrorCode::InvalidRequest, description)
    }

    /// A code, a token or a password that opens nothing: one sentence for every reason.
    pub(in super::super) const fn grant() -> Self {
        Self::new(ErrorCode::InvalidGrant, "the grant is unknown, expired, used, or not yours")
    }

    /// An application that did not prove who it is: one sentence for every reason.
    pub(in super::super) const fn client() -> Self {
        Self::new(ErrorCode::InvalidClient, "client authentication failed")
    }
}

/// A refusal that goes to the application, at its own address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Refusal {
    pub(in super::super) error: OAuthError,
    pub(in super::super) redirect_uri: Box<str>,
    pub(in super::super) mode: Mode,
    pub(in super::super) state: Option<Box<str>>,
}

/// A refusal that is shown on our own page, because no address can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum PageOnly {
    /// A parameter that names the application or the address is missing, doubled or unreadable.
    Unreadable,
    /// No application has this `client_id` in this pool.
    UnknownClient,
    /// The address is not one of the application's.
    UnknownAddress,
    /// The login under way is over, or belongs to another browser.
    Over,
}

impl PageOnly {
    /// Stable code, shown with the page for who writes the application.
    pub(in super::super) const fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "invalid_request",
            Self::UnknownClient => "invalid_client",
            Self::UnknownAddress => "invalid_redirect_uri",
            Self::Over => "login_expired",
        }
    }

    /// What a person reads, in French then in English.
    pub(in super::super) const fn sentences(self) -> [&'static str; 2] {
        match self {
            Self::Unreadable => [
                "L’application qui vous envoie ici a fait une demande incomplète.",
                "The application that sent you here made an incomplete request.",
            ],
            Self::UnknownClient => [
                "L’application qui vous envoie ici n’est pas enregistrée.",
                "The application that sent you here is not registered.",
            ],
            Self::UnknownAddress => [
                "L’adresse de retour de cette application n’est pas enregistrée.",
                "The return address of this application is not registered.",
            ],
            Self::Over => [
                "Cette connexion est terminée ou a expiré. Repartez de l’application.",
                "This login is over or has expired. Start again from the application.",
            ],
        }
    }
}
