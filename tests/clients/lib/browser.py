"""A browser without a window: cookies, redirects, and forms filled in by what their controls say they are."""

import itertools
import os
import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

_people = itertools.count(1)

#: What a person types, by what a control says it is for.
TYPED = [
    ("email", lambda control: control.get("type") == "email" or re.search(r"\b(username|email)\b", control["autocomplete"])),
    ("code", lambda control: "one-time-code" in control["autocomplete"] or control.get("name") == "code"),
    ("new_password", lambda control: "new-password" in control["autocomplete"]),
    ("password", lambda control: control.get("type") == "password"),
]


class Away(HTTPAdapter):
    """Each browser has an address of its own on the loopback, as each person has."""

    def init_poolmanager(self, *args, **options):
        address = f"127.{220 + os.getpid() % 30}.{os.getpid() // 30 % 250}.{next(_people)}"
        super().init_poolmanager(*args, source_address=(address, 0), **options)


class _Forms(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.forms, self.links, self.text, self._button = [], [], [], None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append({"action": "", "method": "get", **attributes, "controls": []})
        elif tag == "a":
            self.links.append({"href": "", "class": "", **attributes})
        elif tag in ("input", "button") and self.forms:
            control = {"type": "submit" if tag == "button" else "text", "autocomplete": "", "value": "", "text": "", **attributes}
            self.forms[-1]["controls"].append(control)
            self._button = control if tag == "button" else None

    def handle_endtag(self, tag):
        if tag == "button":
            self._button = None

    def handle_data(self, data):
        self.text.append(data)
        if self._button is not None:
            self._button["text"] += data


class Browser:
    """One person's browser."""

    def __init__(self, origin):
        self.origin = origin
        self.session = requests.Session()
        self.session.mount("http://", Away())
        self.session.headers.update({"accept": "text/html", "accept-language": "en"})

    def open(self, url, form=None):
        """The page at the end of all redirects, or the address outside that they lead to."""
        method = "GET" if form is None else "POST"
        for _ in range(12):
            headers = {"origin": self.origin, "sec-fetch-site": "same-origin"} if method == "POST" else {}
            page = self.session.request(method, url, data=form, headers=headers, allow_redirects=False, timeout=20)
            location = page.headers.get("location")
            page.outside = None
            if location is None:
                return page
            url, method, form = urljoin(url, location), "GET", None
            if "{0.scheme}://{0.netloc}".format(urlsplit(url)) != self.origin:
                page.outside = url
                return page
        raise AssertionError(f"too many redirects, the last one to {url}")

    def submit(self, page, person, button=r"continue|log ?in|sign ?in|allow|accept|confirm|verify|done|yes"):
        """Sends the form that asks for most of what we know."""
        read = _Forms(page.text)
        able = [filled for form in read.forms if (filled := _fill(form, person, button))]
        links = [link for link in read.links if "bouton" in link["class"]]
        if not able and links:
            return self.open(urljoin(page.url, links[0]["href"]))
        if not able:
            raise AssertionError(f"no form to fill in at {page.url} ({page.status_code}): {brief(page)}")
        _, form, data = max(able, key=lambda filled: filled[0])
        return self.open(urljoin(page.url, form["action"] or page.url), data)

    def authorize(self, url, person=None, on_page=None):
        """From an authorization request to the address outside that the answer goes to."""
        page = self.open(url)
        for _ in range(8):
            if page.outside:
                return page.outside
            if page.status_code >= 400:
                break
            more = on_page(page) if on_page else None
            page = self.submit(page, {**(person or {}), **(more or {})})
        raise AssertionError(f"no way on at {page.url}: {page.status_code} {brief(page)}")


def brief(page):
    """What a page says."""
    return " ".join(" ".join(_Forms(page.text).text).split())[:600]


def _fill(form, person, button):
    data, known = [], 0.0
    for control in form["controls"]:
        name, kind = control.get("name"), control["type"]
        if not name or kind in ("submit", "button", "image", "reset"):
            continue
        if kind == "hidden":
            data.append((name, control["value"]))
        elif kind in ("checkbox", "radio"):
            if "checked" in control or "required" in control:
                data.append((name, control["value"] or "on"))
        else:
            key = next((key for key, fits in TYPED if fits(control)), None)
            typed = person.get(key)
            if typed is not None:
                known += 1
            elif "required" in control and not control["value"]:
                return None
            data.append((name, control["value"] if typed is None else typed))
    buttons = [control for control in form["controls"] if control["type"] == "submit"]
    if not buttons:
        return None
    fits = [control for control in buttons if re.search(button, control["text"] + control["value"], re.I)]
    pressed = (fits or buttons)[0]
    known = known or (0.5 if fits else 0.1)
    if pressed.get("name"):
        data.append((pressed["name"], pressed["value"]))
    return known, form, data
