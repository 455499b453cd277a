"""Parts: a long text that a provider shows part by part becomes one message.

A part is kept until the others are there. Where one does not come in time, those that came are
given as messages of their own, so nothing is lost.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.inbound.commit import commit
from integration.kernel import surrogates
from integration.kernel.events import InboundMessage, Part
from integration.services import Services
from integration.store import damaged, keys, replicas
from integration.store.clock import wall_ms
from integration.store.script import script

WAIT_MS = 600_000
"""How long a text waits for its last part, from the first one that came. Parts that were received
further apart are parts of different texts."""
MOST_PARTS = 255
"""The number of parts is one byte in what phones send (3GPP TS 23.040, 9.2.3.24.1)."""
PLAIN = ("phone", "message", "sim_slot", "device_fingerprint", "to", "opt_out")
"""The fields of a message that are kept as they are."""


@script("gather_part")
def GATHER(
    *,
    parts: str,
    due: str,
    name: str,
    number: int,
    total: int,
    id: str,
    at_ms: int,
    near_ms: int,
    entry: str,
    due_ms: int,
    aside: str,
) -> None:
    """Keep a part, and give the text that is whole with it."""


def joined(
    services: Services, connection: Connection, messages: Sequence[InboundMessage]
) -> list[InboundMessage]:
    """`messages` with whole texts alone. A part waits in the store until it is the last to come.

    Raises NotReplicated where the store's replicas do not confirm that they have it."""
    found: list[InboundMessage] = []
    for each in messages:
        found += _gathered(services, connection, each, each.part) if each.part else [each]
    return found


def _gathered(
    services: Services, connection: Connection, message: InboundMessage, part: Part
) -> list[InboundMessage]:
    has_place = 1 <= part.number <= part.total <= MOST_PARTS
    if not (has_place and message.provider_id):
        return [replace(message, part=None)]
    name = _name(message, part)
    id, at_ms = _digest(message.provider_id), int(message.received_at.timestamp() * 1000)
    call = GATHER(
        parts=keys.parts(connection.workspace, connection.id, name),
        due=keys.parts_due(connection.workspace),
        name=f"{connection.id} {name}",
        number=part.number,
        total=part.total,
        id=id,
        at_ms=at_ms,
        near_ms=WAIT_MS,
        entry=f"{at_ms} {id} {json.dumps(_entry(message, part))}",
        due_ms=wall_ms() + WAIT_MS,
        aside=f"-{wall_ms()}",
    )
    return _whole(_read(replicas.kept(services.db, call, services.settings.store_replicas)))


def late(services: Services, workspace: str) -> None:
    """Give what waited too long for a part that did not come, each part as a message."""
    due = keys.parts_due(workspace)
    for member in services.db.zrangebyscore(due, "-inf", wall_ms()):
        id, _, name = member.partition(" ")
        connection = connections.by_id(services, id)
        rows = services.db.hvals(keys.parts(workspace, id, name))
        if connection and rows:
            commit(services, connection, _alone(_read(rows)), "webhook")
        # Behind the commit: after a crash in between, the next turn finds its messages known.
        services.db.zrem(due, member)


def _name(message: InboundMessage, part: Part) -> str:
    facts = (message.phone, message.to, part.reference, part.total)
    return _digest(json.dumps(facts))


def _digest(told: str) -> str:
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _entry(message: InboundMessage, part: Part) -> dict[str, Any]:
    plain = {name: getattr(message, name) for name in PLAIN}
    at = message.received_at.isoformat()
    return {**plain, "id": message.provider_id, "at": at, "part": vars(part)}


def _read(rows: Iterable[str]) -> list[InboundMessage]:
    """The parts in their order. One that cannot be read is left out."""
    found = filter(None, map(_part, rows))
    return sorted(found, key=lambda each: each.part.number if each.part else 0)


def _part(row: str) -> InboundMessage | None:
    try:
        kept = json.loads(row[row.index("{") :])
        return InboundMessage(
            provider_id=kept["id"],
            received_at=datetime.fromisoformat(kept["at"]),
            part=Part(**kept["part"]),
            **{name: kept[name] for name in PLAIN},
        )
    except damaged.NONSENSE:
        return None


def _whole(parts: Sequence[InboundMessage]) -> list[InboundMessage]:
    """One message under the id of its first part."""
    # An emoji may begin in one part and end in the next one.
    text = surrogates.joined("".join(each.message for each in parts))
    came = min((each.received_at for each in parts), default=None)
    return [replace(parts[0], message=text, received_at=came, part=None)] if came else []


def _alone(parts: Sequence[InboundMessage]) -> list[InboundMessage]:
    """Each part under an id of its own, since the whole text may still come under that of the
    first."""
    return [_marked(each, each.part) for each in parts if each.part]


def _marked(message: InboundMessage, part: Part) -> InboundMessage:
    facts = {"concat_ref": part.reference, "concat_part": part.number, "concat_total": part.total}
    shown = {name: str(value) for name, value in facts.items()}
    own = f"{message.provider_id}/{part.number}"
    return replace(message, provider_id=own, part=None, extra=shown)
