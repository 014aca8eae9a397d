"""requests-oauthlib: the two grants that are closed by default and open behind two locks, and a backend."""

import base64
import json
import os
import subprocess
import time
from urllib.parse import parse_qs, urlsplit

import requests
from oauthlib.oauth2 import BackendApplicationClient, LegacyApplicationClient, MobileApplicationClient
from oauthlib.oauth2.rfc6749.errors import OAuth2Error
from requests_oauthlib import OAuth2Session

from api import me, opens
from browser import Browser
from scenarios import end, refused, scenario, world

# The library insists on https; the server of this test is on the loopback.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

WORLD = world()
POOL = WORLD["pools"]["clients"]
ISSUER = POOL["issuer"]
BROWSER_APP = POOL["apps"]["old_browser"]
SERVER_APP = POOL["apps"]["old_server"]
CAMILLE = POOL["people"]["camille"]
BROWSER = Browser(WORLD["origin"])


def assurly(*arguments):
    """A command of an operator."""
    done = subprocess.run([*WORLD["program"], *arguments], capture_output=True, text=True, timeout=30, check=False, env={})
    assert done.returncode == 0, f"{arguments}: {done.stderr}"
    return done.stdout


def metadata():
    return requests.get(f"{ISSUER}/.well-known/openid-configuration", timeout=10).json()


def implicit(**over):
    """What the implicit grant answers: the fragment, or the error of either kind."""
    client = MobileApplicationClient(BROWSER_APP["client_id"])
    session = OAuth2Session(client=client, redirect_uri=BROWSER_APP["redirect_uri"], scope=["profil:lire"])
    url, _ = session.authorization_url(f"{ISSUER}/oauth2/authorize", nonce=f"nonce-{time.monotonic_ns()}", **over)
    return session, BROWSER.authorize(url, CAMILLE)


def by_password(person=CAMILLE, app=SERVER_APP):
    session = OAuth2Session(client=LegacyApplicationClient(app["client_id"]), scope=["profil:lire"])
    return session.fetch_token(
        f"{ISSUER}/oauth2/token",
        username=person["email"],
        password=person["password"],
        auth=(app["client_id"], app["client_secret"]),
    )


def error_of(answer):
    parts = urlsplit(answer)
    return (parse_qs(parts.fragment) | parse_qs(parts.query)).get("error", [None])[0]


def is_closed():
    told = metadata()
    assert "password" not in told["grant_types_supported"] and "implicit" not in told["grant_types_supported"], told
    assert told["response_types_supported"] == ["code"], told
    _, answer = implicit()
    assert error_of(answer) in ("unauthorized_client", "unsupported_response_type"), answer
    error = refused(OAuth2Error, by_password)
    assert error.error in ("unauthorized_client", "unsupported_grant_type"), error.error


def soon(check):
    """What an operator says is in force within seconds."""
    deadline = time.monotonic() + 8
    while True:
        try:
            return check()
        except AssertionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def or_closed(call):
    """For `soon`: a lock that is still shut is not the end."""
    try:
        return call()
    except OAuth2Error as error:
        raise AssertionError(error) from error


