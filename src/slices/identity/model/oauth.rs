//! Words of the protocol: what is asked, how it is answered, how it is refused.

use crate::kernel::access::codes;

/// What the application wants back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResponseType {
    /// A code, to be exchanged for tokens.
    Code,
    /// An access token in the address (implicit).
    Token,
    /// An ID token and an access token in the address (implicit).
    IdTokenToken,
}

codes!(ResponseType { Code = "code", Token = "token", IdTokenToken = "id_token token" });

/// Where in the address the answer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// In its query.
    Query,
    /// In its fragment, which browsers send to no server.
    Fragment,
}

codes!(Mode { Query = "query", Fragment = "fragment" });

/// What a person may be bothered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Prompt {
    /// Nothing at all.
    None,
    /// Proving again who they are.
    Login,
    /// Agreeing again.
    Consent,
    /// Choosing an account: here the same as logging in again.
    SelectAccount,
}

codes!(Prompt {
    None = "none",
    Login = "login",
    Consent = "consent",
    SelectAccount = "select_account",
});

/// The codes of RFC 6749 §4.1.2.1 and §5.2, RFC 8707 §2, OpenID Connect Core §3.1.2.6, and "Unmet
/// Authentication Requirements" 1.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the codes of the standards say it all")]
pub enum ErrorCode {
    InvalidRequest,
    InvalidClient,
    InvalidGrant,
    InvalidScope,
    InvalidTarget,
    InvalidToken,
    InsufficientScope,
    UnauthorizedClient,
    UnsupportedGrantType,
    UnsupportedResponseType,
    AccessDenied,
    ServerError,
    TemporarilyUnavailable,
    LoginRequired,
    ConsentRequired,
    RequestNotSupported,
    RequestUriNotSupported,
    RegistrationNotSupported,
    UnmetAuthenticationRequirements,
}

codes!(ErrorCode {
    InvalidRequest = "invalid_request",
    InvalidClient = "invalid_client",
    InvalidGrant = "invalid_grant",
    InvalidScope = "invalid_scope",
    InvalidTarget = "invalid_target",
    InvalidToken = "invalid_token",
    InsufficientScope = "insufficient_scope",
    UnauthorizedClient = "unauthorized_client",
    UnsupportedGrantType = "unsupported_grant_type",
    UnsupportedResponseType = "unsupported_response_type",
    AccessDenied = "access_denied",
    ServerError = "server_error",
    TemporarilyUnavailable = "temporarily_unavailable",
    LoginRequired = "login_required",
    ConsentRequired = "consent_required",
    RequestNotSupported = "request_not_supported",
    RequestUriNotSupported = "request_uri_not_supported",
    RegistrationNotSupported = "registration_not_supported",
    UnmetAuthenticationRequirements = "unmet_authentication_requirements",
});
