"""Identity: when two sightings are one message, and what that message is called for ever.

The seed gives one message an integer in its list and a UUID as the latest, so ids alone do not
tell; equal texts of the same second are sometimes two messages, so the content alone does not
either. Hence a fingerprint of the content, and each channel counts under how many distinct
upstream ids it has shown that fingerprint: a message is new when a channel's count passes the
number known. Its id follows from fingerprint and number, so it is the same after a restart and
in a store that was lost and refilled.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence

from integration.kernel import phones
from integration.kernel.events import InboundMessage

PREFIX = "sms_"


def fingerprint(connection_id: str, message: InboundMessage, region: str | None) -> str:
    """26 lower-case characters (130 bits) of who wrote what to which phone in which second.

    Fractions of the second are left out, since channels differ in their precision.
    """
    facts: list[str | int] = [
        connection_id,
        message.device_fingerprint or "",
        message.sim_slot or "",
        phones.readable(message.phone, region),
        int(message.received_at.timestamp()),
        message.message,
    ]
    return _digest(facts)


def conversation(connection_id: str, message: InboundMessage, region: str | None) -> str:
    """The id of the conversation with this number; one a connection, whichever phone it reached."""
    return "cnv_" + _digest([connection_id, phones.readable(message.phone, region)])


def _digest(facts: Sequence[str | int]) -> str:
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return base64.b32encode(digest).decode().lower()[:26]


def mark(provider_id: str | None) -> str:
    """The upstream id as the store remembers it: short, and free of our separators.

    A sighting without an id is always the same one: whether it repeats another cannot be told,
    and the list, whose items do have ids, settles it.
    """
    if provider_id is None:
        return "-"
    return hashlib.sha256(provider_id.encode("utf-8", "surrogatepass")).hexdigest()[:10]
