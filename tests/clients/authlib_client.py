"""Authlib: an application's session, the classes that check our metadata, and tokens by joserfc."""

import json
import time

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session, OAuthError
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api import opens, opens_nothing
from browser import Browser
from scenarios import end, refused, scenario, world

WORLD = world()
POOL = WORLD["pools"]["clients"]
WEB = POOL["apps"]["web"]
CAMILLE = POOL["people"]["camille"]
ISSUER = POOL["issuer"]
METADATA = requests.get(f"{ISSUER}/.well-known/openid-configuration", timeout=10).json()
BROWSER = Browser(WORLD["origin"])


def session(app=WEB, scope="openid profil:lire", **over):
    return OAuth2Session(
        app["client_id"],
        app.get("client_secret"),
        scope=scope,
        redirect_uri=app.get("redirect_uri"),
        code_challenge_method="S256",
        **over,
    )


def tokens(client, scope=None, verifier="a" * 64):
    nonce = f"nonce-{time.monotonic_ns()}"
    url, state = client.create_authorization_url(METADATA["authorization_endpoint"], code_verifier=verifier, nonce=nonce)
    answer = BROWSER.authorize(url, CAMILLE)
    token = client.fetch_token(METADATA["token_endpoint"], authorization_response=answer, state=state, code_verifier=verifier)
    return token, nonce


def secure(metadata):
    """Authlib asks for https, which a server on the loopback does not have; everything else must hold."""
    text = json.dumps(metadata).replace('"http://', '"https://')
    return json.loads(text)


@scenario("the metadata of a provider with rsa keys is valid")
def _():
    rsa = requests.get(f"{WORLD['pools']['courtage']['issuer']}/.well-known/openid-configuration", timeout=10).json()
    OpenIDProviderMetadata(secure(rsa)).validate()


@scenario("the metadata of a provider with elliptic keys but for the algorithm")
def _():
    # OpenID Connect Discovery wants RS256 listed by everybody; a pool lists what it signs with.
    assert METADATA["id_token_signing_alg_values_supported"] == ["ES256"]
    refused(ValueError, lambda: OpenIDProviderMetadata(secure(METADATA)).validate())
    OpenIDProviderMetadata(secure({**METADATA, "id_token_signing_alg_values_supported": ["ES256", "RS256"]})).validate()


@scenario("the metadata of the authorization server is valid")
def _():
    origin, slug = ISSUER.split("/pools/")
    told = requests.get(f"{origin}/.well-known/oauth-authorization-server/pools/{slug}", timeout=10).json()
    assert told["issuer"] == ISSUER
    AuthorizationServerMetadata(secure(told)).validate()


@scenario("code with pkce and the secret by basic")
def _():
    token, _ = tokens(session())
    assert opens(WORLD["origin"], token["access_token"])["client"] == WEB["client_id"]


@scenario("code with pkce and the secret in the body")
def _():
    tokens(session(token_endpoint_auth_method="client_secret_post"))


@scenario("code of a public application")
def _():
    tokens(session(POOL["apps"]["mobile"], token_endpoint_auth_method="none"))


@scenario("the id token by the published keys")
def _():
    token, nonce = tokens(session())
    keys = KeySet.import_key_set(requests.get(METADATA["jwks_uri"], timeout=10).json())
    verified = jwt.decode(token["id_token"], keys, algorithms=["ES256"])
    claims = CodeIDToken(
        verified.claims,
        verified.header,
        {"iss": {"essential": True, "value": ISSUER}, "aud": {"essential": True, "value": WEB["client_id"]}},
        {"nonce": nonce, "client_id": WEB["client_id"], "access_token": token["access_token"]},
    )
    claims.validate()


@scenario("the access token by the published keys")
def _():
    token, _ = tokens(session())
    keys = KeySet.import_key_set(requests.get(METADATA["jwks_uri"], timeout=10).json())
    verified = jwt.decode(token["access_token"], keys, algorithms=["ES256"])
    assert verified.header["typ"] == "at+jwt", verified.header
    rules = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": ISSUER}, client_id={"essential": True, "value": WEB["client_id"]}, exp={"essential": True}
    )
    rules.validate(verified.claims)
    head, payload, signature = token["access_token"].split(".")
    changed = f"{head}.{payload}.{signature[:20]}{'A' if signature[20] != 'A' else 'B'}{signature[21:]}"
    refused(JoseError, lambda: jwt.decode(changed, keys, algorithms=["ES256"]))
    opens_nothing(WORLD["origin"], changed)


@scenario("the session renews its own tokens")
def _():
    client = session(scope="openid offline_access profil:lire")
    old, _ = tokens(client)
    old = dict(old)
    young = client.refresh_token(METADATA["token_endpoint"], old["refresh_token"])
    assert young["refresh_token"] != old["refresh_token"]
    answer = client.get(f"{WORLD['origin']}/v1/me", withhold_token=False)
    assert answer.status_code == 200, answer.text


@scenario("revocation and introspection")
def _():
    client = session(scope="openid offline_access")
    token, _ = tokens(client)
    told = client.introspect_token(METADATA["introspection_endpoint"], token["access_token"]).json()
    assert told["active"] is True, told
    assert client.revoke_token(METADATA["revocation_endpoint"], token["refresh_token"]).status_code == 200
    told = client.introspect_token(METADATA["introspection_endpoint"], token["access_token"]).json()
    assert told == {"active": False}, told


@scenario("a wrong verifier is refused")
def _():
    client = session()
    url, state = client.create_authorization_url(METADATA["authorization_endpoint"], code_verifier="a" * 64)
    answer = BROWSER.authorize(url, CAMILLE)
    error = refused(
        OAuthError,
        lambda: client.fetch_token(
            METADATA["token_endpoint"], authorization_response=answer, state=state, code_verifier="b" * 64
        ),
    )
    assert error.error == "invalid_grant", error


@scenario("another state is not taken")
def _():
    client = session()
    url, _ = client.create_authorization_url(METADATA["authorization_endpoint"], code_verifier="a" * 64)
    answer = BROWSER.authorize(url, CAMILLE)
    refused(
        AuthlibBaseError,
        lambda: client.fetch_token(METADATA["token_endpoint"], authorization_response=answer, state="x", code_verifier="a" * 64),
    )


@scenario("client credentials")
def _():
    pool = WORLD["pools"]["partenaires"]
    for method in ("client_secret_basic", "client_secret_post"):
        client = session(pool["apps"]["server"], "devis:lire", token_endpoint_auth_method=method)
        token = client.fetch_token(f"{pool['issuer']}/oauth2/token", grant_type="client_credentials")
        assert token["token_type"].lower() == "bearer" and "refresh_token" not in token, token


@scenario("client credentials with a wrong secret")
def _():
    pool = WORLD["pools"]["partenaires"]
    client = session({**pool["apps"]["server"], "client_secret": "wrong"}, "devis:lire")
    error = refused(OAuthError, lambda: client.fetch_token(f"{pool['issuer']}/oauth2/token", grant_type="client_credentials"))
    assert error.error == "invalid_client", error


end()
