"""Identity: when two sightings are one message, and which id that message keeps.

Comes after the webhook (web/api/ingress.py) or the sync (sync.py), and before the commit
(commit.py).

The seed gives one message an integer in its list and a UUID as the latest, so ids alone do not
decide. Equal texts of the same second are sometimes two messages, so the content alone does not
either. So there is a fingerprint of the content. Each channel counts under how many distinct
upstream ids it has shown that fingerprint. A message is new when a channel's count passes the
known number. Its id follows from fingerprint and number, so it is the same after a restart and
in a store that was lost and refilled.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from integration.kernel import phones
from integration.kernel.events import Channel, InboundMessage

PREFIX = "sms_"
TALK_PREFIX = "cnv_"
LETTERS: dict[Channel, str] = {"list": "l", "latest": "n", "webhook": "w", "history": "h"}
"""How the store names the channels."""
PACKED, MARK = 12, 4
NO_ID = bytes(MARK)
_plainly = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Name(NamedTuple):
    """`text` is 26 lower-case characters (130 bits), for ids; `packed` is what the store compares.

    `packed` holds the first 96 bits, which suffice for the messages of one connection and day."""

    text: str
    packed: bytes


def fingerprint(connection_id: str, message: InboundMessage, region: str | None) -> Name:
    """Who wrote what to which phone in which second.

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
    return _name(facts)


def conversation(connection_id: str, message: InboundMessage, region: str | None) -> Name:
    """The conversation with this number; one a connection, whichever phone it reached."""
    return _conversation(connection_id, phones.readable(message.phone, region))


@lru_cache(maxsize=5_000)
def _conversation(connection_id: str, phone: str) -> Name:
    return _name([connection_id, phone])


def _name(facts: Sequence[str | int]) -> Name:
    digest = hashlib.sha256(_plainly(facts).encode("utf-8", "surrogatepass")).digest()
    text = base64.b32encode(digest[:20]).decode().lower()[:26]
    return Name(text, digest[:PACKED])


def mark(provider_id: str | None) -> bytes:
    """The upstream id as the store remembers it: 32 bits, which only have to tell apart the few
    messages that share a fingerprint.

    A sighting without an id counts as the same one each time. The list decides whether it repeats
    another, since its items have ids.
    """
    if provider_id is None:
        return NO_ID
    return hashlib.sha256(provider_id.encode("utf-8", "surrogatepass")).digest()[:MARK]
