"""Register: each person's last wish, by connection and sender; see record_opt_out.lua.

A wish outlives the retention of messages and the removal of the connection. A person who has said
STOP must not get another text because a record expired.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, product
from typing import Any

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.kernel import senders
from integration.kernel.errors import NotFound
from integration.kernel.events import OPT_OUT
from integration.kernel.opt_outs import EVERY
from integration.opt_outs.answers import NOTHING, Owed
from integration.opt_outs.wish import BY_HAND, Home, Place, Wish, event
from integration.services import Services
from integration.store import damaged, keys
from integration.store.client import raw
from integration.store.clock import wall_ms
from integration.store.script import ScriptCall, script

ANY = ""
"""The sender of a wish that names none; it holds for every sender of the connection."""
AT_ONCE = 200
"""Wishes that one round trip records."""


_GLOB = re.compile(r"[\\*?\[\]]")
"""Characters that mean more than themselves where the store matches names."""


@script("owe_answer", "record_opt_out")
def RECORD_OPT_OUT(
    *,
    opt_outs: str,
    order: str,
    homes: str,
    home: str,
    name: str,
    every: str,
    sender: str,
    at_ms: int,
    entry: str,
    inbox: str,
    hooks: str,
    member: str,
    event: str,
    answered: str,
    answer: str,
) -> None:
    """Record a wish and its event; drains read the wake list. A new opt-out owes the person the
    `answer`, "" for none."""


def homes(services: Services, workspace: str, wanted: str = "") -> list[Home]:
    """What wishes may be about: the connections of the workspace, the removed ones that the
    register names, and EVERY; or the one that is `wanted`. Raises NotFound for any other id."""
    there = connections.listed(services, workspace)
    named = services.db.smembers(keys.opt_out_homes(workspace)) - {each.id for each in there}
    others = [Place(id=each, workspace=workspace) for each in (EVERY, *sorted(named - {EVERY}))]
    every: list[Home] = [*there, *others]
    found = [each for each in every if wanted in ("", each.id)]
    if wanted and not found:
        raise NotFound("There is no connection with this id in this workspace.")
    return found


def record(services: Services, home: Home, wish: Wish, owed: Owed = NOTHING) -> bool:
    """Whether the wish changed what is known. An older one changes nothing."""
    return bool(_recording(home, wish, owed).run(services.db))


def record_all(services: Services, wishes: Sequence[tuple[Home, Wish]]) -> int:
    """How many of these wishes, each with whose texts it is about, changed what is known."""
    changed = 0
    for start in range(0, len(wishes), AT_ONCE):
        with services.db.pipeline(transaction=False) as pipe:
            for each in wishes[start : start + AT_ONCE]:
                _recording(*each).queue(pipe)
            changed += sum(pipe.execute())
    return changed


def _recording(home: Home, wish: Wish, owed: Owed = NOTHING) -> ScriptCall:
    workspace = home.workspace
    return RECORD_OPT_OUT(
        opt_outs=keys.opt_outs(workspace),
        order=keys.opt_outs_order(workspace),
        homes=keys.opt_out_homes(workspace),
        home=wish.connection,
        name=_name(wish.connection, wish.phone),
        every=_name(EVERY, wish.phone),
        sender=wish.sender,
        at_ms=wish.at_ms,
        entry=json.dumps({"out": wish.out, "at_ms": wish.at_ms, "by": wish.by, "note": wish.note}),
        inbox=keys.inbox(workspace, OPT_OUT),
        hooks=keys.hooks(workspace),
        member=f"{workspace} {OPT_OUT}",
        event=event(home, wish),
        answered=owed.answered,
        answer=owed.answer,
    )


def opted_out(services: Services, connection: Connection, phone: str, sender: str) -> Wish | None:
    """The wish that forbids a text of this sender, None where none does. The last one decides, of
    those to this sender and to all. Without a `sender`, the provider chooses one: then a wish
    against any of them counts."""
    return _forbidding(services, of(services, connection.workspace, connection.id, phone), sender)


def all_opted_out(
    services: Services, connection: Connection, phones: Sequence[str], sender: str
) -> frozenset[str]:
    """Those of `phones` that get no text of this sender; one round trip for all of them."""
    found = of_all(services, connection.workspace, connection.id, phones)
    return frozenset(each for each in phones if _forbidding(services, found[each], sender))


def _forbidding(services: Services, wishes: Sequence[Wish], sender: str) -> Wish | None:
    some = {each.sender for each in wishes}
    asked = [named(services, sender)] if sender else some | {ANY}
    return next(filter(None, (_out(wishes, each) for each in asked)), None)


def holding(services: Services, wishes: Sequence[Wish], sender: str = "") -> list[Wish]:
    """Those of one person's wishes that forbid texts of this sender, or of some sender."""
    asked = {named(services, sender)} if sender else {each.sender for each in wishes}
    found = [_out(wishes, each) for each in sorted(asked)]
    return [*dict.fromkeys(filter(None, found))]


