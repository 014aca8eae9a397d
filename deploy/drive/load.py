#!/usr/bin/env python3
"""Requests at a steady rate, as many people make them: pages, prices, quotes, whole subscriptions.

    load.py --base http://127.0.0.1:8080[,http://…] --rate 50 --seconds 30 [--at-once N] [--mix quotes|pages|all]
            [--journeys SHARE] [--path p1|p2|p3|both|all]

Open loop: a request is due at its hour whether the one before it was answered or not, and its time is
counted from that hour, so that a service which falls behind is seen to. With --journeys, this share of the
requests is those of people who go from the price to the signed contract without a pause; how many begin is
steady too. The one page of theirs that waits by design, until five documents are typeset, sealed and archived,
has a figure of its own. The last line says how many were answered, how many failed, and the times. Exit 1 if
one failed. TERM ends it and has it say its line.
"""

import argparse
import http.client
import json
import queue
import random
import signal
import sys
import threading
import time
import urllib.parse
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from journey import PATHS, YEARS, journey  # noqa: E402
from surfer import Surfer  # noqa: E402

# What somebody asks for from the price to the contract, on average of the paths.
REQUESTS_OF_A_JOURNEY = 28

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


def project():
    """The example of the API, with dates that are ahead."""
    text = (EXAMPLES / "one-loan.json").read_text()
    ahead = time.gmtime(time.time() + 40 * 86400)
    start = f"{ahead.tm_year}-{ahead.tm_mon:02}-05"
    year, month = (ahead.tm_year, ahead.tm_mon + 1) if ahead.tm_mon < 12 else (ahead.tm_year + 1, 1)
    return text.replace("2026-06-05", start).replace("2026-07-05", f"{year}-{month:02}-05")


class Mix:
    """What the next request is."""

    def __init__(self, name):
        self.document, self.kept, self.lock = project(), [], threading.Lock()
        self.weights = {
            "quotes": {"simulate": 6, "keep": 2, "read": 2},
            "pages": {"home": 3, "form": 3, "page": 4},
            "all": {"simulate": 4, "keep": 2, "read": 2, "home": 1, "form": 1, "page": 1},
        }[name]

    def project(self):
        """Nobody's loan is the next one's."""
        return self.document.replace("20000000", str(random.randrange(8_000_000, 40_000_000, 10_000)))

    def next(self):
        kinds = list(self.weights)
        kind = random.choices(kinds, [self.weights[one] for one in kinds])[0]
        with self.lock:
            known = random.choice(self.kept) if self.kept else None
        if kind in ("read", "page") and known is None:
            kind = "keep"
        said = {"Content-Type": "application/json"}
        if kind == "simulate":
            return kind, "POST", "/v1/simulations", self.project(), said
        if kind == "keep":
            return kind, "POST", "/v1/quotes", self.project(), {**said, "Idempotency-Key": str(uuid.uuid4())}
        path = {"read": f"/v1/quotes/{known}", "page": f"/devis/{known}", "home": "/", "form": "/simuler"}[kind]
        return kind, "GET", path, None, {}

    def answered(self, kind, text):
        if kind == "keep":
            with self.lock:
                self.kept.append(json.loads(text)["id"])
                del self.kept[:-500]


def percentile(times, share):
    return times[min(len(times) - 1, int(len(times) * share))] * 1000 if times else 0.0


def worker(host, mix, due, results):
    connection = None
    while (hour := due.get()) is not None:
        kind, method, path, body, headers = mix.next()
        # What this sender itself was late is not the service's: it is counted apart.
        try:
            if connection is None:
                connection = http.client.HTTPConnection(host, timeout=30)
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text, status = answer.read(), answer.status
            if answer.headers.get("Connection", "").lower() == "close":
                connection.close()
                connection = None
            if status < 400:
                mix.answered(kind, text)
        except (OSError, http.client.HTTPException) as error:
            status = repr(error)
            if connection:
                connection.close()
            connection = None
        results.append((kind, status, time.monotonic() - hour))


