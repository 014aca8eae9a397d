"""The API as the holder of a token sees it."""

import re

import requests


def me(origin, token):
    """What `GET /v1/me` answers to a token."""
    return requests.get(f"{origin}/v1/me", headers={"authorization": f"Bearer {token}"}, timeout=10)


def opens(origin, token):
    """The token opens the API: what it says of its holder."""
    answer = me(origin, token)
    assert answer.status_code == 200, answer.text
    return answer.json()


def opens_nothing(origin, token):
    """The token opens nothing, in the one shape of every refusal."""
    answer = me(origin, token)
    assert answer.status_code == 401, f"{answer.status_code} {answer.text}"
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.headers
    assert re.match('Bearer .*error="invalid_token"', answer.headers["www-authenticate"]), answer.headers
