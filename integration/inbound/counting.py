"""Counting: compares the provider's count of each conversation with the texts that we know.

The seed's `messageCount` tells which conversations hold a text that no list and no webhook showed.
A provider may count what was sent as well. So what we send ourselves is counted separately. The
first conversation that is read shows which of the two it is.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from integration.accounts import connection_facts, conversation_counts
from integration.accounts.connections import Connection
from integration.accounts.conversation_counts import SENT, names
from integration.accounts.provider_link import link
from integration.inbound import page_facts
from integration.inbound.page_facts import COUNTS_SENT
from integration.kernel.capabilities import ListsInbound
from integration.kernel.errors import ProviderError
from integration.kernel.events import Conversation
from integration.services import Services
from integration.store import keys, lifetimes
from integration.store.client import TextStore
from integration.store.clock import now_ms
from integration.store.counters import number

log = logging.getLogger(__name__)
ANY = ""
"""Stands for the phones that showed no text yet."""
DOUBT = "doubt_ms"
"""The field that says since when texts may have been missed."""
LOOK_SECONDS = 4.0
PORTION = 500
"""Conversations whose counts are asked of the store at once."""
SLACK = timedelta(hours=1)
"""How far a provider's clock may be behind ours, where a baseline comes late."""
HABIT = "counts_sent"
"""The field that says which texts the provider counts, once it is known."""
Fields = Mapping[str, str | int]
Groups = Mapping[str, Sequence[Conversation]]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A conversation that is to be read, as far as it is; the store keeps it as JSON.

    It goes on at the page `page` of `talks[at]`.

    `talks` are phone and number; `tops` the highest id that each phone's history had before, None
    where that is not known. `missing` is how many texts we cannot account for, `sent` how many of
    the counted ones we sent. `found` and `others` are the missed and the sent texts that the pages
    so far showed. `refused` says that the provider refused one of them.
    """

    name: str
    count: int
    missing: int
    sent: int
    talks: Sequence[Sequence[str]]
    tops: Sequence[int | None]
    counts_sent: bool
    at: int = 0
    page: int = 1
    found: int = 0
    others: int = 0
    refused: bool = False

    def written(self) -> str:
        return json.dumps(vars(self), ensure_ascii=False)


def listed(services: Services, connection: Connection) -> list[Conversation] | None:
    """The account's conversations; None where it does not tell them now."""
    provider = link(services, connection, within=LOOK_SECONDS)
    assert isinstance(provider, ListsInbound)
    try:
        return provider.conversations(device_fingerprint=None)
    except ProviderError as error:
        log.warning("cannot count the conversations of %s: %s", connection.id, error.code)
        return None


def base(
    services: Services,
    connection: Connection,
    talks: Sequence[Conversation],
    unseen_since_ms: int | None,
) -> None:
    """Take the baseline: what was there is known, and its conversations are no new ones.

    Where nobody looked since `unseen_since_ms`, the conversations that went on since then count as
    unknown.
    """
    counts: dict[str, int] = {}
    for each, found in _grouped(services, connection, talks).items():
        counts[each] = 0 if _goes_on(found, unseen_since_ms) else _count(found)
    old = [each for each in counts if counts[each]]
    provider = link(services, connection, within=LOOK_SECONDS)
    assert isinstance(provider, ListsInbound)
    # An account without any text shows no phone either; whatever one of its phones has is new.
    tops = json.dumps(page_facts.tops(provider, talks, {} if talks else {ANY: 0}))
    fields = {"counted_ms": now_ms(), "tops": tops, "total": _count(talks)}
    with services.db.pipeline(transaction=True) as pipe:
        pipe.delete(keys.counts(connection.id), keys.backfill(connection.id))
        based = conversation_counts.baseline(services, connection.id)
        pipe.hset(keys.counts(connection.id), mapping={**based, **counts})
        if old:
            pipe.sadd(keys.numbers(connection.id), *old)
            pipe.expire(keys.numbers(connection.id), lifetimes.NUMBERS_SECONDS)
        pipe.hset(keys.sync_state(connection.id), mapping=fields)
        pipe.hdel(keys.sync_state(connection.id), "unbased_ms")
        pipe.execute()


def _goes_on(talks: Sequence[Conversation], since_ms: int | None) -> bool:
    if since_ms is None:
        return False
    since = datetime.fromtimestamp(since_ms / 1000, UTC) - SLACK
    return any(not each.last_message_at or each.last_message_at >= since for each in talks)