class Counted(Surfer):
    """The browser of somebody whose requests are counted."""

    def __init__(self, base, results):
        super().__init__(base)
        self.results = results

    def once(self, method, path, body=None, headers=None):
        began, status, kind = time.monotonic(), None, "step"
        try:
            answer, text = super().once(method, path, body, headers)
            status = answer.status
            return answer, text
        except (OSError, http.client.HTTPException) as error:
            status = repr(error)
            raise
        finally:
            if method == "GET" and path.endswith("/signature"):
                kind = "documents"
            # The mailbox of development is nobody's page.
            if not path.startswith("/dev/"):
                self.results.append((kind, status, time.monotonic() - began))


def traveller(base, path, results):
    done = journey(Counted(base, results), path)
    results.append(("journey", 200 if done["ok"] else done["why"], done["seconds"]))


def hours(rate, seconds, stop):
    """When the next one is due, at that hour. A Poisson process: people do not come one after the other."""
    hour = time.monotonic()
    end = hour + seconds
    while rate > 0 and not stop.is_set() and hour < end:
        hour += random.expovariate(rate)
        stop.wait(max(0.0, hour - time.monotonic()))
        yield hour


def begin_journeys(wanted, stop, results):
    bases, paths, people = wanted.base.split(","), PATHS.get(wanted.path, (wanted.path,)), []
    for _ in hours(wanted.rate * wanted.journeys / REQUESTS_OF_A_JOURNEY, wanted.seconds, stop):
        turn = len(people)
        about = (bases[turn % len(bases)], paths[turn % len(paths)], results)
        people.append(threading.Thread(target=traveller, args=about))
        people[-1].start()
    for one in people:
        one.join()


def failures(results):
    """What went wrong: a step of a journey that did is in the journey's own line as well."""
    return [status for kind, status, _ in results
            if not isinstance(status, int) or status >= (500 if kind in ("step", "documents") else 400)]


def summary(results, took):
    """The figures: of requests, of the page that waits for documents, of whole journeys."""
    answered = [(kind, spent) for kind, status, spent in results if isinstance(status, int) and status < 500]
    times = sorted(spent for kind, spent in answered if kind not in ("journey", "documents"))
    figures = {"asked": sum(kind != "journey" for kind, _, _ in results), "failed": len(failures(results)),
               "per_s": round(len(times) / took, 1),
               **{f"p{int(share * 100)}_ms": round(percentile(times, share), 1) for share in (0.5, 0.95, 0.99)},
               "longest_ms": round(times[-1] * 1000, 1) if times else 0.0}
    ended = sum(kind == "journey" for kind, _ in answered)
    if ended:
        waits = sorted(spent for kind, spent in answered if kind == "documents")
        figures.update(signed=ended, documents_p50_ms=round(percentile(waits, 0.5), 1),
                       documents_p95_ms=round(percentile(waits, 0.95), 1))
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--at-once", type=int, default=32)
    parser.add_argument("--mix", choices=["quotes", "pages", "all"], default="all")
    parser.add_argument("--journeys", type=float, default=0, help="share of the requests, such as 0.3")
    parser.add_argument("--path", choices=[*YEARS, *PATHS], default="both")
    parser.add_argument("--status", help="file that the figures are also written to, as JSON")
    wanted = parser.parse_args()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    mix, due, results = Mix(wanted.mix), queue.Queue(), []
    # Of several copies, each worker has one: as a balancer shares connections out.
    hosts = [urllib.parse.urlsplit(base).netloc for base in wanted.base.split(",")]
    workers = [threading.Thread(target=worker, args=(hosts[one % len(hosts)], mix, due, results))
               for one in range(wanted.at_once)]
    for one in workers:
        one.start()
    began = time.monotonic()
    people = threading.Thread(target=begin_journeys, args=(wanted, stop, results))
    people.start()
    for hour in hours(wanted.rate * (1 - wanted.journeys), wanted.seconds, stop):
        due.put(hour)
    for _ in workers:
        due.put(None)
    for one in [people, *workers]:
        one.join()
    figures = summary(results, time.monotonic() - began)
    failed = failures(results)
    if wanted.status:
        Path(wanted.status).write_text(json.dumps(figures))
    line = ", ".join(f"{name} {value}" for name, value in figures.items())
    print(line + (f"; first failure: {failed[0]}" if failed else ""), flush=True)
    return 1 if failed or not results else 0


if __name__ == "__main__":
    sys.exit(main())
