"""Conversations: the texts with one number or name, found without looking at those with others.

Texts are put among them a moment after they come. So each reader first puts there what came since.
A conversation holds its newest CONVERSATION_KEPT texts.
"""

import hashlib
import time
from collections.abc import Iterator, Sequence
from itertools import count
from typing import NamedTuple

from redis.exceptions import ResponseError

from integration.activity.rows import Place, Row, Seen, runs
from integration.activity.sources import INBOUND, SENT
from integration.inbound import inbox
from integration.kernel import digits, senders
from integration.kernel.digits import NoNumber
from integration.runtime.stopping import stopping
from integration.services import Services
from integration.store import keys
from integration.store.client import raw
from integration.store.clock import now_ms, wall_ms
from integration.store.lifetimes import CONVERSATION_KEPT
from integration.store.script import Rows, script

AT_ONCE = 500
"""Texts of each way that a reader puts among the conversations at once."""
STEP = 100
PORTION, PORTIONS = 50, 20
"""Texts of each way that the scheduler puts there at once, and how often in one turn. The
workspace's other tasks wait meanwhile."""
REST = 4
"""After each portion it rests so many times as long: a backlog must slow down nobody."""
BUSY_MS, IDLE_MS = 5_000, 60_000
"""How soon the scheduler looks again after it found texts, and after it found none."""


class Text(NamedTuple):
    """A text as put_texts.lua takes it."""

    digest: str
    ms: int
    member: str


@script("put_texts")
def PUT_TEXTS(
    *,
    workspace: str,
    was_in: str,
    was_out: str,
    now_in: str,
    now_out: str,
    kept: int,
    texts: Rows[Text],
) -> None:
    """Put texts among the conversations, unless another process was quicker."""


def turn(services: Services, workspace: str) -> int:
    """Put the new texts of a workspace among its conversations; returns when to look again (ms)."""
    for _ in range(PORTIONS):
        began = time.monotonic()
        found = _put_next(services, workspace, PORTION)
        if found < PORTION:
            return now_ms() + (BUSY_MS if found else IDLE_MS)
        stopping.wait(REST * (time.monotonic() - began))
    return now_ms()


def catch_up(services: Services, workspace: str) -> bool:
    """Put the next texts among the conversations; whether no more are left. A full store takes
    none: then a reader finds the others as it can."""
    try:
        return _put_next(services, workspace, AT_ONCE) < AT_ONCE
    except ResponseError:
        return False


def _put_next(services: Services, workspace: str, most: int) -> int:
    """How many were found, of the way that had more; `most` where another was quicker."""
    place, job = services.db.hmget(keys.conversations_read(workspace), "in", "out")
    came = INBOUND.newer(services, workspace, place or inbox.START, most)
    went = SENT.accepted_since(services, workspace, job or "", most)
    if went is None:
        # Its job was removed. What is put there once more does no harm.
        went = SENT.accepted_since(services, workspace, "", most) or []
    if not came and not went:
        return 0
    call = PUT_TEXTS(
        workspace=workspace,
        was_in=place or "",
        was_out=job or "",
        now_in=came[-1][0] if came else place or "",
        now_out=went[-1][0] if went else job or "",
        kept=CONVERSATION_KEPT,
        texts=[_text(row) for _, row in (*came, *went) if _is_text(row)],
    )
    return max(len(came), len(went)) if call.run(services.db) else most


def _is_text(row: Row) -> bool:
    return bool(row.phone) and row.message is not None


def _text(row: Row) -> Text:
    return Text(digest(row.phone), row.place.ms, _member(row.place))


def older(services: Services, workspace: str, phone: str, below: Place) -> Iterator[Seen]:
    """The texts with a number or name before a place, newest first; some with one that ends alike
    among them."""
    name = keys.conversation(workspace, digest(phone))
    last = below
    for first in count(0, STEP):
        found = services.db.zrevrangebyscore(name, below.ms, "-inf", first, STEP, withscores=True)
        # What came meanwhile shifts the others.
        places = [each for each in map(_place, found) if each < last]
        yield from _seen(services, workspace, places)
        if len(found) < STEP:
            return
        last = places[-1] if places else last


def newer(services: Services, workspace: str, phone: str, after: Place) -> Iterator[Seen]:
    """The same after a place, oldest first, STEP of them."""
    name = keys.conversation(workspace, digest(phone))
    found = services.db.zrangebyscore(name, after.ms, "+inf", 0, STEP, withscores=True)
    places = [each for each in map(_place, found) if after < each]
    yield from _seen(services, workspace, places)


def _seen(services: Services, workspace: str, places: Sequence[Place]) -> Iterator[Seen]:
    return runs(_rows(services, workspace, places), lambda place: place)


def _rows(
    services: Services, workspace: str, places: Sequence[Place]
) -> list[tuple[Place, Row | None]]:
    """The row of each place, None where it is gone."""
    found: dict[Place, Row | None] = {}
    for source in (INBOUND, SENT):
        own = [each for each in places if each.source == source.rank]
        found.update(zip(own, source.rows(services, workspace, own), strict=True))
    return [(each, found.get(each)) for each in places]


def tidy(services: Services) -> None:
    """Take the texts out of all conversations that are kept no more. Only those are looked for that
    are old enough: of a job that was scheduled for later more is kept."""
    oldest = wall_ms() - services.settings.keep_jobs_seconds * 1000
    for name in services.db.scan_iter(raw(keys.conversation("*", "*")), count=1_000):
        workspace, first = keys.conversation.values(name)[0], 0
        while found := services.db.zrangebyscore(
            name, "-inf", oldest, first, STEP, withscores=True
        ):
            rows = _rows(services, workspace, [_place(each) for each in found])
            gone = [_member(place) for place, row in rows if not row]
            first += len(found) - len(gone)
            if gone:
                services.db.zrem(name, *gone)


def digest(phone: str) -> str:
    """The same for all that `senders.same` takes for one number or name."""
    try:
        end = digits.read(phone).lstrip("+0")[-senders.FEWEST :]
    except NoNumber:
        end = digits.tidied(phone).casefold()
    return hashlib.sha256(end.encode(errors="surrogatepass")).hexdigest()[:16]


def _member(place: Place) -> str:
    """A place. Those of one millisecond sort as their places do."""
    return f"{place.source}{place.id or f'{place.ms}-{place.number:06}'}"


def _place(found: tuple[str, float]) -> Place:
    member, ms = found
    source, rest = int(member[0]), member[1:]
    if source == SENT.rank:
        return Place(int(ms), source, 0, rest)
    at, number = inbox.order(rest)
    return Place(at, source, number, "")
