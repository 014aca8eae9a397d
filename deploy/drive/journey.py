#!/usr/bin/env python3
"""Whole subscriptions on the pages of a running service, as people's browsers make them.

    journey.py --base http://127.0.0.1:8080 [--count N] [--at-once N] [--path p1|p2] [--patience S] [--seconds S]

The service must be in development (codes are read at /dev/messages.json). One line of JSON for each
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
HEALTH = ["q_arret", "q_arrets", "q_hopital", "q_traitement", "q_ald", "q_invalidite", "q_affection", "q_examen"]


def expect(page, heading):
    if page.heading() != heading:
        raise Failed(f"{page.at}: «{page.heading()}» ({page.status}) where «{heading}» was expected")
    return page


def messages(surfer, to):
    path = "/dev/messages.json?to=" + urllib.parse.quote(to, safe="")
    _, text = surfer.ask("GET", path)
    return json.loads(text)["messages"]


def code(surfer, mobile, old=None):
    """The newest code that this number got, another one than `old`."""
    end = time.monotonic() + 30 + surfer.patience
    while time.monotonic() < end:
        for one in messages(surfer, mobile):
            if one.get("code"):
                if one["code"] != old:
                    return one["code"]
                break
        time.sleep(0.1)
    raise Failed("no code arrived")


def quote(surfer, year):
    page = surfer.open("/simuler")
    answers = {"projet": "nouveau", "capital": "150 000", "duree": "20", "taux": "3,45", "naissance_j": "27",
               "naissance_m": "3", "naissance_a": year, "fumeur": "non"}
    page = surfer.fill(page, answers, "/simuler", keep=("cle", "deux", "prets"))
    return expect(page, "Votre prix").at


def contact(surfer, at, done):
    page = expect(surfer.open(f"{at}/suite"), "Où vous joindre ?")
    number = random.randrange(10**8)
    mail, mobile = f"essai{number}@exemple.fr", f"+336{number:08}"
    done["mobile"] = mobile
    page = expect(surfer.fill(page, {"email": mail, "mobile": mobile}), "Le code reçu par SMS")
    done["dossier"] = page.at.split("/")[2]
    return surfer.fill(page, {"code": code(surfer, mobile)})


def describe(surfer, page):
    expect(page, "Qui êtes-vous ?")
    page = surfer.fill(page, {"prenom": "Camille", "nom": "Martin", "lieu": "Lille, France"})
    expect(page, "Où habitez-vous ?")
    page = surfer.fill(page, {"voie": "3 rue des Lilas", "cp": "59000", "commune": "Lille"})
    expect(page, "Votre travail et vos loisirs")
    page = surfer.fill(page, {"activite": "salarie_cadre", "risque_pro": "non", "sport": "non"})
    expect(page, "Votre prêt")
    soon = time.gmtime(time.time() + 45 * 86400)
    page = surfer.fill(page, {"banque": "Banque du Nord", "objet": "residence_principale",
                              "echeance_m": str(soon.tm_mon), "echeance_a": str(soon.tm_year)})
    expect(page, "Vos garanties")
    return surfer.fill(page, {"quotite_1": "100", "franchise": "90"})


def declare(surfer, page):
    expect(page, "Quelques questions sur votre santé")
    page = expect(surfer.fill(page, {"action": "accepter"}), "Vos réponses")
    return surfer.fill(page, {**{name: "non" for name in HEALTH}, "taille": "178", "poids": "72"})


def sign(surfer, page, mobile):
    expect(page, "Vérifiez avant de signer")
    page = expect(surfer.fill(page, {"lu": "oui"}), "Le compte à prélever")
    page = surfer.fill(page, {"titulaire": "Camille Martin", "iban": IBAN, "jour": "10"})
    expect(page, "Signer")
    old = messages(surfer, mobile)[0].get("code")
    where, values = page.form("/code")
    surfer.follow("POST", where, values)
    where, values = page.form(page.at)
    answers = {**values, "code": code(surfer, mobile, old), "lu": "oui"}
    page = surfer.follow("POST", where, answers)
    return expect(page, "C’est signé")


def journey(base, path, patience, until):
    """One person, from the price to the contract; what came of it."""
    surfer, began, done = Surfer(base, patience), time.monotonic(), {"path": path, "reached": "nothing"}
    try:
        at = quote(surfer, "1992" if path == "p1" else "1985")
        done.update(quote=at.split("/")[2], reached="quote")
        page = describe(surfer, contact(surfer, at, done))
        done["reached"] = "described"
        if path == "p2":
            page = declare(surfer, page)
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
    parser.add_argument("--path", choices=["p1", "p2", "both"], default="p1")
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
                path = wanted.path if wanted.path != "both" else ("p1", "p2")[state["begun"] % 2]
            done = journey(wanted.base, path, wanted.patience, wanted.until)
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
