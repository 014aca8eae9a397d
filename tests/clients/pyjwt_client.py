"""PyJWT, as the third library that knows nothing of the other two: our signatures by our published keys."""

import time

import jwt
import requests

from browser import Browser
from scenarios import end, refused, scenario, world

WORLD = world()


def prepared(slug, app, person):
    """Tokens of a pool, by requests alone."""
    import base64
    import hashlib

    pool = WORLD["pools"][slug]
    app = pool["apps"][app]
    verifier = "a" * 50
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": app["client_id"], "redirect_uri": app["redirect_uri"], "response_type": "code", "scope": "openid profil:lire",
        "state": "s", "nonce": f"n-{time.monotonic_ns()}", "code_challenge": challenge, "code_challenge_method": "S256",
    }
    url = requests.Request("GET", f"{pool['issuer']}/oauth2/authorize", params=asked).prepare().url
    answer = Browser(WORLD["origin"]).authorize(url, pool["people"][person])
    code = requests.utils.unquote(answer.split("code=")[1].split("&")[0])
    given = requests.post(
        f"{pool['issuer']}/oauth2/token",
        data={"grant_type": "authorization_code", "code": code, "redirect_uri": app["redirect_uri"], "code_verifier": verifier},
        auth=(app["client_id"], app["client_secret"]),
        timeout=10,
    )
    assert given.status_code == 200, given.text
    return pool, app, given.json(), jwt.PyJWKClient(f"{pool['issuer']}/.well-known/jwks.json")


def both(slug, app, person, algorithm):
    if slug not in WORLD["pools"]:
        return
    pool, app, tokens, keys = prepared(slug, app, person)
    access = tokens["access_token"]
    unchecked = jwt.decode(access, options={"verify_signature": False})

    def verify(token, **over):
        key = keys.get_signing_key_from_jwt(token)
        rules = {"algorithms": [algorithm], "issuer": pool["issuer"], "audience": unchecked["aud"], **over}
        return jwt.decode(token, key, options={"require": ["exp", "iat", "iss", "sub", "aud", "jti"]}, **rules)

    @scenario(f"{algorithm}: the access token by the published keys")
    def _():
        assert verify(access)["client_id"] == app["client_id"]
        assert jwt.get_unverified_header(access)["typ"] == "at+jwt"

    @scenario(f"{algorithm}: the id token by the published keys")
    def _():
        key = keys.get_signing_key_from_jwt(tokens["id_token"])
        claims = jwt.decode(tokens["id_token"], key, algorithms=[algorithm], issuer=pool["issuer"], audience=app["client_id"])
        assert claims["token_use"] == "id"

    @scenario(f"{algorithm}: not for another issuer, audience or algorithm, nor changed")
    def _():
        refused(jwt.InvalidIssuerError, lambda: verify(access, issuer=pool["issuer"] + "/"))
        refused(jwt.InvalidAudienceError, lambda: verify(access, audience="urn:somebody:else"))
        refused(jwt.InvalidAlgorithmError, lambda: verify(access, algorithms=["HS256"]))
        head, payload, signature = access.split(".")
        changed = f"{head}.{payload}.{signature[:9]}{'A' if signature[9] != 'A' else 'B'}{signature[10:]}"
        refused(jwt.InvalidSignatureError, lambda: verify(changed))


both("clients", "web", "camille", "ES256")
both("courtage", "portal", "sacha", "RS256")
end()
