"""Where Twilio calls about received messages: one address for each number, and for a service."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from integration.kernel.errors import ProviderRejected
from integration.kernel.registration import HookEntry
from providers._reading import filled
from providers._twilio_words import SERVICE, takes_texts

EVENTS, BY_GET = frozenset({"incoming message"}), "by GET"
"""What a place brings, and what is named besides where Twilio calls it by GET. We take either."""
APPLICATION = "AP"
"""How the SID of a TwiML application begins; it stands in the place of a number's address."""
# ASSUMED_DEMO_ADDRESS: a new number calls a demonstration of Twilio's, which nobody misses.
DEMO = "demo.twilio.com"
HTTP = re.compile("https?://", re.IGNORECASE)
NO_PLACE = (
    "This Twilio account has no number yet that takes texts. Buy one in Twilio's console; this"
    " connection then registers its webhook by itself."
)


def found(
    numbers: Iterable[Mapping[str, Any]], services: Iterable[Mapping[str, Any]]
) -> list[HookEntry]:
    """Every place, also one without an address. A service that leaves calls to its numbers has no
    place."""
    places = [_number(row) for row in numbers if takes_texts(row)]
    own = [row for row in services if row.get("use_inbound_webhook_on_number") is not True]
    places += [_place(row, "inbound_request_url", "inbound_method") for row in own]
    return [each for each in places if each.id]


def wanted(places: Sequence[HookEntry], url: str) -> list[HookEntry]:
    """Raises ProviderRejected where there is no place."""
    if not places:
        raise ProviderRejected(NO_PLACE)
    return [replace(each, url=url, events=EVENTS, overwrites=_standing(each)) for each in places]


def form(entry: HookEntry, address: str) -> list[tuple[str, str]]:
    """What sets a place to `address`, as `_standing` writes it: "" empties it."""
    first, _, rest = address.partition(" ")
    method, url = (first, rest) if rest else ("POST", first)
    if SERVICE.fullmatch(entry.id):
        return [("InboundRequestUrl", url), ("InboundMethod", method)]
    if url.startswith(APPLICATION):
        return [("SmsUrl", ""), ("SmsApplicationSid", url)]
    # An application counts more than an address, so it has to go.
    leaves = [("SmsApplicationSid", "")] if entry.overwrites.startswith(APPLICATION) else []
    return [("SmsUrl", url), ("SmsMethod", method), *leaves]


def _number(row: Mapping[str, Any]) -> HookEntry:
    has_application = filled(row, "sms_application_sid")
    return _place(row, "sms_application_sid" if has_application else "sms_url", "sms_method")


def _place(row: Mapping[str, Any], address: str, method: str) -> HookEntry:
    """A place as an entry. What follows a # in its address says how Twilio calls, and stays."""
    url = filled(row, address) or ""
    by_get = {BY_GET} if filled(row, method) == "GET" and HTTP.match(url) else set()
    return HookEntry(id=filled(row, "sid") or "", url=url, events=EVENTS | by_get)


def _standing(entry: HookEntry) -> str:
    """What stands there: the address, behind its method where that is GET, or an application."""
    if urlsplit(entry.url).hostname == DEMO:
        return ""
    return f"GET {entry.url}" if BY_GET in entry.events else entry.url
