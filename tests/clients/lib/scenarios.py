"""A scenario is a line for the runner. The world comes on the standard input, and when that ends, so do we."""

import json
import os
import sys
import threading
import traceback

FAMILY = os.environ.get("CLIENTS_FAMILY", "by hand")
FILTER = os.environ.get("CLIENTS_FILTER", "")

# What the runner reads; what a library prints goes where nobody counts it.
_lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)


def _say(line):
    print(json.dumps(line), file=_lines, flush=True)


def world():
    """What the runner tells: where the server is, which applications and people it knows."""
    told = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_runner, daemon=True).start()
    return told


def _end_with_the_runner():
    while sys.stdin.readline():
        pass
    os._exit(0)


def ready(told):
    """Says something of ourselves before we are told of the world."""
    _say({"ready": told})


def scenario(name):
    """Runs the function below it as a scenario; what it raises is why it failed."""

    def run(body):
        if FILTER not in f"{FAMILY}::{name.replace(' ', '_')}":
            return body
        try:
            body()
        except Exception as error:
            why = "".join(traceback.format_exception(error, limit=-4, chain=False))
            _say({"scenario": name, "ok": False, "why": why})
        else:
            _say({"scenario": name, "ok": True})
        return body

    return run


def end():
    """Says that nothing comes any more."""
    _say({"end": True})


def refused(expected, call):
    """That a call raises this exception: the exception."""
    try:
        answer = call()
    except expected as error:
        return error
    raise AssertionError(f"not refused: {answer!r}")
