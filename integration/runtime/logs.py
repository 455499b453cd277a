"""Logging: one readable line each, to standard error, without numbers, texts or keys."""

import logging
import sys

QUIET = ("rq.worker", "rq.queue", "gunicorn.access")


def configure(level: str, process: str) -> None:
    """Set up the root logger; `process` names who writes."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(f"%(levelname)s {process} %(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        # RQ names the function and arguments of each job at INFO; ids only, but it is noise.
        logging.getLogger(name).setLevel(logging.WARNING)
