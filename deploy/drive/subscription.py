#!/usr/bin/env python3
"""How long the pages of the subscription take the service, and fifty signatures at once.

    subscription.py --base http://127.0.0.1:8080 [--journeys N] [--signers N] [--at-once N]

The service must be in development (codes are read at /dev/messages.json), and best a release build with the
machine to itself. First whole journeys, one after the other: each page by its address, as the client sees it on
the loopback. Then so many people are brought to the code, a few at a time, and all of them sign at once.
Exit 1 if one of them did not come to its end.
"""

import argparse
import re
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from journey import IBAN, code, codes, contact, describe, declare, expect, quote  # noqa: E402
from surfer import Failed, Surfer  # noqa: E402

# One page after the other, none longer than this (docs/performance.md).
AIM_MS = 50


class Timed(Surfer):
    """A browser that writes down how long each address took."""

    def __init__(self, base):
        super().__init__(base, timeout=120.0)
        self.taken = []

    def once(self, method, path, body=None, headers=None):
        answer, text = super().once(method, path, body, headers)
        self.taken.append((f"{method} {shape(path)}", self.times[-1]))
        return answer, text


def shape(path):
    """An address without what is of one person."""
    path = path.split("?")[0]
    path = re.sub(r"/(dos|quo|ctr)_[0-9a-f]+", r"/{\1}", path)
    return re.sub(r"/(r|i)/[A-Za-z0-9_-]+", r"/\1/{secret}", path)


def percentile(times, share):
    times = sorted(times)
    return times[min(len(times) - 1, int(len(times) * share))]


def to_the_code(base, path, waits):
    """One person up to the page of the documents to sign; with how long these took to be there."""
    surfer, done = Timed(base), {}
    page = describe(surfer, contact(surfer, quote(surfer, "1992" if path == "p1" else "1985"), done))
    if path == "p2":
        page = declare(surfer, page)
    expect(page, "Vérifiez avant de signer")
    page = expect(surfer.fill(page, {"lu": "oui"}), "Le compte à prélever")
    began = time.monotonic()
    page = surfer.fill(page, {"titulaire": "Camille Martin", "iban": IBAN, "jour": "10"})
    while page.says("Vos documents se préparent"):
        if time.monotonic() - began > 120:
            raise Failed("the documents are never there")
        page = surfer.open(page.at)
    waits.append(time.monotonic() - began)
    old = codes(surfer, done["mobile"])
    surfer.follow("POST", *page.form("/code"))
    where, values = page.form(page.at)
    return surfer, where, {**values, "lu": "oui", "code": code(surfer, done["mobile"], old)}


def journeys(base, count):
    """Whole journeys one after the other: the times of each address, and the waits for the documents."""
    taken, waits = {}, []
    for number in range(count):
        surfer, where, act = to_the_code(base, ("p1", "p2")[number % 2], waits)
        end = expect(surfer.follow("POST", where, act), "C’est signé")
        top = end.at.rsplit("/", 1)[0]
        for page in ["banque", "renoncer", "documents/conditions_particulieres", "documents/attestation_preteur"]:
            surfer.ask("GET", f"{top}/{page}")
        for name, seconds in surfer.taken:
            if not name.startswith("GET /dev/"):
                taken.setdefault(name, []).append(seconds)
    return taken, waits


def together(base, signers, at_once):
    """All of them sign at once: how long each took, and how many did not come to their end."""
    ready, waits, failed, lock = [], [], [], threading.Lock()

    def prepare():
        while True:
            with lock:
                if len(ready) + len(failed) + prepare.under_way >= signers:
                    return
                prepare.under_way += 1
            try:
                one = to_the_code(base, "p1", waits)
                with lock:
                    ready.append(one)
            except Failed as failure:
                with lock:
                    failed.append(str(failure))
            finally:
                with lock:
                    prepare.under_way -= 1

    prepare.under_way = 0
    run([threading.Thread(target=prepare) for _ in range(at_once)])
    gate, times = threading.Barrier(len(ready) or 1), []

    def sign(surfer, where, act):
        gate.wait()
        began = time.monotonic()
        try:
            end = surfer.follow("POST", where, act)
            seconds = time.monotonic() - began
            expect(end, "C’est signé")
            with lock:
                times.append(seconds)
        except Failed as failure:
            with lock:
                failed.append(str(failure))

    began = time.monotonic()
    run([threading.Thread(target=sign, args=one) for one in ready])
    return times, failed, time.monotonic() - began


def run(threads):
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", required=True)
    parser.add_argument("--journeys", type=int, default=20)
    parser.add_argument("--signers", type=int, default=50)
    parser.add_argument("--at-once", type=int, default=4, help="people who are brought to the code at a time")
    wanted = parser.parse_args()
    # The first one of a process reads fonts and templates: it is nobody's figure.
    journeys(wanted.base, 2)
    taken, waits = journeys(wanted.base, wanted.journeys)
    print(f"{'address':<54} {'n':>4} {'median':>8} {'p95':>8}")
    for name in sorted(taken, key=lambda one: one.split(" ")[1]):
        half, most = (percentile(taken[name], share) * 1000 for share in (0.5, 0.95))
        print(f"{name:<54} {len(taken[name]):>4} {half:>5.1f} ms {most:>5.1f} ms{'  over' if most > AIM_MS else ''}")
    half, most = (percentile(waits, share) * 1000 for share in (0.5, 0.95))
    print(f"\nfrom the account to five documents made, sealed and archived: median {half:.0f} ms, p95 {most:.0f} ms")
    times, failed, all_of_it = together(wanted.base, wanted.signers, wanted.at_once)
    if times:
        half, most = (percentile(times, share) * 1000 for share in (0.5, 0.95))
        print(f"{len(times)} signatures at once: {all_of_it:.2f} s in all, median {half:.0f} ms, p95 {most:.0f} ms")
    print(f"{len(failed)} failed")
    for why in failed[:5]:
        print(f"  {why}")
    return 1 if failed or len(times) < wanted.signers else 0


if __name__ == "__main__":
    sys.exit(main())
