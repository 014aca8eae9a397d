"""A browser without a screen: cookies, redirects, forms as they stand. Python's own library only.

What goes wrong on the way (a connection that is cut, a 502, a 503) is tried again for `patience` seconds,
as a person does who presses the button once more; each such try is counted in `retries`.
"""

import html
import http.client
import json
import re
import time
import urllib.parse


class Failed(Exception):
    """The journey cannot go on."""


class Page:
    """A page as it arrived."""

    def __init__(self, status, at, body):
        self.status, self.at, self.body = status, at, body

    def heading(self):
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.body, re.S)
        return plain(found.group(1)) if found else ""

    def says(self, words):
        return words in plain(self.body)

    def form(self, action=""):
        for text in self.body.split("<form ")[1:]:
            text = text.split("</form>")[0]
            where = re.search(r'action="([^"]*)"', text.split(">")[0])
            where = html.unescape(where.group(1)) if where else ""
            if where.endswith(action):
                values = {}
                for tag in re.findall(r"<input ([^>]*)>", text):
                    name = re.search(r'(?:^| )name="([^"]*)"', tag)
                    value = re.search(r'(?:^| )value="([^"]*)"', tag)
                    if name:
                        values[html.unescape(name.group(1))] = html.unescape(value.group(1)) if value else ""
                return where, values
        raise Failed(f"{self.at}: no form to «{action}» on «{self.heading()}» ({self.status})")


def plain(text):
    text = html.unescape(text)
    return text.replace("\u00a0", " ").replace("\u202f", " ").strip()


# Seconds after which a connection that nobody used is not trusted any more: the service closes idle ones.
IDLE = 3.0


class Surfer:
    """The browser of one person."""

    def __init__(self, base, patience=0.0, timeout=30.0):
        url = urllib.parse.urlsplit(base)
        self.host, self.patience, self.timeout = url.netloc, patience, timeout
        self.cookies, self.retries, self.connection, self.times = {}, 0, None, []
        self.used_at = 0.0

    def once(self, method, path, body=None, headers=None):
        said = {"Host": self.host, "Accept-Language": "fr-FR,fr;q=0.9", **(headers or {})}
        if self.cookies:
            said["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None and "Content-Type" not in said:
            said["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.monotonic()
        if self.connection is not None and began - self.used_at > IDLE:
            self.connection.close()
            self.connection = None
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.host, timeout=self.timeout)
        try:
            self.connection.request(method, path, body, said)
            answer = self.connection.getresponse()
            text = answer.read()
        except BaseException:
            self.connection.close()
            self.connection = None
            raise
        self.used_at = time.monotonic()
        self.times.append(self.used_at - began)
        if answer.headers.get("Connection", "").lower() == "close":
            self.connection.close()
            self.connection = None
        for line in answer.headers.get_all("Set-Cookie") or []:
            pair, _, rest = line.partition(";")
            name, _, value = pair.partition("=")
            if not value or "Max-Age=0" in rest:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return answer, text

    def ask(self, method, path, body=None, headers=None):
        """One request, tried again while the service is away."""
        end = time.monotonic() + self.patience
        while True:
            try:
                answer, text = self.once(method, path, body, headers)
                if answer.status not in (429, 502, 503, 504) or time.monotonic() >= end:
                    return answer, text
                reason = f"{answer.status}"
            except (OSError, http.client.HTTPException) as error:
                if time.monotonic() >= end:
                    raise Failed(f"{method} {path}: {error!r}") from error
                reason = repr(error)
            self.retries += 1
            self.last_reason = reason
            time.sleep(0.25)

    def api(self, method, path, document=None):
        """A request of a page's own script; the status, and the document of the answer."""
        said = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
        answer, text = self.ask(method, path, json.dumps(document) if document is not None else None, said)
        return answer.status, json.loads(text) if text else None

    def follow(self, method, path, form=None):
        body = urllib.parse.urlencode(form) if form is not None else None
        for _ in range(9):
            answer, text = self.ask(method, path, body)
            if answer.status not in (301, 302, 303, 307, 308):
                return Page(answer.status, path, text.decode("utf-8", "replace"))
            path = urllib.parse.urljoin(path, answer.headers["Location"])
            if path.startswith("http"):
                path = urllib.parse.urlsplit(path)._replace(scheme="", netloc="").geturl()
            method, body = "GET", None
        raise Failed(f"{path}: it never ends")

    def open(self, path):
        return self.follow("GET", path)

    def fill(self, page, answers, action="", keep=("jeton", "v", "cle"), to=None):
        """Sends a form of the page, with these answers and what the page itself put there."""
        where, values = page.form(action)
        values = {name: value for name, value in values.items() if name in keep}
        return self.follow("POST", to or where or page.at, {**values, **answers})
