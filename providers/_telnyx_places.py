"""Where Telnyx calls about received messages: one address for each messaging profile."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from integration.kernel.errors import ProviderRejected
from integration.kernel.registration import HookEntry
from providers._reading import filled

VERSION = "2"
"""The version of webhooks that we read."""
NO_PLACE = (
    "This Telnyx account has no messaging profile yet that takes texts. Make one in Telnyx's"
    " portal; this connection then registers its webhook by itself."
)


def found(profiles: Iterable[Mapping[str, Any]], chosen: str | None) -> list[HookEntry]:
    """Every place, also one without an address: the chosen profile, or all that are enabled."""
    able = [row for row in profiles if row.get("enabled") is not False]
    places = map(place, able)
    return [each for each in places if each.id and each.id == (chosen or each.id)]


def place(profile: Mapping[str, Any]) -> HookEntry:
    """A profile as an entry: its events are named after its version of webhooks."""
    url = filled(profile, "webhook_url") or ""
    version = filled(profile, "webhook_api_version") or VERSION
    return HookEntry(id=filled(profile, "id") or "", url=url, events=_events(version))


def wanted(places: Sequence[HookEntry], url: str) -> list[HookEntry]:
    """Raises ProviderRejected where there is no place."""
    if not places:
        raise ProviderRejected(NO_PLACE)
    return [
        replace(each, url=url, events=_events(VERSION), overwrites=_standing(each))
        for each in places
    ]


def added(entry: HookEntry) -> dict[str, str]:
    """What sets a place to our address."""
    return {"webhook_url": entry.url, "webhook_api_version": VERSION}


def removed(entry: HookEntry) -> dict[str, str]:
    """What empties a place, or puts back what stood there with its version."""
    first, _, rest = entry.overwrites.partition(" ")
    url, version = (rest, first) if rest else (first, VERSION)
    return {"webhook_url": url, "webhook_api_version": version}


def _standing(entry: HookEntry) -> str:
    """What stands there: the address, behind the version where that is not ours."""
    [event] = entry.events
    version = event.rpartition(" ")[2]
    return f"{version} {entry.url}" if entry.url and version != VERSION else entry.url


def _events(version: str) -> frozenset[str]:
    return frozenset({f"messages in version {version}"})
