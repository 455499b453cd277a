"""The request at hand as the webhook that a provider's class reads."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from werkzeug.wsgi import get_host

from integration.kernel.webhooks import Pairs, WebhookCall, pairs
from integration.store.clock import wall_ms
from integration.web.core import reading
from integration.web.core.current import Call, Environ, call

BARE = ("CONTENT_TYPE", "CONTENT_LENGTH")
"""Headers that WSGI names without HTTP_."""


class Headers(Mapping[str, str]):
    """The headers by their names in lower case, looked up in WSGI's when a provider asks: most
    providers ask for none."""

    def __init__(self, environ: Environ) -> None:
        self._environ = environ

    def __getitem__(self, name: str) -> str:
        if not name.islower():
            raise KeyError(name)
        variable = name.upper().replace("-", "_")
        found: str = self._environ[variable if variable in BARE else f"HTTP_{variable}"]
        return found

    def __iter__(self) -> Iterator[str]:
        for name in self._environ:
            if name in BARE or name.startswith("HTTP_"):
                yield name.removeprefix("HTTP_").replace("_", "-").lower()

    def __len__(self) -> int:
        return sum(1 for _ in self)


class ArrivedCall(WebhookCall):
    """A call whose parts are made when its provider first asks for them. Most providers ask for the
    body alone, and their webhooks are the busiest calls of all."""

    def __init__(self, arrived: Call, body: bytes) -> None:
        vars(self).update(method=arrived.method, body=body, arrived=arrived)

    def __getattr__(self, name: str) -> Any:
        if name not in MAKERS:
            raise AttributeError(name)
        found = vars(self)[name] = MAKERS[name](vars(self)["arrived"])
        return found


def read(most: int) -> WebhookCall:
    """The request at hand, its body read; TooLarge where that has more than `most` bytes."""
    return ArrivedCall(call(), reading.raw_body(most))


def _query(made: Call) -> Pairs:
    return pairs(
        made.header("QUERY_STRING").encode("latin-1", "replace").decode("utf-8", "replace")
    )


def _now(_: Call) -> datetime:
    return datetime.fromtimestamp(wall_ms() / 1000, UTC)


def _url(made: Call) -> str:
    """As the provider was given it: a proxy in front may have changed scheme, host and prefix."""
    root = made.services.settings.public_url
    if not root:
        root = f"{made.wsgi['wsgi.url_scheme']}://{get_host(made.wsgi)}"
    return root + _target(made)


def _target(made: Call) -> str:
    """Path and query as the request line had them, which signatures cover undecoded."""
    raw: str = made.wsgi.get("RAW_URI", "")
    if raw.startswith("/"):
        return raw
    path, query = quote(made.header("PATH_INFO").encode("latin-1")), made.header("QUERY_STRING")
    return f"{path}?{query}" if query else path


MAKERS: Mapping[str, Callable[[Call], Any]] = {
    "url": _url,
    "query": _query,
    "headers": lambda made: Headers(made.wsgi),
    "at": _now,
}
