"""`hookline erase`: remove one person's number and texts from everything that people look up.

What tells which message is known already stays: digests that no sync may bring the messages back
without. The provider has the texts still; ask it to erase them as well.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from redis.exceptions import WatchError

from integration.jobs import ledger, record, retry_and_cancel
from integration.kernel import digits
from integration.kernel.digits import E164
from integration.kernel.errors import Conflict, InvalidInput, NotFound
from integration.services import Services
from integration.store import keys
from integration.store.client import TextStore, raw

ERASED = "Erased on request."
NATIONAL = 9
"""Digits of a number without its country code, from which on it is taken for the person's."""
SOME = 500
NUMBER = re.compile(r"\+?[0-9][0-9 ().\-/]{5,}[0-9]")
TELLING = ("attempts", "receipts", "result", "error")
"""Fields of a job in which a provider's words may repeat number or text."""
JOB_INPUT = [*record.FACTS].index("input")
OPEN_LEFT = (
    "Jobs that are being sent or looked up keep what they need; erase again once they have ended."
)
DONE = "Ask the provider to erase the conversation as well: it still has it."


class Person:
    """A number in international form, and how it is found in records."""

    def __init__(self, number: str) -> None:
        try:
            found = digits.read(number)
        except digits.NoNumber as error:
            raise InvalidInput(f'"{digits.quoted(number)}" {error}') from error
        if not E164.fullmatch(found):
            raise InvalidInput("Give the number with its plus and country code.")
        self.digits = found.removeprefix("+")

    def is_in(self, text: str) -> bool:
        """Whether a text names the number, in any spelling that has nine digits of it or more."""
        return any(self._is(each) for each in NUMBER.findall(text))

    def _is(self, written: str) -> bool:
        found = re.sub(r"\D", "", written)
        if written.startswith("+"):
            return found == self.digits
        found = found.lstrip("0")
        return len(found) >= NATIONAL and self.digits.endswith(found)


def erase(services: Services, number: str, workspace: str | None = None) -> dict[str, object]:
    """How many of each were erased, in one workspace or in all. Safe to repeat."""
    person, done = Person(number), Counter[str]()
    homes = sorted(services.db.smembers(keys.WORKSPACES))
    if workspace and workspace not in homes:
        raise NotFound(f"There is no workspace called {workspace}.")
    homes = [workspace] if workspace else homes
    # Before the events: the end of a job that is cancelled here is one.
    _jobs(services, person, homes, done)
    events = [each for home in homes for each in _events(services, person, home)]
    _deliveries(services.db, person, homes, {name for _, _, name in events}, done)
    for inbox, position, _ in events:
        done["events"] += services.db.xdel(inbox, position)
    for home in homes:
        done["unreadable"] += _from_list(services.db, keys.unreadable(home), person)
    for connection in _connections(services.db, homes):
        for each in _scanned(services.db, keys.parked(connection, "*")):
            done["parked_receipts"] += _from_list(services.db, each, person)
    counted = ("events", "jobs", "deliveries", "unreadable", "parked_receipts", "jobs_cancelled")
    left = done["jobs_left"]
    told = {name: done[name] for name in (*counted, "jobs_left")}
    return {**told, "message": OPEN_LEFT if left else DONE}


def _scanned(db: TextStore, pattern: str) -> Iterator[str]:
    yield from sorted({*db.scan_iter(raw(pattern), count=1000)})


def _connections(db: TextStore, homes: Sequence[str]) -> list[str]:
    return [each for home in homes for each in db.zrange(keys.workspace_connections(home), 0, -1)]


def _jobs(services: Services, person: Person, homes: Sequence[str], done: Counter[str]) -> None:
    for name in _scanned(services.db, keys.job("*")):
        record_ = services.db.hgetall(name)
        job = record.read(keys.job.values(name)[0], record_)
        if job.workspace not in homes or not person.is_in(" ".join(record_.values())):
            continue
        if job.status in retry_and_cancel.CANCELLED and _cancelled(services, job):
            done["jobs_cancelled"] += 1
        done["jobs" if _blanked(services.db, name) else "jobs_left"] += 1


def _cancelled(services: Services, job: record.Job) -> bool:
    try:
        retry_and_cancel.cancel(services, job)
    except Conflict:
        # It began a moment ago.
        return False
    return True


def _blanked(db: TextStore, name: str) -> bool:
    """Whether the job has ended and tells nothing any more; a retry of it sends nothing."""
    while True:
        with db.pipeline(transaction=True) as pipe:
            pipe.watch(name)
            found = pipe.hmget(name, "status", "facts")
            if found[0] not in ledger.SETTLED:
                return False
            facts = json.loads(found[1])
            # An input that cannot be read: no worker sends such a job.
            facts[JOB_INPUT] = None
            pipe.multi()
            pipe.hset(name, mapping={"facts": record.packed(facts), "message": ERASED})
            pipe.hdel(name, *TELLING)
            try:
                pipe.execute()
            except WatchError:
                continue
            return True


def _events(services: Services, person: Person, home: str) -> Iterator[tuple[str, str, str]]:
    """Inbox, position and id of each event that names the number."""
    for inbox in _scanned(services.db, keys.inbox(home, "*")):
        start = "-"
        while rows := services.db.xrange(inbox, start, "+", SOME):
            for position, fields in rows:
                event = fields.get("e", "")
                if person.is_in(event):
                    yield inbox, position, str(_id_of(event))
            start = f"({rows[-1][0]}"


def _id_of(event: str) -> Any:
    try:
        return json.loads(event).get("id")
    except (ValueError, AttributeError):
        return None


def _deliveries(
    db: TextStore, person: Person, homes: Sequence[str], events: set[str], done: Counter[str]
) -> None:
    for name in _scanned(db, keys.delivery("*")):
        found = db.hmget(name, "workspace", "hook", "event", "body", "attempts")
        workspace, hook, event, *more = [each or "" for each in found]
        if workspace in homes and (event in events or person.is_in(" ".join(more))):
            own = keys.delivery.values(name)[0]
            with db.pipeline(transaction=True) as pipe:
                pipe.zrem(keys.hook_due(hook), own)
                pipe.zrem(keys.hook_log(hook), own)
                pipe.zrem(keys.owed(workspace), own)
                pipe.delete(name)
                pipe.execute()
            done["deliveries"] += 1


def _from_list(db: TextStore, name: str, person: Person) -> int:
    entries = [each for each in db.lrange(name, 0, -1) if person.is_in(each)]
    return sum(db.lrem(name, 0, raw(each)) for each in entries)
