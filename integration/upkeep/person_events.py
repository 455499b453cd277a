"""Events that name a person, with what belongs to them."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from redis.exceptions import ResponseError

from integration.media import records
from integration.services import Services
from integration.store import damaged, keys
from integration.store.client import TextStore, raw
from integration.upkeep.person import Person
from integration.upkeep.progress import Progress

SOME = 500
T = TypeVar("T")


class Found(NamedTuple):
    """An event that names the number: where it is, its id, and the files of its message."""

    home: str
    inbox: str
    position: str
    id: str
    files: Sequence[str]


def found(services: Services, person: Person, home: str, progress: Progress) -> Iterator[Found]:
    """Each event of a workspace that names the number. `progress` takes how many were looked at."""
    for inbox in scanned(services.db, keys.inbox(home, "*")):
        start, looked, total = "-", 0, readable(services.db, inbox, services.db.xlen, 0)
        while total and (rows := services.db.xrange(inbox, start, "+", SOME)):
            for position, fields in rows:
                event = fields.get("e", "")
                if person.is_in(event):
                    yield Found(home, inbox, position, str(_id_of(event)), records.ids_in(event))
            start, looked = f"({rows[-1][0]}", looked + len(rows)
            progress(looked, total)


def remove(db: TextStore, events: Sequence[Found]) -> Counter[str]:
    """How many `events` and `files` went."""
    done = Counter[str]()
    for each in events:
        # Before its event, which alone tells the files: a crash in between leaves it to be found.
        done["files"] += records.forget(db, each.home, each.files)
        done["events"] += db.xdel(each.inbox, each.position)
    return done


def remove_parts(db: TextStore, home: str, person: Person) -> int:
    """How many long texts of theirs went that still wait for a part."""
    names = scanned(db, keys.parts(home, "*", "*"))
    found = ((each, readable(db, each, db.hvals, ())) for each in names)
    return sum(db.delete(each) for each, parts in found if person.is_in(" ".join(parts)))


def _id_of(event: str) -> Any:
    try:
        return json.loads(event).get("id")
    except (ValueError, AttributeError):
        return None


def readable(db: TextStore, name: str, read: Callable[[str], T], otherwise: T) -> T:
    """What `read` gives of this key; `otherwise` where something else wrote it, which is noted."""
    try:
        return read(name)
    except ResponseError as error:
        damaged.note_refusal(db, name, error)
        return otherwise


def scanned(db: TextStore, pattern: str) -> list[str]:
    """The keys that fit a pattern, in order."""
    return sorted({*db.scan_iter(raw(pattern), count=1000)})
