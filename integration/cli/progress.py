"""Progress: how far a long command is, on standard error, so that what it prints stays whole."""

import sys
import time

from integration.upkeep.progress import Progress

EVERY_SECONDS = 2.0


def shown(verb: str, what: str = "keys") -> Progress:
    """Says how far it is, every other second, and the total where that took longer.

    `verb` begins the line, `what` is counted."""
    last, told = time.monotonic(), False

    def show(done: int, total: int) -> None:
        nonlocal last, told
        if time.monotonic() - last > EVERY_SECONDS or (told and done == total):
            last, told = time.monotonic(), True
            print(f"{verb} {done:,} of {total:,} {what}.", file=sys.stderr, flush=True)

    return show


def looked_at(what: str) -> Progress:
    return shown("Looked at", what)
