"""Logging: one line each, to standard error, without numbers, texts or keys.

`LOG_FORMAT` chooses between a line to read and a JSON object. Both have the time (RFC 3339, UTC),
the request id where there is one, and the facts that `tell` was given.
"""

import json
import logging
import sys
import time
from functools import lru_cache
from typing import Any

from integration.kernel import request_id

QUIET = ("rq.worker", "rq.queue", "gunicorn.access")
_packed = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


def configure(level: str, process: str, form: str = "plain") -> None:
    """Set up the root logger; `process` names who writes, `form` is that of LOG_FORMAT."""
    # As the logging HOWTO advises: no line shows these, and looking for them costs half of it.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    root = logging.getLogger()
    root.handlers[:] = [handler(process, form)]
    root.setLevel(level.upper())
    for name in QUIET:
        # RQ names the function and arguments of each job at INFO; ids only, but it is noise.
        logging.getLogger(name).setLevel(logging.WARNING)


def handler(process: str, form: str) -> logging.Handler:
    made = logging.StreamHandler(sys.stderr)
    made.setFormatter(Json(process) if form == "json" else Plain(process))
    return made


def tell(log: logging.Logger, level: int, event: str, **facts: Any) -> None:
    """Log an event with facts, which a line names as `name=value`. None are numbers or texts."""
    if log.isEnabledFor(level):
        log.log(level, event, extra={"facts": facts})


class Plain(logging.Formatter):
    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        head = f"{_at(record)} {record.levelname} {self._process} {record.name}"
        facts = "".join([f" {name}={value}" for name, value in _facts(record).items()])
        trace = f"\n{self.formatException(record.exc_info)}" if record.exc_info else ""
        return f"{head} {record.getMessage()}{facts}{trace}"


class Json(Plain):
    def format(self, record: logging.LogRecord) -> str:
        trace = self.formatException(record.exc_info) if record.exc_info else ""
        return _packed(
            {
                "at": _at(record),
                "level": record.levelname.lower(),
                "process": self._process,
                "logger": record.name,
                "message": record.getMessage(),
                **_facts(record),
                **({"exception": trace} if trace else {}),
            }
        )


@lru_cache(maxsize=2)
def _second(whole: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))


def _at(record: logging.LogRecord) -> str:
    return f"{_second(int(record.created))}.{int(record.msecs):03d}Z"


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    given: dict[str, Any] = getattr(record, "facts", {})
    current = request_id.current.get()
    return {**given, "request_id": current} if current else given
