"""Pairfon's paged history, read no further back than needed and never silently cut short."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from integration.kernel.errors import ProviderUnavailable
from integration.kernel.events import HistoryPage, HistoryRow
from providers._pairfon_words import ID, direction, history_row, inbound, is_outbound, oldest_first
from providers._reading import filled, parted, rows, whole

PAGE_ROWS = 100  # the documented maximum of `limit`
MOST_PAGES = 200
"""Pages that a search with `since` reads. Beyond them it fails: absence is then not proven."""
MOST_PAGES_UNBOUNDED = 20
"""Pages that a search without `since` reads: the newest 2000 rows serve a person's search."""

Get = Callable[[Mapping[str, Any]], Any]
"""Calls /chat/messages with these parameters and returns its answer."""


def read(get: Get, asked: Mapping[str, Any], since: datetime | None) -> list[HistoryRow]:
    """All rows not older than `since`, newest first, each once.

    Pairfon does not document the order of the pages, so the first page shows it. In a history that
    starts with the oldest, the last pages are the ones that matter.
    """
    # Pairfon writes whole seconds, so a row may seem older than the call that made it.
    floor = since.replace(microsecond=0) if since else None
    first, pages = _page(get, asked, 1)
    further = list(_further(get, asked, first, pages, floor))
    # Rows of one second keep the provider's order, reversed where it lists the oldest first.
    found = [*further, *first[::-1]] if _rises(first) else [*first, *further]
    # Rows move to later pages during the reading. Rows without an id look alike, so all stay.
    new = [row for row in found if floor is None or row.at >= floor]
    kept = {row.provider_id or id(row): row for row in new}
    return sorted(kept.values(), key=lambda row: row.at, reverse=True)


def _further(
    get: Get, asked: Mapping[str, Any], first: list[HistoryRow], last: int, floor: datetime | None
) -> Iterator[HistoryRow]:
    """Rows of the other pages, until a whole page is older than `floor`.

    One old row proves nothing, since phones upload late. Nor does an old page prove anything where
    the first page did not show the order.
    """
    rising, falling = _rises(first), _rises(first[::-1])
    if floor and falling and _older(first, floor):
        return
    order = range(last, 1, -1) if rising else range(2, last + 1)
    for number in order[: MOST_PAGES if floor else MOST_PAGES_UNBOUNDED]:
        found, _ = _page(get, asked, number)
        yield from found[::-1] if rising else found
        if floor and (rising or falling) and _older(found, floor):
            return
    if floor and len(order) > MOST_PAGES:
        raise ProviderUnavailable("This conversation is too long to be searched through.")


def _rises(found: list[HistoryRow]) -> bool:
    return len(found) > 1 and found[0].at < found[-1].at


def _older(found: list[HistoryRow], floor: datetime) -> bool:
    return all(row.at < floor for row in found)


def _page(get: Get, asked: Mapping[str, Any], number: int) -> tuple[list[HistoryRow], int]:
    listed, facts = _listed(get, asked, number)
    return [history_row(item) for item in listed], whole(facts.get("pages"), 1)


def _listed(
    get: Get, asked: Mapping[str, Any], number: int
) -> tuple[list[dict[str, Any]], Mapping[str, Any]]:
    """The rows of one page, and what stands beside them."""
    data = get({**asked, "page": number, "limit": PAGE_ROWS})
    return rows(data, "Pairfon", "messages", "data"), data if isinstance(data, dict) else {}


def page(get: Get, asked: Mapping[str, Any], number: int) -> HistoryPage:
    """One page as the back-fill reads it.

    ASSUMED_RISING_IDS: of a phone's rows, one that was uploaded later has a higher id.
    ASSUMED_HISTORY_TIME: a row's `created_at` is what the list calls `received_at`.
    """
    listed, facts = _listed(get, asked, number)
    whose = {"device_fingerprint": asked["device_fingerprint"]}
    inward = [item for item in listed if direction(item) == "inbound"]
    read, left = parted(inbound(whose | item) for item in inward)
    return HistoryPage(
        received=oldest_first(read),
        sent=[filled(item, *ID) or "" for item in listed if is_outbound(item)],
        pages=whole(facts.get("pages"), 1),
        total=whole(facts.get("total"), len(listed)),
        unread=left,
    )
