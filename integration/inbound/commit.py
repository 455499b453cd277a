"""Commit: what a provider showed becomes events in the inbox, and their fan-out is owed.

Comes after the identity (identity.py), and before the fan-out (delivery/fanout.py).
"""

import json
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from typing import NamedTuple

from integration.accounts import conversation_counts
from integration.accounts.connections import Connection
from integration.inbound import identity, inbox, released_identity
from integration.kernel import senders, times
from integration.kernel.catalog import dashed
from integration.kernel.events import Channel, InboundMessage
from integration.opt_outs import arriving
from integration.services import Services
from integration.store import lifetimes, tallies
from integration.store.clock import wall_ms
from integration.store.script import Rows, script

PORTION = 50
"""Messages of one script call. While it runs, the store answers nobody else."""
_large = threading.Lock()
"""Held for a portion of a webhook that has many: others wait for one such body, not for all."""
UNTOLD = 1 << 30
Kinds = Counter[tuple[bytes, int]]
_plainly = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Sighting(NamedTuple):
    """A message as a channel showed it.

    `id` is the event's id where this message is the first of its fingerprint; `body` is the event
    without it. `row` and `other` are those of `identity.rows`. `released` is the fingerprint of
    release 0.1.0, and `before` the one that it had without a region; likewise for the conversation.
    `counted` is its field among the counts, which all spellings of a number share; `counted_before`
    are those under old keys, between blanks. `among` says how many are alike in this second, where
    the channel shows all that it has; elsewhere it is UNTOLD.
    """

    day: str
    second: int
    id: str
    likeness: bytes
    packed: bytes
    released: bytes
    before: bytes
    mark: bytes
    row: bytes
    other: bytes
    conversation: str
    packed_conversation: bytes
    before_conversation: bytes
    counted: str
    counted_before: str
    among: int
    body: str


@script("store/tally", "commit")
def COMMIT(
    *,
    workspace: str,
    connection: str,
    sealed: str,
    channel: str,
    quiet: str,
    hour: str,
    seen_ttl: int,
    sightings: Rows[Sighting],
) -> None:
    """Store the new ones of these sightings, and owe their fan-out; drains read the wake list."""


class Outdated(Exception):
    """The connection is gone, or was changed, since it was read; nothing was stored."""


def commit(
    services: Services,
    connection: Connection,
    messages: Sequence[InboundMessage],
    channel: Channel,
    *,
    quiet: str = inbox.NEWS,
    remembered: bool = False,
    whole: bool = False,
) -> list[str]:
    """Store the new ones of `messages` (oldest first); returns an id for each, "" for a known one.

    `whole` says that these are all that the channel shows. A provider may give its rows other ids.
    Such a row is new only where the channel shows more of its kind than ever before.
    Events that are `quiet` (inbox.py) go to no hook: they were there before the first reader.
    Raises Outdated where the connection is `remembered` and was changed since. After a crash
    between two portions the provider shows all again.
    """
    arriving.note(services, connection, messages)
    ids: list[str] = []
    alike = Counter(map(_kind, messages)) if whole else Counter()
    is_large = channel == "webhook" and len(messages) > PORTION
    turn = _large if is_large else nullcontext()
    for start in range(0, len(messages), PORTION):
        with turn:
            some = messages[start : start + PORTION]
            sightings = [_sighting(services, connection, each, alike) for each in some]
            ids += _stored(services, connection, sightings, channel, quiet, remembered=remembered)
    return ids


def _stored(
    services: Services,
    connection: Connection,
    sightings: Sequence[Sighting],
    channel: Channel,
    quiet: str,
    *,
    remembered: bool,
) -> list[str]:
    call = COMMIT(
        workspace=connection.workspace,
        connection=connection.id,
        sealed=connection.sealed if remembered else "",
        channel=identity.LETTERS[channel],
        quiet=quiet,
        hour=tallies.hour(wall_ms()),
        seen_ttl=(services.settings.retention_days + lifetimes.SEEN_DAYS) * lifetimes.DAY_MS,
        sightings=sightings,
    )
    [found] = services.line.run(call, kept=True)
    if found is None:
        raise Outdated
    return [each.decode() for each in found]


def _kind(message: InboundMessage) -> tuple[bytes, int]:
    return identity.likeness(message), identity.second(message)


def _sighting(
    services: Services, connection: Connection, message: InboundMessage, alike: Kinds
) -> Sighting:
    region = services.settings.default_region or None
    own = identity.fingerprint(connection.id, message)
    counted, *before_key = conversation_counts.names(services, connection.id, message.phone)
    talk = identity.conversation(connection.id, message.phone)
    released, before = released_identity.fingerprints(connection.id, message, region, own)
    packed_talk, before_talk = released_identity.conversations(connection.id, message.phone, region)
    likeness, second = kind = _kind(message)
    row, other = identity.rows(message)
    return Sighting(
        day=message.received_at.date().isoformat().replace("-", ""),
        second=second,
        id=identity.PREFIX + own.text,
        likeness=likeness,
        packed=own.packed,
        released=released,
        before=before,
        mark=identity.mark(message.provider_id),
        row=row,
        other=other,
        conversation=identity.TALK_PREFIX + talk.text,
        packed_conversation=packed_talk,
        before_conversation=before_talk,
        counted=counted,
        counted_before=" ".join(before_key),
        among=alike.get(kind, UNTOLD),
        body=body_without_id(connection, message, region),
    )


def body_without_id(connection: Connection, message: InboundMessage, region: str | None) -> str:
    """The public event, serialised here and never again; the id is put before it."""
    event = {
        "provider_id": message.provider_id,
        "connection": connection.id,
        "provider": dashed(connection.provider),
        "phone": senders.named(message.phone, region),
        "message": message.message,
        "sim_slot": message.sim_slot,
        "device_fingerprint": message.device_fingerprint,
        "to": message.to and senders.named(message.to, region),
        "media": [vars(each) for each in message.media],
        "opt_out": message.opt_out,
        "received_at": times.rfc3339(message.received_at),
        **message.extra,
    }
    # Half a surrogate pair cannot be written as UTF-8; such text is escaped instead.
    text = _plainly(event)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(event, separators=(",", ":"))
    return text[1:]