def compare(services: Services, connection: Connection, provider: ListsInbound) -> None:
    """Have each conversation read that holds more than we know."""
    state = services.db.hgetall(keys.sync_state(connection.id))
    began, talks = now_ms(), provider.conversations(device_fingerprint=None)
    groups = _grouped(services, connection, talks)
    conversation_counts.take_over(services, connection.id, [each.phone for each in talks])
    tops: dict[str, int] = json.loads(state.get("tops", "{}"))
    known = _known(services.db, connection, list(groups))
    owed: list[Reading] = []
    settled: dict[str, int] = {}
    habit = state.get(HABIT) or _habit(provider, groups, known)
    for each, found in groups.items():
        reading = _owed(each, found, known[each], habit, tops)
        if reading:
            owed.append(reading)
        elif known[each] != (_count(found), 0):
            settled[each] = _count(found)
    total = _count(talks)
    if str(total) != state.get("total"):
        tops = page_facts.tops(provider, talks, tops)
    fields = {"counted_ms": began, "tops": json.dumps(tops), "total": total, HABIT: habit}
    # An account may tell once of no phone at all: a doubt lasts until something was compared.
    _store(services.db, connection, owed, settled, fields, over=bool(talks))


def _habit(provider: ListsInbound, groups: Groups, known: Mapping[str, tuple[int, int]]) -> str:
    """As a conversation shows it in which we sent something: thousands may have begun so."""
    for each, [talk, *others] in groups.items():
        if known[each][1] and not others:
            device, phone = talk.device_fingerprint, talk.phone
            page = provider.page(device_fingerprint=device, phone=phone, number=1)
            return page_facts.habit_of(talk.message_count, page)
    return ""


def _store(
    db: TextStore,
    connection: Connection,
    owed: Sequence[Reading],
    settled: Mapping[str, int],
    fields: Fields,
    *,
    over: bool,
) -> None:
    counts, state = keys.counts(connection.id), keys.sync_state(connection.id)
    with db.pipeline(transaction=True) as pipe:
        if owed:
            pipe.rpush(keys.backfill(connection.id), *(each.written() for each in owed))
            connection_facts.begin_backfill(pipe, connection, len(owed))
        for each, count in settled.items():
            pipe.hset(counts, each, count)
            pipe.hdel(counts, SENT + each)
        pipe.hset(state, mapping=fields)
        if over:
            pipe.hdel(state, DOUBT)
        pipe.execute()


def _owed(
    called: str,
    talks: Sequence[Conversation],
    pair: tuple[int, int],
    habit: str,
    tops: Mapping[str, int],
) -> Reading | None:
    known, sent = pair[0], pair[1] if habit == COUNTS_SENT else 0
    count = _count(talks)
    # Fewer than there were: somebody deleted texts, and new ones may hide behind that.
    missing = count - known - sent if count >= known else count
    # A single text that somebody sent by hand is no news.
    by_hand = habit == COUNTS_SENT and count == 1 and talks[0].direction == "outbound"
    if missing <= 0 or by_hand:
        return None
    places = [[each.device_fingerprint, each.phone] for each in talks]
    before = [tops.get(each.device_fingerprint, tops.get(ANY)) for each in talks]
    return Reading(
        name=called,
        count=count,
        missing=missing,
        sent=sent,
        talks=places,
        tops=before,
        counts_sent=habit == COUNTS_SENT,
    )


def _count(talks: Sequence[Conversation]) -> int:
    return sum(each.message_count for each in talks)


def accounted(services: Services, connection: Connection, reading: Reading, habit: str) -> bool:
    """Whether a webhook or the list has brought meanwhile what was missing."""
    known, sent = _known(services.db, connection, [reading.name])[reading.name]
    return known <= reading.count <= known + (sent if habit == COUNTS_SENT else 0)


def _grouped(
    services: Services, connection: Connection, talks: Sequence[Conversation]
) -> dict[str, list[Conversation]]:
    found: dict[str, list[Conversation]] = {}
    for each in talks:
        if each.phone:
            name = names(services, connection.id, each.phone)[0]
            found.setdefault(name, []).append(each)
    return found


def _known(
    db: TextStore, connection: Connection, names: Sequence[str]
) -> dict[str, tuple[int, int]]:
    """The texts known of each conversation, and those sent since the last comparison."""
    found: dict[str, tuple[int, int]] = {}
    for at in range(0, len(names), PORTION):
        some = names[at : at + PORTION]
        asked = [*some, *(SENT + each for each in some)]
        values = db.hmget(keys.counts(connection.id), asked)
        numbers = [number(each or "") or 0 for each in values]
        pairs = zip(numbers[: len(some)], numbers[len(some) :], strict=True)
        found |= dict(zip(some, pairs, strict=True))
    return found
