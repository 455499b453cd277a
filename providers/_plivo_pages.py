"""Plivo's lists, page by page: each page names what the next one is asked for."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from integration.kernel.errors import ProviderUnavailable
from providers._reading import filled, rows

LABEL = "Plivo"
PAGE_ROWS = 20
"""The most that Plivo gives."""
MOST_PAGES = 50
"""Pages of a list. Beyond them the reading fails: an incomplete list must not look complete."""
Get = Callable[[Mapping[str, Any]], Any]
"""Calls the list with these parameters and returns its answer."""


def listed(get: Get, asked: Mapping[str, Any], most: int = MOST_PAGES) -> Iterator[dict[str, Any]]:
    """Every row of a list, from all its pages."""
    following: Mapping[str, Any] = {"limit": PAGE_ROWS}
    for _ in range(most):
        answer = get({**asked, **following})
        yield from rows(answer, LABEL, "objects")
        following = _next(answer)
        if not following:
            return
    raise ProviderUnavailable(f"{LABEL} lists more than {most} pages here.")


def _next(answer: Any) -> Mapping[str, Any]:
    """The place of the next page, nothing behind the last one.

    It is a cursor or an offset. Beside a cursor, Plivo would still count an offset.
    """
    meta = answer.get("meta") if isinstance(answer, dict) else None
    url = filled(meta, "next") if isinstance(meta, dict) else None
    named = parse_qs(urlsplit(url).query) if url else {}
    place = next((each for each in ("cursor", "offset") if named.get(each)), None)
    return {"limit": PAGE_ROWS, place: named[place][0]} if place else {}
