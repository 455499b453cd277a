"""By hand: opt-outs that an operator adds, imports or lifts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from integration.accounts.connections import Connection
from integration.opt_outs import register
from integration.opt_outs.register import BY_HAND, Wish
from integration.services import Services
from integration.store import keys, replicas
from integration.store.clock import wall_ms


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One person who wants no texts. `at_ms` is when that was said, 0 for now."""

    phone: str
    connections: Sequence[Connection]
    sender: str = register.ANY
    reason: str = ""
    at_ms: int = 0


def add(services: Services, entries: Sequence[Entry]) -> int:
    """How many of what is known changed. An entry with a time changes nothing that is later.

    Raises NotReplicated where the store's replicas do not confirm it.
    """
    wishes = [pair for each in entries for pair in _wishes(services, each)]
    changed = register.record_all(services, wishes)
    _confirm(services, wishes)
    return changed


def _wishes(services: Services, entry: Entry) -> Iterator[tuple[Connection, Wish]]:
    phone, sender = register.named(services, entry.phone), _sender(services, entry.sender)
    for connection in entry.connections:
        wish = Wish(
            connection=connection.id,
            phone=phone,
            sender=sender,
            out=True,
            at_ms=entry.at_ms or wall_ms(),
            by=BY_HAND,
            note=entry.reason,
        )
        yield connection, wish


def lift(
    services: Services, connections: Sequence[Connection], phone: str, sender: str, reason: str
) -> int:
    """How many opt-outs of this person ended: those to one sender, or all of them."""
    wishes = [
        (each, _lifted(wish, reason))
        for each in connections
        for wish in register.of(services, each.workspace, each.id, phone)
        if wish.out and (not sender or wish.sender == _sender(services, sender))
    ]
    changed = register.record_all(services, wishes)
    _confirm(services, wishes)
    return changed


def _lifted(wish: Wish, reason: str) -> Wish:
    """Later than the opt-out also where the clock of its phone is fast."""
    return Wish(
        connection=wish.connection,
        phone=wish.phone,
        sender=wish.sender,
        out=False,
        at_ms=max(wall_ms(), wish.at_ms + 1),
        by=BY_HAND,
        note=reason,
    )


def _sender(services: Services, sender: str) -> str:
    return register.named(services, sender) if sender else register.ANY


def _confirm(services: Services, wishes: Sequence[tuple[Connection, Wish]]) -> None:
    if wishes:
        name = keys.opt_outs(wishes[0][0].workspace)
        replicas.confirm(services.db, services.settings.store_replicas, ("EXISTS", name))
