"""The request at hand as the webhook that a provider's class reads."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from werkzeug.wsgi import get_host

from integration.kernel.webhooks import WebhookCall, pairs
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


def read(most: int) -> WebhookCall:
    """The request at hand, its body read; TooLarge where that has more than `most` bytes."""
    made = call()
    query = made.header("QUERY_STRING").encode("latin-1", "replace").decode("utf-8", "replace")
    return WebhookCall(
        method=made.method,
        url=_url(made),
        query=pairs(query),
        headers=Headers(made.wsgi),
        body=reading.raw_body(most),
        at=datetime.fromtimestamp(wall_ms() / 1000, UTC),
    )


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
