"""Sightings: by which channels a text of the inbox was shown to us, as commit.lua recorded it."""

from collections.abc import Mapping
from dataclasses import replace

from integration.inbound import identity
from integration.inbound.identity import Kin
from integration.kernel import times
from integration.kernel.events import Channel, Event, InboundMessage
from integration.services import Services
from integration.store import damaged, keys

ENTRY, DAY = 5, 86_400
ALIKE = "e"
"""The letter of the number of events that share a record."""
_SHOWN: Mapping[str, Channel] = {
    letter.upper(): channel for channel, letter in identity.LETTERS.items()
}


def shown(services: Services, event: Event) -> tuple[Mapping[Channel, int], int]:
    """How many texts alike in this second each channel has shown, and how many events they are.

    Both are mostly one. Without a record, which is kept some days longer than its event, no channel
    is known.
    """
    try:
        places = _places(services, event)
    except damaged.NONSENSE:
        return {}, 0
    records = services.line.ask(*(("HGET", *each) for each in places))
    found = _counts(next(filter(None, records), b""))
    channels = {_SHOWN[letter]: count for letter, count in found.items() if letter in _SHOWN}
    return channels, found.get(ALIKE, 0)


def _places(services: Services, event: Event) -> list[tuple[str, bytes]]:
    """Where its record may be: an event does not tell whether its time was the provider's."""
    kind = services.catalog.providers.get(event["provider"].replace("-", "_"))
    message = InboundMessage(
        provider_id=event["provider_id"],
        phone=event["phone"],
        message=event["message"],
        received_at=times.parse_strict(event["received_at"]),
    )
    joined = identity.joins(kind, message)
    every = message, replace(message, dated_by="arrival")
    found = dict.fromkeys(identity.kin(each, joined=joined) for each in every)
    return [_place(event["connection"], each) for each in found]


def _place(connection_id: str, kin: Kin) -> tuple[str, bytes]:
    day, second = divmod(kin.second, DAY)
    return keys.shown(connection_id, str(day)), kin.likeness + b"%d" % second


def _counts(record: bytes) -> dict[str, int]:
    parts = [record[at : at + ENTRY] for at in range(0, len(record), ENTRY)]
    counted = [each for each in parts if each[:1] == b"e" or each[:1].isupper()]
    return {each[:1].decode(): int.from_bytes(each[1:]) for each in counted}
