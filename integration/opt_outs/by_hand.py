"""By hand: opt-outs that an operator adds, imports or lifts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from integration.accounts import connections
from integration.kernel.capabilities import SendsSms
from integration.kernel.opt_outs import EVERY
from integration.opt_outs import register
from integration.opt_outs.wish import BY_HAND, Home, Place, Wish
from integration.services import Services
from integration.store import keys, replicas

Known = Mapping[str, Mapping[str, Sequence[Wish]]]
"""What people want already, by what it is about and by the number as it was given."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One person who wants no texts. `at_ms` is when that was said, 0 for now."""

    phone: str
    home: Home
    sender: str = register.ANY
    reason: str = ""
    at_ms: int = 0


def place(services: Services, workspace: str, wanted: str = "") -> Home:
    """The connection that is `wanted`, or EVERY. Raises NotFound, or CapabilityMissing where the
    connection sends no SMS."""
    if wanted in ("", EVERY):
        return Place(id=EVERY, workspace=workspace)
    every = connections.listed(services, workspace)
    return connections.fitting(services, every, SendsSms, wanted)[0]


def add(services: Services, entries: Sequence[Entry]) -> int:
    """How many of what is known changed. An entry with a time changes nothing that is later; one
    for now comes after all that is known.

    Raises NotReplicated where the store's replicas do not confirm it.
    """
    known = _known(services, [each for each in entries if not each.at_ms])
    wishes = [*_wishes(services, entries, known)]
    changed = register.record_all(services, wishes)
    _confirm(services, wishes)
    return changed


def _known(services: Services, entries: Sequence[Entry]) -> Known:
    """What these people want already; one round trip for each that it may be about."""
    phones: dict[str, list[str]] = {}
    homes = {each.home.id: each.home for each in entries}
    for each in entries:
        phones.setdefault(each.home.id, []).append(each.phone)
    return {name: _wanted(services, homes[name], asked) for name, asked in phones.items()}


def _wanted(services: Services, home: Home, phones: Sequence[str]) -> Mapping[str, Sequence[Wish]]:
    """What these people want of it; of EVERY, that is what they want of any."""
    one = home.id != EVERY
    homes = [home] if one else register.homes(services, home.workspace)
    found = [register.of_all(services, home.workspace, each.id, phones) for each in homes]
    return {phone: [wish for each in found for wish in each[phone]] for phone in phones}


def _wishes(
    services: Services, entries: Sequence[Entry], known: Known
) -> Iterator[tuple[Home, Wish]]:
    for each in entries:
        phone, sender = register.named(services, each.phone), _sender(services, each.sender)
        wish = Wish(
            connection=each.home.id,
            phone=phone,
            sender=sender,
            out=True,
            at_ms=each.at_ms or register.now_after(known[each.home.id][each.phone], sender),
            by=BY_HAND,
            note=each.reason,
        )
        yield each.home, wish


def lift(services: Services, homes: Sequence[Home], phone: str, sender: str, reason: str) -> int:
    """How many opt-outs of this person ended: those to one sender, or all of them. One to EVERY
    ends itself where that is among `homes`, and else for these `homes` alone."""
    own = any(each.id == EVERY for each in homes)
    wishes = [
        (each, _lifted(each, wish, known, reason))
        for each in homes
        for known in [register.of(services, each.workspace, each.id, phone)]
        for wish in known
        if wish.out and (not own or wish.connection == each.id)
        if not sender or register.is_same(wish.sender, _sender(services, sender))
    ]
    changed = register.record_all(services, wishes)
    _confirm(services, wishes)
    return changed


def _lifted(home: Home, wish: Wish, known: Sequence[Wish], reason: str) -> Wish:
    return Wish(
        connection=home.id,
        phone=wish.phone,
        sender=wish.sender,
        out=False,
        at_ms=register.now_after(known, wish.sender),
        by=BY_HAND,
        note=reason,
    )


def _sender(services: Services, sender: str) -> str:
    return register.named(services, sender) if sender else register.ANY


def _confirm(services: Services, wishes: Sequence[tuple[Home, Wish]]) -> None:
    if wishes:
        name = keys.opt_outs(wishes[0][0].workspace)
        replicas.confirm(services.db, services.settings.store_replicas, ("EXISTS", name))
