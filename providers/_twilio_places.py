"""Where Twilio calls about received messages: one address for each number, and for a service."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from integration.kernel.errors import ProviderRejected
from integration.kernel.registration import HookEntry
from providers._reading import filled
from providers._twilio_words import SERVICE, takes_texts

EVENTS = frozenset({"incoming message"})
APPLICATION = "AP"
"""How the SID of a TwiML application begins; it stands in the place of a number's address."""
# ASSUMED_DEMO_ADDRESS: a new number calls a demonstration of Twilio's, which nobody misses.
DEMO = "demo.twilio.com"
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
    places += [_place(filled(row, "sid"), filled(row, "inbound_request_url")) for row in own]
    return [each for each in places if each.id]


def wanted(places: Sequence[HookEntry], url: str) -> list[HookEntry]:
    """Raises ProviderRejected where there is no place."""
    if not places:
        raise ProviderRejected(NO_PLACE)
    return [replace(each, url=url, overwrites=_standing(each.url)) for each in places]


def form(entry: HookEntry, url: str) -> list[tuple[str, str]]:
    """What sets a place to `url`, which "" empties, or back to a TwiML application."""
    if SERVICE.fullmatch(entry.id):
        return [("InboundRequestUrl", url), ("InboundMethod", "POST")]
    if url.startswith(APPLICATION):
        return [("SmsUrl", ""), ("SmsApplicationSid", url)]
    # An application counts more than an address, so it has to go.
    leaves = [("SmsApplicationSid", "")] if entry.overwrites.startswith(APPLICATION) else []
    return [("SmsUrl", url), ("SmsMethod", "POST"), *leaves]


def _number(row: Mapping[str, Any]) -> HookEntry:
    return _place(filled(row, "sid"), filled(row, "sms_application_sid", "sms_url"))


def _place(sid: str | None, url: str | None) -> HookEntry:
    # What follows a # says how Twilio calls, and is not part of the address.
    return HookEntry(id=sid or "", url=(url or "").partition("#")[0], events=EVENTS)


def _standing(url: str) -> str:
    return "" if urlsplit(url).hostname == DEMO else url
