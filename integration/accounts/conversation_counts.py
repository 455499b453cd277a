"""Conversation counts: how many of a conversation's texts we can account for.

The baseline is what the provider counted when the account was connected. The commit adds each new
message to it, and a send adds itself. Where the provider counts more, it holds a text that we have
not seen (inbound/backfill.py).

The name of a conversation is made with a key that follows from SECRET_KEY. So nobody finds its
number by trying all of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from integration.services import Services
from integration.store import keys
from integration.store.counters import number
from integration.store.script import script

BASED, SENT = "=", ">"
"""The field that stands for the baseline, and what begins a field that counts what we sent. A
provider may count received texts alone."""
NUMBER, NAMED = "#", "@"
"""Begin the field of a conversation with a number, and with a sender that has a name."""
LETTERS = 20
TOLD_APART_BY = 9
"""Digits at the end of a number: with or without a country code it is the same conversation. Where
two numbers share them, their counts are added up on both sides."""


@script("count_sent")
def COUNT_SENT(*, counts: str, name: str) -> None:
    """Account for a text that we sent."""


@lru_cache(maxsize=5_000)
def alike(phone: str) -> str:
    """What all spellings of a number share, or of a sender that has a name."""
    digits = "".join(each for each in phone if each.isdecimal())
    if digits and not any(map(str.isalpha, phone)):
        return digits[-TOLD_APART_BY:]
    return phone.strip().casefold()


def names(services: Services, connection_id: str, phone: str) -> Sequence[str]:
    """The field of a conversation, and those that it had under the keys of OLD_SECRET_KEYS."""
    told = alike(phone)
    kind = NUMBER if told.isdecimal() else NAMED
    return [kind + each[:LETTERS] for each in services.vault.tokens(f"{connection_id} {told}")]


def baseline(services: Services, connection_id: str) -> Mapping[str, str]:
    """The field that stands for the baseline itself, which tells under which key the names are."""
    return {BASED: names(services, connection_id, "")[0]}


def is_ours(services: Services, connection_id: str) -> bool:
    """Whether there is a baseline, and one of our keys names its conversations. Under another key
    nobody knows whose each count is."""
    found = services.db.hget(keys.counts(connection_id), BASED)
    return found in names(services, connection_id, "")


def take_over(services: Services, connection_id: str, phones: Iterable[str]) -> None:
    """Name under SECRET_KEY what has its name under an old key, before OLD_SECRET_KEYS lacks it."""
    counts, mark = keys.counts(connection_id), baseline(services, connection_id)
    stored = services.db.hgetall(counts)
    if stored.get(BASED) == mark[BASED]:
        return
    with services.db.pipeline(transaction=True) as pipe:
        pipe.hset(counts, mapping=mark)
        for phone in {alike(each): each for each in phones if each}.values():
            name, *old = names(services, connection_id, phone)
            for each in stored.keys() & {*old}:
                for kind in ("", SENT):
                    if value := number(stored.get(kind + each, "")):
                        pipe.hincrby(counts, kind + name, value)
                    pipe.hdel(counts, kind + each)
                pipe.sadd(keys.numbers(connection_id), name)
        pipe.execute()


def sent(services: Services, connection_id: str, phone: str) -> None:
    """Account for one text that the provider took."""
    name = SENT + names(services, connection_id, phone)[0]
    COUNT_SENT(counts=keys.counts(connection_id), name=name).run(services.db)
