"""The express way: plain calls of the busiest addresses, taken in front of Flask's routing.

Flask's request, its routing and its hooks cost more than all that a poll has to do. An address
joins as a `Stop` in `integration/app.py`, with its method, its route and the view that Flask
routes there too. The view takes what stands behind the start of the route as its arguments, and
returns a Reply. Everything else is shared as well: the request at hand, what an error is, the
headers of all answers, the line in the log.

Another method, a doubled or closing slash, or an address of another form goes to Flask before
anything was done. So a doubled slash shows what Flask answers to the same call.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from integration.services import Services
from integration.web.core import answers, problems
from integration.web.core.answers import CACHE, Reply
from integration.web.core.current import Call, Environ, at_hand

SLASHES = re.compile(r"/{2,}")
Wsgi = Callable[[Environ, Any], Iterable[bytes]]


@dataclass(frozen=True)
class Stop:
    """An address on the express way. `route` is Flask's own writing of it, for the log; `admit`
    lets the caller in where the view does not do that by itself."""

    method: str
    route: str
    view: Callable[..., Reply]
    admit: Callable[[], None] | None = None

    @property
    def start(self) -> str:
        return self.route.partition("<")[0]

    @property
    def arguments(self) -> int:
        return self.route.count("<")


class Express:
    """A WSGI app around Flask's."""

    def __init__(self, services: Services, flask: Wsgi, stops: Sequence[Stop]) -> None:
        self._services, self._flask = services, flask
        self._stops = {(stop.method, stop.start): stop for stop in stops}

    def __call__(self, environ: Environ, start: Any) -> Iterable[bytes]:
        path: str = environ.get("PATH_INFO", "")
        found = self._found(environ.get("REQUEST_METHOD", ""), path)
        with at_hand(Call(self._services, environ)) as call:
            if found is None:
                # The commonest slip there is: a base URL that ends in a slash.
                environ["PATH_INFO"] = SLASHES.sub("/", path)
                return self._flask(environ, start)
            stop, given = found
            call.route = stop.route
            return _answered(call, _reply(stop, given), start)

    def _found(self, method: str, path: str) -> tuple[Stop, list[str]] | None:
        """The stop and its arguments, None for what is not plain."""
        # Its start is two words long under /v1, else one.
        words = path.split("/", 3)
        start = "/".join(words[: 3 if words[1:2] == ["v1"] else 2]) + "/"
        stop = self._stops.get((method, start))
        if stop is None or not path.isascii():
            return None
        given = path[len(stop.start) :].split("/")
        return (stop, given) if len(given) == stop.arguments and all(given) else None


def _reply(stop: Stop, given: Sequence[str]) -> Reply:
    try:
        if stop.admit:
            stop.admit()
        return stop.view(*given)
    except Exception as error:  # noqa: BLE001  # as in Flask, nothing passes this by: a bug is a 500
        return problems.of(error)


def _answered(call: Call, reply: Reply, start: Any) -> Iterable[bytes]:
    shared = answers.shared_headers(call)
    body = reply.begin(start, shared if "Cache-Control" in reply.headers else (*shared, CACHE))
    answers.note(call, reply.status)
    return body
