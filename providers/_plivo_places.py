"""Where Plivo calls about received messages: one address for each application."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from integration.kernel.errors import ProviderRejected
from integration.kernel.registration import HookEntry
from providers._plivo_words import takes_texts
from providers._reading import filled

EVENTS, BY_GET = frozenset({"incoming message"}), "by GET"
"""What a place brings, and what is named besides where Plivo calls it by GET."""
NO_PLACE = (
    "No number of this Plivo account that takes texts has an application yet. Make an application"
    " in Plivo's console and give it to your numbers; this connection then registers its webhook"
    " by itself."
)


def used(
    numbers: Iterable[Mapping[str, Any]], powerpacks: Iterable[Mapping[str, Any]]
) -> frozenset[str]:
    """The ids of the applications that get the texts of these numbers and Powerpacks."""
    paths = [filled(row, "application") or "" for row in numbers if takes_texts(row)]
    found = [each.rstrip("/").rpartition("/")[2] for each in paths]
    found += [filled(row, "application_id") or "" for row in powerpacks]
    return frozenset(each for each in found if each)


def found(applications: Iterable[Mapping[str, Any]], used: frozenset[str]) -> list[HookEntry]:
    """Every place in use, also one without an address."""
    return [each for each in map(_place, applications) if each.id in used]


def wanted(places: Sequence[HookEntry], url: str) -> list[HookEntry]:
    """Raises ProviderRejected where there is no place."""
    if not places:
        raise ProviderRejected(NO_PLACE)
    return [replace(each, url=url, events=EVENTS, overwrites=_standing(each)) for each in places]


def given(address: str) -> dict[str, str]:
    """What sets a place to `address`, as `_standing` writes it: "" empties it.

    ASSUMED_PLIVO_APPLICATIONS: an application keeps what an update does not name, and an empty
    address takes the old one away.
    """
    first, _, rest = address.partition(" ")
    method, url = (first, rest) if rest else ("POST", first)
    return {"message_url": url, "message_method": method}


def _place(row: Mapping[str, Any]) -> HookEntry:
    url = filled(row, "message_url") or ""
    by_get = {BY_GET} if url and filled(row, "message_method") == "GET" else set()
    return HookEntry(id=filled(row, "app_id") or "", url=url, events=EVENTS | by_get)


def _standing(entry: HookEntry) -> str:
    """What stands there, behind its method where that is GET."""
    return f"GET {entry.url}" if BY_GET in entry.events else entry.url
