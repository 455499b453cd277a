"""In order: the register from its latest change on, a page at a time."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import NamedTuple

from integration.opt_outs import register
from integration.opt_outs.wish import Wish
from integration.services import Services
from integration.store import keys
from integration.store.client import raw

AT_ONCE = 500
"""Entries that are read in one trip."""


class Start(NamedTuple):
    """Where a page begins: behind so many entries, and so many wishes of the next one."""

    entries: int
    wishes: int


def page(
    services: Services, workspace: str, fits: Callable[[Wish], bool], limit: int, start: Start
) -> tuple[Sequence[Wish], Start | None]:
    """The first wishes that fit, and where the next page begins. One person's wishes of one
    connection are an entry; entries come by their latest wish."""
    _complete(services, workspace)
    found: list[Wish] = []
    at, skipped = start
    while some := services.db.zrevrange(keys.opt_outs_order(workspace), at, at + AT_ONCE - 1):
        names = [raw(each) for each in some]
        stored = services.db.hmget(keys.opt_outs(workspace), names)
        for name, entry in zip(some, stored, strict=True):
            wishes = register.read(services, workspace, name, entry) if entry else ()
            for place, wish in enumerate(sorted(wishes, key=newest_first)):
                if place < skipped or not fits(wish):
                    continue
                if len(found) == limit:
                    return found, Start(at, place)
                found.append(wish)
            at, skipped = at + 1, 0
    return found, None


def newest_first(wish: Wish) -> tuple[int, str, str, str]:
    return -wish.at_ms, wish.phone, wish.connection, wish.sender


def _complete(services: Services, workspace: str) -> None:
    """Add to the order what it lacks: a release before it wrote some entries. A page that is read
    meanwhile misses no entry that was in order."""
    db, order, entries = services.db, keys.opt_outs_order(workspace), keys.opt_outs(workspace)
    if db.zcard(order) >= db.hlen(entries):
        return
    every = db.hscan_iter(entries, count=AT_ONCE)
    while some := dict(islice(every, AT_ONCE)):
        found = {name: _latest(services, workspace, name, entry) for name, entry in some.items()}
        # A wish that came since this was read has its place already.
        db.zadd(order, {raw(name): at for name, at in found.items()}, gt=True)


def _latest(services: Services, workspace: str, name: str, entry: str) -> int:
    return max((each.at_ms for each in register.read(services, workspace, name, entry)), default=0)
