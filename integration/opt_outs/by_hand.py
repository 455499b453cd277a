"""By hand: opt-outs that an operator adds, imports or lifts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.kernel.capabilities import SendsSms
from integration.opt_outs import register
from integration.opt_outs.wish import BY_HAND, Home, Wish
from integration.services import Services
from integration.store import keys, replicas

Known = Mapping[str, Mapping[str, Sequence[Wish]]]
"""What people want already, by connection and by the number as it was given."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One person who wants no texts. `at_ms` is when that was said, 0 for now."""

    phone: str
    connections: Sequence[Connection]
    sender: str = register.ANY
    reason: str = ""
    at_ms: int = 0


def accounts(services: Services, workspace: str, wanted: str = "") -> Sequence[Connection]:
    """The connections of the workspace that send SMS, or the one that is `wanted`."""
    every = connections.listed(services, workspace)
    return connections.fitting(services, every, SendsSms, wanted)


def add(services: Services, entries: Sequence[Entry]) -> int:
    """How many of what is known changed. An entry with a time changes nothing that is later; one
    for now comes after all that is known.

    Raises NotReplicated where the store's replicas do not confirm it.
    """
    known = _known(services, [each for each in entries if not each.at_ms])
    wishes = [pair for each in entries for pair in _wishes(services, each, known)]
    changed = register.record_all(services, wishes)
    _confirm(services, wishes)
    return changed


def _known(services: Services, entries: Sequence[Entry]) -> Known:
    """What these people want already; one round trip for each connection."""
    phones: dict[str, list[str]] = {}
    places = {place.id: place for each in entries for place in each.connections}
    for each in entries:
        for place in each.connections:
            phones.setdefault(place.id, []).append(each.phone)
    return {
        name: register.of_all(services, places[name].workspace, name, asked)
        for name, asked in phones.items()
    }


def _wishes(services: Services, entry: Entry, known: Known) -> Iterator[tuple[Connection, Wish]]:
    phone, sender = register.named(services, entry.phone), _sender(services, entry.sender)
    for connection in entry.connections:
        wish = Wish(
            connection=connection.id,
            phone=phone,
            sender=sender,
            out=True,
            at_ms=entry.at_ms or register.now_after(known[connection.id][entry.phone], sender),
            by=BY_HAND,
            note=entry.reason,
        )
        yield connection, wish


def lift(services: Services, homes: Sequence[Home], phone: str, sender: str, reason: str) -> int:
    """How many opt-outs of this person ended: those to one sender, or all of them."""
    wishes = [pair for each in homes for pair in _lifting(services, each, phone, sender, reason)]
    changed = register.record_all(services, wishes)
    _confirm(services, wishes)
    return changed


def _lifting(
    services: Services, home: Home, phone: str, sender: str, reason: str
) -> Iterator[tuple[Home, Wish]]:
    known = register.of(services, home.workspace, home.id, phone)
    for wish in known:
        if wish.out and (not sender or register.is_same(wish.sender, _sender(services, sender))):
            yield home, _lifted(wish, register.now_after(known, wish.sender), reason)


def _lifted(wish: Wish, at_ms: int, reason: str) -> Wish:
    return Wish(
        connection=wish.connection,
        phone=wish.phone,
        sender=wish.sender,
        out=False,
        at_ms=at_ms,
        by=BY_HAND,
        note=reason,
    )


def _sender(services: Services, sender: str) -> str:
    return register.named(services, sender) if sender else register.ANY


def _confirm(services: Services, wishes: Sequence[tuple[Home, Wish]]) -> None:
    if wishes:
        name = keys.opt_outs(wishes[0][0].workspace)
        replicas.confirm(services.db, services.settings.store_replicas, ("EXISTS", name))
