"""For `bin/bench proxy`: somebody at the first question, by the pages; a session of the engine, by its key.

bench-proxy.py journey HOST             prints the cookies of a browser at the questionnaire
bench-proxy.py session ENGINE KEY_FILE  prints the token of a new session of the engine
Standard library only.
"""

import html
import http.cookiejar
import json
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

MOBILE, EMAIL = "+33612345678", "camille@exemple.fr"

SIMULATION = {
    "projet": "nouveau", "capital": "150 000", "duree": "20", "taux": "3,45", "naissance_j": "27",
    "naissance_m": "3", "naissance_a": "1969", "fumeur": "non",
}
PAGES = [
    {"prenom": "Camille", "nom": "Martin", "lieu": "Lille, France"},
    {"voie": "3 rue des Lilas", "cp": "59000", "commune": "Lille"},
    {"activite": "salarie_cadre", "risque_pro": "non", "sport": "non"},
    {"banque": "Banque du Nord", "objet": "residence_principale", "echeance_m": "1", "echeance_a": "2027"},
    {"quotite_1": "100", "franchise": "90"},
    {"action": "accepter"},
]


class Browser:
    def __init__(self, host):
        self.host, self.jar = host, http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.jar))
        self.at, self.text = "", ""

    def ask(self, path, form=None):
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        request = urllib.request.Request(urllib.parse.urljoin(self.host, path), data)
        try:
            answer = self.opener.open(request, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        self.at, self.text = answer.geturl(), answer.read().decode()
        return self

    def fill(self, answers):
        """Sends the page's form back to it, with what it holds and these answers."""
        form = {}
        for tag in re.findall(r"<input [^>]*>", self.text):
            name = re.search(r' name="([^"]*)"', tag)
            value = re.search(r' value="([^"]*)"', tag)
            if name and name[1] in ("jeton", "v", "cle"):
                form.setdefault(name[1], html.unescape(value[1]) if value else "")
        return self.ask(self.at, {**form, **answers})

    def code(self):
        for _ in range(600):
            found = self.opener.open(f"{self.host}/dev/messages.json?to={urllib.parse.quote(MOBILE)}", timeout=30)
            for message in json.load(found)["messages"]:
                if message.get("code"):
                    return message["code"]
            time.sleep(0.1)
        raise SystemExit("no code arrives")


def journey(host):
    browser = Browser(host)
    browser.ask("/simuler").fill(SIMULATION)
    browser.ask(browser.at.split("?")[0] + "/suite").fill({"email": EMAIL, "mobile": MOBILE})
    browser.fill({"code": browser.code()})
    for answers in PAGES:
        browser.fill(answers)
    if "/continue/question/" not in browser.at:
        raise SystemExit(f"stopped at {browser.at}")
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.jar)


def session(engine, key_file):
    with open(key_file, encoding="ascii") as file:
        key = file.readline().strip()
    opening = {
        "externalRef": "bench", "product": "assurly-emprunteur", "locale": "fr-FR", "insured": {"ref": "1"},
        "facts": {"age": 57, "capital": 150000, "duree_mois": 240, "sante_autorisee": True},
        "guarantees": ["DC", "PTIA", "IPT", "ITT", "IPP"],
    }
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Idempotency-Key": "bench-proxy-1"}
    url = f"{engine}/cep-core/integration/v1/sessions"
    request = urllib.request.Request(url, json.dumps(opening).encode(), headers)
    return json.load(urllib.request.urlopen(request, timeout=30))["token"]


print(journey(sys.argv[2]) if sys.argv[1] == "journey" else session(sys.argv[2], sys.argv[3]))
