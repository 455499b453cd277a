"""The family's paged listings, read to the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from integration.kernel.errors import ProviderUnavailable
from providers._reading import filled, rows, whole

MOST_PAGES = 400
"""Pages at most. Beyond them the reading fails: an incomplete list must not look complete."""
_WRAPPERS = ("data", "contacts", "contact_groups", "groups")
_META = ("data", "meta", "pagination", "links")

Get = Callable[[Mapping[str, Any]], Any]
"""Calls the listing with these parameters and returns its answer."""


def read(get: Get, asked: Mapping[str, Any], label: str) -> Iterator[dict[str, Any]]:
    """Every row of a listing, each once.

    ASSUMED_PAGING: `page` counts from 1, and the answer names the last page as a Laravel paginator
    does. Otherwise the first page without new rows is the end.
    """
    seen: set[str] = set()
    for page in range(1, MOST_PAGES + 1):
        answer = get({**asked, "page": page})
        fresh = [row for row in rows(answer, label, *_WRAPPERS) if _name(row) not in seen]
        seen.update(_name(row) for row in fresh)
        yield from fresh
        last = _last_page(answer, len(_META))
        if not fresh or (last is not None and page >= last):
            return
    raise ProviderUnavailable(f"{label} lists more than {MOST_PAGES} pages; name a smaller group.")


def _name(row: Mapping[str, Any]) -> str:
    return filled(row, "uid", "id") or repr(sorted(row.items(), key=str))


def _last_page(answer: Any, depth: int) -> int | None:
    if not isinstance(answer, dict) or not depth:
        return None
    for name in ("last_page", "total_pages", "pages"):
        if name in answer:
            return whole(answer[name], 1)
    inner = (_last_page(answer.get(name), depth - 1) for name in _META)
    return next((each for each in inner if each is not None), None)