def _out(wishes: Sequence[Wish], sender: str) -> Wish | None:
    """The last wish about this sender, or about all, where it is to get no texts. A lift of what
    held for EVERY leaves what was said to one account."""
    near = [each for each in wishes if each.sender == ANY or is_same(each.sender, sender)]
    known = [each for each in near if each.out or each.connection != EVERY]
    last = max(known, key=lambda wish: wish.at_ms, default=None)
    return last if last and last.out else None


def now_after(wishes: Sequence[Wish], sender: str) -> int:
    """The time, in milliseconds, of what somebody does now by hand. It is later than all that is
    known of this sender, also where the clock of a phone or a provider is fast."""
    same = [each.at_ms for each in wishes if overlap(each.sender, sender)]
    return max([wall_ms(), *(each + 1 for each in same)])


def overlap(one: str, other: str) -> bool:
    """Whether a wish about the one is about the other as well."""
    return ANY in (one, other) or is_same(one, other)


def is_same(one: str, other: str) -> bool:
    """Whether both are one sender. A setting, a call and a text that came in may spell a number
    differently: with a plus, without it, or as in its country."""
    return one == other or senders.same(one, other)


def of(services: Services, workspace: str, connection_id: str, phone: str) -> list[Wish]:
    """All wishes of one person to one connection, those to EVERY among them."""
    return of_all(services, workspace, connection_id, [phone])[phone]


def of_all(
    services: Services, workspace: str, connection_id: str, phones: Sequence[str]
) -> Mapping[str, list[Wish]]:
    """All wishes of these people to one connection, by their numbers as they are given. A wish to
    EVERY counts, and so does one that came from the same number in another form, such as a
    national one."""
    spelled = {given: senders.written(named(services, given)) for given in phones}
    homes = dict.fromkeys((connection_id, EVERY))
    every = [(home, each) for home in homes for each in {*chain(*spelled.values())}]
    names = [_name(*each) for each in every]
    found = services.db.hmget(keys.opt_outs(workspace), names) if names else []
    stored = {place: each for place, each in zip(every, found, strict=True) if each}
    return {
        given: [
            wish
            for place in product(homes, forms)
            if place in stored
            for wish in _read(services, workspace, *place, stored[place])
        ]
        for given, forms in spelled.items()
    }


def listed(services: Services, workspace: str, phone: str = "", ending: str = "") -> Iterator[Wish]:
    """Every wish of the workspace, or of one person, or of the numbers that end in these digits, in
    no order. One person's are those that count before a send, whatever form the number has."""
    forms = senders.written(named(services, phone)) if phone else ()
    exact = [_GLOB.sub(lambda found: f"\\{found[0]}", each) for each in forms]
    wanted = [f"* {each}" for each in exact] if phone else [f"*{ending}" if ending else ""]
    for each in wanted:
        match = raw(each) if each else None
        for name, stored in services.db.hscan_iter(keys.opt_outs(workspace), match, count=500):
            yield from read(services, workspace, name, stored)


def read(services: Services, workspace: str, name: str, stored: str) -> Iterator[Wish]:
    """The wishes of the entry of this name."""
    connection_id, _, person = name.partition(" ")
    return _read(services, workspace, connection_id, person, stored)


def named(services: Services, raw: str, *, plain: bool = False) -> str:
    """A number or name in the one spelling that the register has; `plain` as in `senders.named`."""
    region = services.settings.default_region or None
    return senders.plain(senders.named(raw, region, plain=plain))


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
