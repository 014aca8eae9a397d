#!/usr/bin/env python3
"""Logs somebody in as an application does (authorization code, PKCE) and prints the access token.

    login.py --base http://127.0.0.1:8080 --client app_… --redirect URI --email E --password P [--pool clients]
             [--scopes 'openid devis:lire']
"""

import argparse
import base64
import hashlib
import json
import secrets
import sys
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from surfer import Failed, Surfer  # noqa: E402


def url64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(asked):
    surfer, verifier = Surfer(asked.base), url64(secrets.token_bytes(32))
    endpoint = f"/pools/{asked.pool}/oauth2"
    query = {"response_type": "code", "client_id": asked.client, "redirect_uri": asked.redirect,
             "scope": asked.scopes, "state": url64(secrets.token_bytes(12)),
             "code_challenge": url64(hashlib.sha256(verifier.encode()).digest()), "code_challenge_method": "S256"}
    page = surfer.open(f"{endpoint}/authorize?{urllib.parse.urlencode(query)}")
    answers = {"email": asked.email, "password": asked.password}
    page = surfer.fill(page, answers, "/login", keep=("jeton", "login", "tour", "lang"))
    # The address of the application: nobody answers there, and its query has the code.
    back = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.at).query))
    if "code" not in back:
        raise Failed(f"{page.at}: no code, «{page.heading()}» ({page.status})")
    form = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": asked.redirect,
            "client_id": asked.client, "code_verifier": verifier}
    answer, text = surfer.ask("POST", f"{endpoint}/token", urllib.parse.urlencode(form))
    if answer.status != 200:
        raise Failed(f"token: {answer.status} {text.decode()}")
    return json.loads(text)["access_token"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("base", "client", "redirect", "email", "password"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--pool", default="clients")
    parser.add_argument("--scopes", default="openid")
    try:
        print(token(parser.parse_args()))
    except Failed as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