def claims_of(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


@scenario("both are closed by default")
def _():
    is_closed()


@scenario("one lock alone is not enough")
def _():
    assurly(*WORLD["legacy"]["open_pool"])
    time.sleep(1.5)
    # The application's own lock is still shut.
    _, answer = implicit()
    assert error_of(answer) == "unauthorized_client", answer
    assert refused(OAuth2Error, by_password).error == "unauthorized_client"
    assurly(*WORLD["legacy"]["close_pool"])
    assurly(*WORLD["legacy"]["open_browser"])
    assurly(*WORLD["legacy"]["open_server"])
    time.sleep(1.5)
    is_closed()
    assurly(*WORLD["legacy"]["open_pool"])


@scenario("the implicit grant works when both are open")
def _():
    def check():
        session, answer = implicit()
        assert error_of(answer) is None, answer
        return session, answer

    session, answer = soon(check)
    parts = urlsplit(answer)
    assert "access_token" in parts.fragment and "access_token" not in parts.query, answer
    told = parse_qs(parts.fragment)
    assert told["iss"] == [ISSUER] and "refresh_token" not in told, told
    assert int(told["expires_in"][0]) <= 600, told
    token = session.token_from_fragment(answer)
    assert claims_of(token["access_token"])["acr"] == "pwd"
    assert opens(WORLD["origin"], token["access_token"])["client"] == BROWSER_APP["client_id"]


@scenario("the implicit grant wants a nonce and a state")
def _():
    url = f"{ISSUER}/oauth2/authorize"
    whole = {
        "client_id": BROWSER_APP["client_id"], "redirect_uri": BROWSER_APP["redirect_uri"], "response_type": "token",
        "scope": "profil:lire", "nonce": "n-1", "state": "s-1",
    }
    for left_out in ("nonce", "state"):
        request = {name: value for name, value in whole.items() if name != left_out}
        answer = BROWSER.authorize(requests.Request("GET", url, params=request).prepare().url, CAMILLE)
        assert error_of(answer) == "invalid_request", f"{left_out}: {answer}"
    for mode in ("query", "form_post"):
        page = BROWSER.open(requests.Request("GET", url, params={**whole, "response_mode": mode}).prepare().url)
        assert "access_token" not in (page.outside or "") + page.text, page.outside


@scenario("the password grant works when both are open and is weak")
def _():
    token = soon(lambda: or_closed(by_password))
    assert "id_token" not in token, token
    claims = claims_of(token["access_token"])
    assert claims["acr"] == "legacy" and claims["scope"] == "profil:lire", claims
    # It reaches nothing that asks who somebody is.
    answer = me(WORLD["origin"], token["access_token"])
    assert answer.status_code == 401, answer.text
    assert "insufficient_user_authentication" in answer.headers["www-authenticate"], answer.headers


@scenario("the password grant with a wrong password or an unknown address")
def _():
    for person in ({**CAMILLE, "password": "not the password"}, {"email": "nobody@exemple.fr", "password": "not the password"}):
        assert refused(OAuth2Error, lambda person=person: by_password(person)).error == "invalid_grant"


@scenario("discovery tells of both while they are open")
def _():
    def check():
        told = metadata()
        assert "password" in told["grant_types_supported"] and "implicit" in told["grant_types_supported"], told
        assert "token" in told["response_types_supported"], told

    soon(check)


@scenario("neither gives more than the old scopes")
def _():
    client = MobileApplicationClient(BROWSER_APP["client_id"])
    session = OAuth2Session(client=client, redirect_uri=BROWSER_APP["redirect_uri"], scope=["profil:ecrire"])
    url, _ = session.authorization_url(f"{ISSUER}/oauth2/authorize", nonce="n-2")
    assert error_of(BROWSER.authorize(url, CAMILLE)) == "invalid_scope"


@scenario("both are closed again")
def _():
    assurly(*WORLD["legacy"]["close_pool"])
    soon(is_closed)


@scenario("a backend by client credentials")
def _():
    pool = WORLD["pools"]["partenaires"]
    app = pool["apps"]["server"]
    session = OAuth2Session(client=BackendApplicationClient(app["client_id"]), scope=["devis:lire"])
    token = session.fetch_token(f"{pool['issuer']}/oauth2/token", auth=(app["client_id"], app["client_secret"]))
    assert token["token_type"].lower() == "bearer" and token["scope"] == ["devis:lire"], token
    answer = session.get(f"{WORLD['origin']}/v1/quotes")
    assert answer.status_code == 200, answer.text


@scenario("a backend with a wrong secret")
def _():
    pool = WORLD["pools"]["partenaires"]
    session = OAuth2Session(client=BackendApplicationClient(pool["apps"]["server"]["client_id"]))
    error = refused(
        OAuth2Error,
        lambda: session.fetch_token(
            f"{pool['issuer']}/oauth2/token", auth=(pool["apps"]["server"]["client_id"], "wrong")
        ),
    )
    assert error.error == "invalid_client", error.error


end()
