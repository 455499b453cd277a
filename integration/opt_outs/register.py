"""Register: each person's last wish, by connection and sender; see record_opt_out.lua.

A wish outlives the retention of messages and the removal of the connection. A person who has said
STOP must not get another text because a record expired.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from integration.accounts.connections import Connection
from integration.kernel import senders, times
from integration.kernel.catalog import dashed
from integration.kernel.events import OPT_OUT
from integration.services import Services
from integration.store import damaged, keys
from integration.store.clock import wall_ms
from integration.store.script import script

ANY = ""
"""The sender of a wish that names none; it holds for every sender of the connection."""
BY_WORD, BY_PROVIDER, BY_HAND = "word", "provider", "hand"


@script("record_opt_out")
def RECORD_OPT_OUT(
    *,
    opt_outs: str,
    name: str,
    sender: str,
    at_ms: int,
    entry: str,
    inbox: str,
    hooks: str,
    member: str,
    event: str,
) -> None:
    """Record a wish and its event; drains read the wake list."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What one person wants of one sender. `by` is `word` (of the person), `provider` (which
    refused a text) or `hand`; `note` is the word, or a reason."""

    connection: str
    phone: str
    sender: str
    out: bool
    at_ms: int
    by: str
    note: str = ""


def record(services: Services, connection: Connection, wish: Wish) -> bool:
    """Whether the wish changed what is known. An older one changes nothing."""
    workspace = connection.workspace
    call = RECORD_OPT_OUT(
        opt_outs=keys.opt_outs(workspace),
        name=_name(wish.connection, wish.phone),
        sender=wish.sender,
        at_ms=wish.at_ms,
        entry=json.dumps({"out": wish.out, "at_ms": wish.at_ms, "by": wish.by, "note": wish.note}),
        inbox=keys.inbox(workspace, OPT_OUT),
        hooks=keys.hooks(workspace),
        member=f"{workspace} {OPT_OUT}",
        event=_event(connection, wish),
    )
    return bool(call.run(services.db))


def opted_out(services: Services, connection: Connection, phone: str, sender: str) -> Wish | None:
    """The wish that forbids a text of this sender, None where none does. The last one decides, of
    those to this sender and to all. Without a `sender`, the provider chooses one: then a wish
    against any of them counts."""
    found = {each.sender: each for each in of(services, connection.workspace, connection.id, phone)}
    some = [named(services, sender)] if sender else [each for each in found if each != ANY] or [ANY]
    for each in some:
        known = [found[name] for name in {ANY, each} if name in found]
        last = max(known, key=lambda wish: wish.at_ms, default=None)
        if last and last.out:
            return last
    return None


def of(services: Services, workspace: str, connection_id: str, phone: str) -> list[Wish]:
    """All wishes of one person to one connection."""
    phone = named(services, phone)
    stored = services.db.hget(keys.opt_outs(workspace), _name(connection_id, phone))
    return list(_read(services, workspace, connection_id, phone, stored)) if stored else []


def listed(services: Services, workspace: str) -> Iterator[Wish]:
    """Every wish of the workspace, in no order."""
    for name, stored in services.db.hscan_iter(keys.opt_outs(workspace), count=500):
        connection_id, _, phone = name.partition(" ")
        yield from _read(services, workspace, connection_id, phone, stored)


def named(services: Services, raw: str) -> str:
    """A number or name in the one spelling that the register has."""
    return senders.named(raw, services.settings.default_region or None)


def _read(
    services: Services, workspace: str, connection_id: str, phone: str, stored: str
) -> Iterator[Wish]:
    try:
        entries: dict[str, dict[str, Any]] = json.loads(stored)
        for sender, each in entries.items():
            yield Wish(
                connection=connection_id,
                phone=phone,
                sender=sender,
                out=bool(each["out"]),
                at_ms=int(each["at_ms"]),
                by=str(each["by"]),
                note=str(each["note"]),
            )
    except damaged.NONSENSE:
        damaged.note(services.db, keys.opt_outs(workspace), "An opt-out cannot be read.")
        # Nobody knows what was wanted, so nothing is sent.
        yield Wish(
            connection=connection_id, phone=phone, sender=ANY, out=True, at_ms=wall_ms(), by=BY_HAND
        )


def _name(connection_id: str, phone: str) -> str:
    return f"{connection_id} {phone}"


def _event(connection: Connection, wish: Wish) -> str:
    facts = [connection.id, wish.sender, wish.phone, wish.at_ms, wish.out]
    digest = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:26]
    event = {
        "id": f"opt_{digest}",
        "connection": connection.id,
        "provider": dashed(connection.provider),
        "phone": wish.phone,
        "sender": wish.sender or None,
        "opted_out": wish.out,
        "by": wish.by,
        "note": wish.note,
        "changed_at": times.from_ms(wish.at_ms),
    }
    return json.dumps(event, ensure_ascii=False)
