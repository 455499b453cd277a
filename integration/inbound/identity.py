"""Identity: when two sightings are one message, and which id that message keeps.

Comes after the webhook (web/api/ingress.py) or the sync (sync.py), and before the commit
(commit.py).

The seed gives one message an integer in its list and a UUID as the latest, so ids alone do not
decide. Equal texts of the same second are sometimes two messages, so the content alone does not
either. So sightings are compared by a loose likeness, and each channel counts under how many
distinct upstream ids it has shown it. A message is new when a channel's count passes the known
number. Its id follows from its facts, so it is the same after a restart and in a store that was
lost and refilled.

Where a provider's channels share their ids (`Provider.ids_join`), the id alone decides: it stands
for the likeness, and the week for the second. A message without a time of its own has another one
at each repetition: there its id with sender and text does so.

Nothing here depends on a setting or on a library of numbers: a message would be new after a change.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from integration.kernel import digits
from integration.kernel.digits import E164, NoNumber
from integration.kernel.events import Channel, InboundMessage
from integration.kernel.folding import folded, tidied
from integration.kernel.specs import Provider

PREFIX = "sms_"
TALK_PREFIX = "cnv_"
LETTERS: dict[Channel, str] = {"list": "l", "latest": "n", "webhook": "w", "history": "h"}
"""How the store names the channels."""
PACKED, MARK, ROW = 12, 4, 8
NO_ID = bytes(MARK)
NO_ROWS = b"#", b"@"
WEEK = 7 * 86_400
LOCAL = 7
"""Digits at the end of a number, which a channel shows with its country code and without."""
_plainly = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Name(NamedTuple):
    """`text` is 26 lower-case characters (130 bits), for ids; `packed` is what the store compares.

    `packed` holds the first 96 bits, which suffice for the messages of one connection and day."""

    digest: bytes

    @property
    def text(self) -> str:
        return base64.b32encode(self.digest[:20]).decode().lower()[:26]

    @property
    def packed(self) -> bytes:
        return self.digest[:PACKED]


class Kin(NamedTuple):
    """The sightings among which a message is looked for: those of its likeness and second, and
    those `apart` seconds before or after it."""

    likeness: bytes
    second: int
    apart: int


def joins(kind: type[Provider] | None, message: InboundMessage) -> bool:
    """Whether the upstream id alone tells whether a message of this provider is new."""
    return kind is not None and kind.ids_join and message.provider_id is not None


def kin(message: InboundMessage, *, joined: bool) -> Kin:
    """`joined` is what `joins` says.

    A channel without a time of its own dates a message when it comes, so weeks are compared."""
    own = f"\0\0{message.provider_id}".encode("utf-8", "surrogatepass")
    if not joined and (message.dated_by is None or message.provider_id is None):
        return Kin(likeness(message), second(message), 1)
    # A gateway may begin its ids again: one that does not join its channels proves little alone.
    told = own if joined else own + likeness(message)
    week = second(message) // WEEK * WEEK
    return Kin(hashlib.sha256(told).digest()[:PACKED], week, WEEK)


def by_id(connection_id: str, message: InboundMessage) -> Name:
    """The upstream id, for the message's id where `joins` holds."""
    return name([connection_id, "id", message.provider_id or ""])


def fingerprint(
    connection_id: str, message: InboundMessage, told: tuple[str, str] | None = None
) -> Name:
    """Who wrote what to which phone in which second, for the message's id.

    `told` are sender and text where they are not to be in our one spelling."""
    sender, text = told or facts(message)
    device, sim = message.device_fingerprint or "", message.sim_slot or ""
    return name([connection_id, device, sim, sender, second(message), text])


def facts(message: InboundMessage) -> tuple[str, str]:
    """Sender and text, each in one spelling."""
    return _sender(message.phone), tidied(message.message)


@lru_cache(maxsize=5_000)
def conversation(connection_id: str, phone: str) -> Name:
    """The conversation with this number; one a connection, whichever phone it reached."""
    return name([connection_id, _sender(phone)])


def likeness(message: InboundMessage) -> bytes:
    """Who wrote what, however a channel spells it; the second is compared apart from it.

    The phone and the SIM are left out: a phone that is paired again has another fingerprint.
    """
    told = f"{_local(message.phone)}\0{folded(message.message)}"
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).digest()[:PACKED]


def mark(provider_id: str | None) -> bytes:
    """The upstream id as the store remembers it: 32 bits, which only have to tell apart the few
    messages that are alike.

    A sighting without an id counts as the same one each time. The list decides whether it repeats
    another, since its items have ids.
    """
    if provider_id is None:
        return NO_ID
    return hashlib.sha256(provider_id.encode("utf-8", "surrogatepass")).digest()[:MARK]


def rows(message: InboundMessage) -> tuple[bytes, bytes]:
    """The row by its upstream id and text, once as it is and once for a sender of the other kind.

    A list may begin to show the names of contacts in place of numbers. Two messages could share all
    this by chance; that one has a number and the other a name leaves no room for it.
    """
    if message.provider_id is None:
        return NO_ROWS
    told = f"{message.provider_id}\0{folded(message.message)}"
    digest = hashlib.sha256(told.encode("utf-8", "surrogatepass")).digest()[:ROW]
    number, name = b"#" + digest, b"@" + digest
    return (number, name) if _is_number(message.phone) else (name, number)


def second(message: InboundMessage) -> int:
    """Its second since 1970; fractions are left out, since channels differ in their precision."""
    return int(message.received_at.timestamp() // 1)


def name(facts: Sequence[str | int]) -> Name:
    return Name(hashlib.sha256(_plainly(facts).encode("utf-8", "surrogatepass")).digest())


@lru_cache(maxsize=5_000)
def _sender(raw: str) -> str:
    """One spelling of a number: a gateway leaves out the plus before a country code."""
    try:
        found = digits.read(raw)
    except NoNumber:
        return digits.tidied(raw)
    plus = "+" + found.removeprefix("+")
    return plus if E164.fullmatch(plus) else found


@lru_cache(maxsize=5_000)
def _is_number(raw: str) -> bool:
    try:
        digits.read(raw)
    except NoNumber:
        return False
    return True


@lru_cache(maxsize=5_000)
def _local(raw: str) -> str:
    """The end of a number, which all its spellings share, or a name."""
    try:
        return digits.read(raw).removeprefix("+")[-LOCAL:]
    except NoNumber:
        return digits.tidied(raw).casefold()
