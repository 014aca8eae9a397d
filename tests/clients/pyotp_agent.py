"""An agent of the staff, whose second factor is pyotp: never without it, and never the same code twice."""

import base64
import hashlib
import html
import json
import re
import time
from urllib.parse import parse_qs, urlsplit

import pyotp
import requests

from browser import Browser, brief
from scenarios import end, scenario, world

WORLD = world()
POOL = WORLD["pools"]["gestion"]
DESK = POOL["apps"]["desk"]
AGENT = POOL["people"]["alex"]
VERIFIER = "a" * 50
KNOWN = {"seed": None, "recovery": [], "last": 0}


def request(**over):
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": DESK["client_id"], "redirect_uri": DESK["redirect_uri"], "response_type": "code", "scope": "openid profil:lire",
        "state": "s", "nonce": f"n-{time.monotonic_ns()}", "code_challenge": challenge, "code_challenge_method": "S256", **over,
    }
    return requests.Request("GET", f"{POOL['issuer']}/oauth2/authorize", params=asked).prepare().url


def tokens(answer):
    code = parse_qs(urlsplit(answer).query)["code"][0]
    given = requests.post(
        f"{POOL['issuer']}/oauth2/token",
        data={"grant_type": "authorization_code", "code": code, "redirect_uri": DESK["redirect_uri"], "code_verifier": VERIFIER},
        auth=(DESK["client_id"], DESK["client_secret"]),
        timeout=10,
    )
    assert given.status_code == 200, given.text
    return given.json()


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def seed(page):
    """The seed that a page of enrolment shows to those who cannot scan."""
    words = brief_whole(page)
    address = re.search(r"otpauth://totp/[^\s\"'<]*[?&;]secret=([A-Z2-7]+)", page.text)
    if address:
        return address[1]
    groups = re.search(r"\b(?:[A-Z2-7]{4}[ \u00a0\u202f]){3,}[A-Z2-7]{2,4}\b|\b[A-Z2-7]{26,64}\b", words)
    return re.sub(r"\s", "", groups[0]) if groups else None


def brief_whole(page):
    return re.sub(r"<[^>]+>", " ", page.text)


def code():
    """A code that was not used yet: the next step's when this step's was."""
    otp = pyotp.TOTP(KNOWN["seed"])
    step = max(int(time.time()) // 30, KNOWN["last"] + 1)
    while step > int(time.time()) // 30 + 1:
        time.sleep(0.5)
    KNOWN["last"] = step
    return otp.at(step * 30)


def on_page(page):
    """What the agent types on a page that asks for a code."""
    KNOWN["seed"] = KNOWN["seed"] or seed(page)
    listed = re.findall(r"\b[0-9a-zA-Z]{4}(?:-[0-9a-zA-Z]{4}){2,}\b", brief_whole(page))
    if len(listed) >= 8:
        KNOWN["recovery"] = listed
    if "one-time-code" in page.text and KNOWN["seed"]:
        return {"code": code()}
    return None


@scenario("the first login sets up the second factor")
def _():
    given = tokens(Browser(WORLD["origin"]).authorize(request(), AGENT, on_page))
    assert KNOWN["seed"], "no seed was shown"
    told = claims(given["id_token"])
    assert told["acr"] == "mfa", told
    assert "otp" in told["amr"] and "pwd" in told["amr"], told


@scenario("the next login asks for it")
def _():
    given = tokens(Browser(WORLD["origin"]).authorize(request(), AGENT, on_page))
    assert claims(given["access_token"])["acr"] == "mfa"


@scenario("a recovery code works once")
def _():
    assert len(KNOWN["recovery"]) >= 8, "no recovery codes were shown"

    def by_recovery(page):
        link = re.search(r'href="([^"]*par=secours[^"]*)"', page.text)
        return browser.open(f"{WORLD['origin']}{html.unescape(link[1])}") if link else page

    for expected in (True, False):
        browser = Browser(WORLD["origin"])
        page = browser.submit(browser.open(request()), AGENT)
        page = browser.submit(by_recovery(page), {"code": KNOWN["recovery"][0]})
        assert bool(page.outside) is expected, f"{page.url} {page.outside} {brief(page)}"


@scenario("no answer without it, and none for a wrong, an old or a used one")
def _():
    otp = pyotp.TOTP(KNOWN["seed"])
    browser = Browser(WORLD["origin"])
    page = browser.open(request())
    for _ in range(3):
        if "one-time-code" in page.text or page.outside:
            break
        page = browser.submit(page, AGENT)
    assert not page.outside and "one-time-code" in page.text, brief(page)
    right = otp.at(KNOWN["last"] * 30)
    for wrong in ("000000", right[::-1] if right[::-1] != right else "123456", otp.at(time.time() - 300), right):
        page = browser.submit(page, {"code": wrong})
        assert not page.outside, f"{wrong} was taken"
        assert "one-time-code" in page.text or page.status_code == 429, brief(page)


@scenario("a session without it opens no application")
def _():
    browser = Browser(WORLD["origin"])
    page = browser.open(request())
    page = browser.submit(page, AGENT)
    assert not page.outside
    page = browser.open(request(prompt="none"))
    assert parse_qs(urlsplit(page.outside).query)["error"] == ["login_required"], page.outside


end()
