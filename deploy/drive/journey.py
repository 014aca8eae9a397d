#!/usr/bin/env python3
"""Whole subscriptions on the pages of a running service, as people's browsers make them.

    journey.py --base http://127.0.0.1:8080 [--count N] [--at-once N] [--path p1|p2|p3|both|all]
               [--patience S] [--seconds S]

p1: nothing is asked about health; p2: the short declaration; p3: the full questionnaire at its engine, a supplement,
its acceptance. The service must be in development (codes are read at /dev/messages.json). One line of JSON for each
journey: its quote, its dossier, how far it came, how often something was tried again. Exit 1 if one of
them did not come to its end.
"""

import argparse
import json
import random
import sys
import threading
import time
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from surfer import Failed, Surfer  # noqa: E402

IBAN = "FR76 3000 6000 0112 3456 7890 189"
# A year of birth whose path at 150 000 € over 20 years is this one.
YEARS = {"p1": "1992", "p2": "1985", "p3": "1969"}
# Every value that a form holds.
ANY = type("Any", (), {"__contains__": lambda self, name: True})()
PATHS = {"both": ("p1", "p2"), "all": ("p1", "p2", "p3")}
# Somebody who is well and somewhat heavy: 25 % more, on every guarantee.
PERSONA = {"profession": "bureau", "fumeur": False, "sports": ["aucun"], "taille": 175, "poids": 98,
           "arret": False, "examen": False, "alcool": False, "hta": False, "diabete": "non", "asthme": False,
           "dos": False, "psy": False, "cardio": False, "cancer": False, "hepc": False, "vih": False}
HEALTH = ["q_arret", "q_arrets", "q_hopital", "q_traitement", "q_ald", "q_invalidite", "q_affection", "q_examen"]


def expect(page, heading):
    if page.heading() != heading:
        raise Failed(f"{page.at}: «{page.heading()}» ({page.status}) where «{heading}» was expected")
    return page


def messages(surfer, to):
    path = "/dev/messages.json?to=" + urllib.parse.quote(to, safe="")
    _, text = surfer.ask("GET", path)
    return json.loads(text)["messages"]


def codes(surfer, mobile):
    """Every code that this number ever got. Which one is the newest, a clock that was stepped does not say."""
    return {one["code"] for one in messages(surfer, mobile) if one.get("code")}


def code(surfer, mobile, old=frozenset(), again=None):
    """A code that this number had not got before. Whoever waits too long asks for another one."""
    end, ask = time.monotonic() + 60 + surfer.patience, time.monotonic() + 35
    while time.monotonic() < end:
        if fresh := codes(surfer, mobile) - old:
            return fresh.pop()
        if again and time.monotonic() > ask:
            ask = time.monotonic() + 35
            old = old | codes(surfer, mobile)
            surfer.follow("POST", *again)
        time.sleep(0.1)
    raise Failed("no code arrived")


def step(surfer, page, heading, answers, **how):
    """Fills the page of this heading in. When an answer was lost on its way, the page may be shown once more: then it
    is filled in once more, as a person does."""
    expect(page, heading)
    for _ in range(4):
        tried = surfer.retries
        page = surfer.fill(page, answers, **how)
        if page.heading() != heading or surfer.retries == tried:
            break
    return page


def quote(surfer, year):
    page = surfer.open("/simuler")
    answers = {"projet": "nouveau", "capital": "150 000", "duree": "20", "taux": "3,45", "naissance_j": "27",
               "naissance_m": "3", "naissance_a": year, "fumeur": "non"}
    page = surfer.fill(page, answers, "/simuler", keep=("cle", "deux", "prets"))
    return expect(page, "Votre prix").at


def contact(surfer, at, done):
    page = surfer.open(f"{at}/suite")
    number = random.randrange(10**8)
    mail, mobile = f"essai{number}@exemple.fr", f"+336{number:08}"
    done["mobile"] = mobile
    page = step(surfer, page, "Où vous joindre ?", {"email": mail, "mobile": mobile})
    expect(page, "Le code reçu par SMS")
    done["dossier"] = page.at.split("/")[2]
    return typed(surfer, page, mobile, frozenset(), "/code/nouveau", {})


def typed(surfer, page, mobile, old, again, others):
    """Types the code. One that served while its answer was lost does not serve again: another one is asked for."""
    heading = page.heading()
    for _ in range(4):
        known = codes(surfer, mobile)
        answers = {**others, "code": code(surfer, mobile, old, again=page.form(again))}
        page = surfer.fill(page, answers, "/code" if again == "/code/nouveau" else "/signature", keep=ANY)
        if page.heading() != heading:
            break
        old = known | codes(surfer, mobile)
        surfer.follow("POST", *page.form(again))
    return page


def describe(surfer, page):
    page = step(surfer, page, "Qui êtes-vous ?", {"prenom": "Camille", "nom": "Martin", "lieu": "Lille, France"})
    page = step(surfer, page, "Où habitez-vous ?", {"voie": "3 rue des Lilas", "cp": "59000", "commune": "Lille"})
    work = {"activite": "salarie_cadre", "risque_pro": "non", "sport": "non"}
    page = step(surfer, page, "Votre travail et vos loisirs", work)
    soon = time.gmtime(time.time() + 45 * 86400)
    loan = {"banque": "Banque du Nord", "objet": "residence_principale",
            "echeance_m": str(soon.tm_mon), "echeance_a": str(soon.tm_year)}
    page = step(surfer, page, "Votre prêt", loan)
    page = step(surfer, page, "Vos garanties", {"quotite_1": "100", "franchise": "90"})
    if page.heading() != "Aucune question de santé":
        return page
    # Whom the law protects reads so, and goes on.
    return surfer.fill(page, {"action": "continuer"})


