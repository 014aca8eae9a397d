//! The token request (RFC 6749 §4.1.3, §4.3.2, §4.4.2, §6): which way an application takes, whether it
//! may, and what it must bring.

use super::ask::{Setting, asked_scopes, check_audience};
use super::error::OAuthError;
use super::params::Params;
use crate::kernel::access::Scopes;
use crate::slices::identity::catalogue;
use crate::slices::identity::model::{Client, ClientKind, ErrorCode, Grant};

/// A token request that was checked against its application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum TokenRequest<'a> {
    /// A code, with what binds it to the request that it answers.
    Code { code: &'a str, redirect_uri: &'a str, verifier: &'a str },
    /// A refresh token; fewer scopes than the first time, when named.
    Refresh { token: &'a str, scopes: Option<Scopes> },
    /// The application itself.
    ClientCredentials { scopes: Scopes },
    /// A person's password, handed to the application.
    Password { username: &'a str, password: &'a str, scopes: Scopes },
}

/// Reads a token request of `client`.
pub(in super::super) fn read<'a>(
    params: &'a Params,
    client: &Client,
    setting: Setting<'_>,
) -> Result<TokenRequest<'a>, OAuthError> {
    let sent = needed(params, "grant_type", "`grant_type` is missing")?;
    let unknown = OAuthError::new(ErrorCode::UnsupportedGrantType, "no such grant");
    let grant: Grant = sent.parse().map_err(|_| unknown)?;
    if grant == Grant::Implicit {
        return Err(unknown);
    }
    if !may(client, grant, setting) {
        let refused = "not a way that you may take";
        return Err(OAuthError::new(ErrorCode::UnauthorizedClient, refused));
    }
    check_audience(params, setting.api)?;
    match grant {
        Grant::AuthorizationCode => Ok(TokenRequest::Code {
            code: needed(params, "code", "`code` is missing")?,
            redirect_uri: needed(params, "redirect_uri", "`redirect_uri` is missing")?,
            verifier: needed(params, "code_verifier", "`code_verifier` is missing (PKCE)")?,
        }),
        Grant::RefreshToken => Ok(TokenRequest::Refresh {
            token: needed(params, "refresh_token", "`refresh_token` is missing")?,
            scopes: params
                .get("scope")
                .map(|_| asked_scopes(params, &client.scopes))
                .transpose()?,
        }),
        Grant::ClientCredentials => {
            let most = catalogue::for_programs(&client.scopes);
            Ok(TokenRequest::ClientCredentials { scopes: asked_scopes(params, &most)? })
        }
        Grant::Password | Grant::Implicit => Ok(TokenRequest::Password {
            username: needed(params, "username", "`username` is missing")?,
            password: needed(params, "password", "`password` is missing")?,
            scopes: asked_scopes(params, &client.scopes.and(&client.legacy_scopes))?,
        }),
    }
}

/// Whether the application may take this way now. A program of its own must prove who it is; a
/// password is only shown to our own servers, while both locks are open.
fn may(client: &Client, grant: Grant, setting: Setting<'_>) -> bool {
    let is_confidential = client.kind == ClientKind::Confidential;
    let way = match grant {
        Grant::AuthorizationCode | Grant::RefreshToken => true,
        Grant::ClientCredentials => is_confidential,
        Grant::Password => {
            is_confidential && client.first_party && setting.pool.allows_legacy(setting.now)
        }
        Grant::Implicit => false,
    };
    way && client.may(grant, setting.now)
}

fn needed<'a>(
    params: &'a Params,
    name: &'a str,
    missing: &'static str,
) -> Result<&'a str, OAuthError> {
    params.get(name).ok_or(OAuthError::request(missing))
}
