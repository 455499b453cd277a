"""Twilio's lists, page by page: each page names the next one in full."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from integration.kernel.errors import ProviderUnavailable
from providers._reading import filled, rows
from providers._twilio_words import created, is_inbound, media_count

PAGE_ROWS = 100
"""Rows of a page of messages; Twilio gives up to 1000, which take it seconds."""
MOST_PAGES = 100
"""Pages of a list. Beyond them the reading fails: an incomplete list must not look complete."""
MOST_MEDIA = 10
"""Messages with pictures that are read at a time."""
MOST_PAGES_UNBOUNDED = 5
"""Pages that a search without `since` reads: the newest 500 messages serve a person's search."""
LABEL = "Twilio"

Get = Callable[[Mapping[str, Any]], Any]
"""Calls the list with these parameters and returns its answer."""


def listed(get: Get, asked: Mapping[str, Any], name: str) -> Iterator[dict[str, Any]]:
    """Every row of a list, from all its pages."""
    for page in pages(get, {**asked, "PageSize": PAGE_ROWS}, name, MOST_PAGES):
        yield from page


def messages(
    get: Get, asked: Mapping[str, Any], since: datetime | None
) -> Iterator[dict[str, Any]]:
    """Messages that Twilio took since then.

    ASSUMED_NEWEST_FIRST: the list is in the order of `date_created`, the newest first. So a whole
    page from before `since` is the last one to be read.
    """
    # Twilio writes whole seconds, so a row may seem older than the call that made it.
    floor = since.replace(microsecond=0) if since else None
    most = MOST_PAGES if floor else MOST_PAGES_UNBOUNDED
    for page in pages(get, {**asked, "PageSize": PAGE_ROWS}, "messages", most, cut=floor is None):
        new = [row for row in page if floor is None or (created(row) or floor) >= floor]
        yield from new
        if page and not new:
            return


class Place(NamedTuple):
    """Where a reading of the list goes on: what its page is asked for, and how many of its rows
    were read before."""

    asked: Mapping[str, Any]
    skip: int = 0

    def written(self) -> str:
        return json.dumps([dict(self.asked), self.skip])


def place(cursor: str, since: datetime) -> Place:
    """That of a cursor, or the beginning of the list of messages since then."""
    if cursor:
        asked, skip = json.loads(cursor)
        return Place(asked, skip)
    return Place({"DateSent>": since.strftime("%Y-%m-%dT%H:%M:%SZ"), "PageSize": PAGE_ROWS})


def slice_of(answer: Any, at: Place, since: datetime) -> tuple[list[dict[str, Any]], Place | None]:
    """The received messages of a page, oldest first, and where the next ones are.

    The pictures of each take a call of their own. So a page of many is read in several turns.
    """
    listed = rows(answer, LABEL, "messages")
    inward = [(n, row) for n, row in enumerate(listed) if n >= at.skip and is_inbound(row)]
    with_media = [n for n, row in inward if media_count(row)]
    if len(with_media) > MOST_MEDIA:
        end = with_media[MOST_MEDIA]
        return [row for n, row in reversed(inward) if n < end], Place(at.asked, end)
    following = next_page(answer)
    # Where the filter counts in whole days, the list goes on behind `since`.
    over = bool(listed) and all((created(row) or since) < since for row in listed)
    rest = Place(following) if following and not over else None
    return [row for _, row in reversed(inward)], rest


def pages(
    get: Get, asked: Mapping[str, Any], name: str, most: int, *, cut: bool = False
) -> Iterator[list[dict[str, Any]]]:
    """The pages of a list, `most` at most. One with more is left there if it may be `cut`."""
    following = asked
    for _ in range(most):
        answer = get(following)
        yield rows(answer, LABEL, name)
        following = next_page(answer)
        if not following:
            return
    if not cut:
        raise ProviderUnavailable(f"{LABEL} lists more than {most} pages here.")


def next_page(answer: Any) -> Mapping[str, Any]:
    """The parameters of the page after this one, none behind the last one.

    The addresses of version 2010-04-01 are paths with a query; newer ones are in `meta`, in full.
    """
    known = answer if isinstance(answer, dict) else {}
    meta = known.get("meta")
    url = filled(known, "next_page_uri")
    if url is None and isinstance(meta, dict):
        url = filled(meta, "next_page_url")
    return dict(parse_qsl(urlsplit(url).query)) if url else {}