def declare(surfer, page):
    page = step(surfer, page, "Quelques questions sur votre santé", {"action": "accepter"})
    answers = {**{name: "non" for name in HEALTH}, "taille": "178", "poids": "72"}
    return step(surfer, page, "Vos réponses", answers)


def waited(surfer, path):
    """The page at this address, once it waits for nothing any more."""
    end = time.monotonic() + 60 + surfer.patience
    while "data-attente" in (page := surfer.open(path)).body:
        if time.monotonic() > end:
            raise Failed(f"{page.at}: nothing is decided")
        time.sleep(0.25)
    return page


def questionnaire(surfer, gate):
    """The full questionnaire, as its own page asks and sends it; the page that tells what was decided."""
    while True:
        # Who began already, even with an answer that was lost on its way, is told so.
        if gate.heading() != "Reprenez vos réponses":
            expect(gate, "Quelques questions sur votre santé")
        first = surfer.fill(gate, {"action": "accepter"})
        if not first.at.startswith("/continue/"):
            raise Failed(f"{first.at}: «{first.heading()}» ({first.status}) where the first question was expected")
        status, view = surfer.api("GET", "/cep-core/api/v1/questionnaire")
        while status == 200 and view["missing"]:
            name = view["missing"][0]
            answer = {"revision": view["revision"], "answers": {name: PERSONA[name]}}
            status, view = surfer.api("PUT", "/cep-core/api/v1/answers", answer)
            if status == 409:
                # An answer that arrived and whose receipt was lost: what is there is read again.
                status, view = surfer.api("GET", "/cep-core/api/v1/questionnaire")
        if status == 200:
            status, view = surfer.api("POST", "/cep-core/api/v1/submit")
        if status != 200:
            raise Failed(f"the questionnaire answers {status}: {view}")
        told = waited(surfer, "/questionnaire/suite")
        if told.heading() != "Reprenez vos réponses":
            return told
        # What the engine did not keep is asked once more.
        gate = surfer.open(told.at)


def accept(surfer, told):
    """The conditions as they are told, accepted."""
    expect(told, "Nous pouvons vous assurer, à ces conditions")
    if not told.says("25 % de plus"):
        raise Failed(f"{told.at}: the supplement is not told")
    return surfer.fill(told, {"action": "accepter"}, keep=("jeton", "proposition"), to=told.at)


def prepared(surfer, page):
    """The page of the documents to sign, once these are typeset, sealed and archived."""
    end = time.monotonic() + 60 + surfer.patience
    while page.says("Vos documents se préparent"):
        if time.monotonic() > end:
            raise Failed(f"{page.at}: the documents are never there")
        time.sleep(0.25)
        page = surfer.open(page.at)
    return expect(page, "Signer")


def sign(surfer, page, mobile):
    page = step(surfer, page, "Vérifiez avant de signer", {"lu": "oui"})
    account = {"titulaire": "Camille Martin", "iban": IBAN, "jour": "10"}
    page = prepared(surfer, step(surfer, page, "Le compte à prélever", account))
    old = codes(surfer, mobile)
    surfer.follow("POST", *page.form("/code"))
    page = typed(surfer, page, mobile, old, "/signature/code", {"lu": "oui"})
    return expect(page, "C’est signé")


def journey(surfer, path, until="signed"):
    """One person with this browser, from the price to the contract; what came of it."""
    began, done = time.monotonic(), {"path": path, "reached": "nothing"}
    try:
        at = quote(surfer, YEARS[path])
        done.update(quote=at.split("/")[2], reached="quote")
        page = describe(surfer, contact(surfer, at, done))
        done["reached"] = "described"
        if path == "p2":
            page = declare(surfer, page)
        if path == "p3":
            told = questionnaire(surfer, page)
            done["reached"] = "decided"
            page = accept(surfer, told)
        expect(page, "Vérifiez avant de signer")
        done["reached"] = "offer"
        if until == "signed":
            sign(surfer, page, done["mobile"])
            done["reached"] = "signed"
        done["ok"] = True
    except Failed as failure:
        done.update(ok=False, why=str(failure))
    done.update(retries=surfer.retries, seconds=round(time.monotonic() - began, 2), requests=len(surfer.times))
    return done


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", required=True)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=1)
    parser.add_argument("--path", choices=[*YEARS, *PATHS], default="p1")
    parser.add_argument("--until", choices=["offer", "signed"], default="signed")
    parser.add_argument("--patience", type=float, default=0, help="seconds that one step is tried again for")
    parser.add_argument("--seconds", type=float, help="begin new ones for so long, whatever --count says")
    wanted = parser.parse_args()
    end = time.monotonic() + wanted.seconds if wanted.seconds else None
    lock, state = threading.Lock(), {"begun": 0, "failed": 0}

    def work():
        while True:
            with lock:
                more = time.monotonic() < end if end else state["begun"] < wanted.count
                if not more:
                    return
                state["begun"] += 1
                turns = PATHS.get(wanted.path, (wanted.path,))
                path = turns[state["begun"] % len(turns)]
            done = journey(Surfer(wanted.base, wanted.patience), path, wanted.until)
            with lock:
                state["failed"] += not done["ok"]
                print(json.dumps(done, ensure_ascii=False), flush=True)

    workers = [threading.Thread(target=work) for _ in range(wanted.at_once)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return 1 if state["failed"] or not state["begun"] else 0


if __name__ == "__main__":
    sys.exit(main())
