"""`hookline erase`: remove one person's number and texts from everything that people look up.

Digests stay, so that no sync brings the messages back. That of a number alone is made with a key
that follows from SECRET_KEY.
The provider has the texts still; ask it to erase them as well.
"""

import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from redis.exceptions import WatchError

from integration.accounts import conversation_counts
from integration.activity import conversations
from integration.delivery import answers
from integration.inbound import identity, released_identity
from integration.jobs import ledger, record, retry_and_cancel
from integration.jobs.facts import FACTS
from integration.kernel.errors import Conflict, NotFound
from integration.opt_outs import register
from integration.services import Services
from integration.store import damaged, keys
from integration.store.client import TextStore, raw
from integration.upkeep import person_events
from integration.upkeep.person import Person
from integration.upkeep.progress import Progress, reported, untold

ERASED = "Erased on request."
TELLING = ("attempts", "receipts", "result", "error", "request_id", "legs")
"""Fields of a job in which a provider's or a caller's words may repeat number or text."""
OF_DELIVERY = ("workspace", "hook", "event", "body", "attempts")
JOB_INPUT, JOB_EQUAL = ([*FACTS].index(name) for name in ("input", "equal"))
OPEN_LEFT = (
    "Jobs that are being sent or looked up keep what they need; erase again once they have ended."
)
OPT_OUTS_KEPT = (
    "`opt_outs_kept` counts what the person wants of texts to come: a STOP stays, or the person"
    " would be texted again."
)
HOOKS_LEFT = "`hooks_left` lists hooks that name the number: change or delete them."
COUNTED = (
    *("events", "files", "jobs", "deliveries", "unreadable", "parked_receipts"),
    *("jobs_cancelled", "jobs_left"),
)
DONE = "Ask the provider to erase the conversation as well: it still has it."


def erase(
    services: Services,
    number: str,
    workspace: str | None = None,
    progress: Callable[[str], Progress] = lambda _: untold,
) -> dict[str, object]:
    """How many of each were erased, in one workspace or in all. Safe to repeat.

    `progress` gives, for jobs, events and deliveries, what takes how many were looked at.
    """
    person = Person(number, services.settings.default_region or None)
    done = Counter[str]()
    homes = sorted(services.db.smembers(keys.WORKSPACES))
    if workspace and workspace not in homes:
        raise NotFound(f"There is no workspace called {workspace}.")
    homes = [workspace] if workspace else homes
    # Before the events: the end of a job that is cancelled here is one.
    _jobs(services, person, homes, done, progress("jobs"))
    looked = progress("events")
    events = [
        each for home in homes for each in person_events.found(services, person, home, looked)
    ]
    names = {each.id for each in events}
    _deliveries(services.db, person, homes, names, done, progress("deliveries"))
    done.update(person_events.remove(services.db, events))
    for home in homes:
        done.update(_of_home(services.db, person, home))
    _of_connections(services, person, _connections(services.db, homes), done)
    hooks = [each for home in homes for each in _hooks(services.db, person, home)]
    told: dict[str, object] = {name: done[name] for name in COUNTED}
    kept = sum(1 for home in homes for _ in register.listed(services, home, person.spellings[0]))
    told |= {"hooks_left": hooks, "opt_outs_kept": kept}
    return {**told, "message": _said(told)}


def _said(told: Mapping[str, object]) -> str:
    said = [OPEN_LEFT] * bool(told["jobs_left"]) + [HOOKS_LEFT] * bool(told["hooks_left"])
    return " ".join((said or [DONE]) + [OPT_OUTS_KEPT] * bool(told["opt_outs_kept"]))


def _of_home(db: TextStore, person: Person, home: str) -> Counter[str]:
    """How many of what a workspace keeps beside its events went."""
    _said_of(db, person, home)
    _forget_conversations(db, person, home)
    parts = person_events.remove_parts(db, home, person)
    return Counter(events=parts, unreadable=_from_list(db, keys.unreadable(home), person))


def _of_connections(
    services: Services, person: Person, connections: Sequence[str], done: Counter[str]
) -> None:
    for each in person_events.scanned(services.db, keys.parked("*", "*")):
        if keys.parked.values(each)[0] in connections:
            done["parked_receipts"] += _from_list(services.db, each, person)
    for connection in connections:
        _leave_unread(services.db, person, connection)
        _key_conversation(services, person, connection)


def _connections(db: TextStore, homes: Sequence[str]) -> list[str]:
    return [each for home in homes for each in db.zrange(keys.workspace_connections(home), 0, -1)]


def _leave_unread(db: TextStore, person: Person, connection: str) -> None:
    """Forget that a back-fill is to read this conversation: that names the number. Where the
    provider has it still, the next comparison of counts finds it again."""
    if gone := _from_list(db, keys.backfill(connection), person):
        db.hincrby(keys.connection(connection), "backfill_left", -gone)


def _key_conversation(services: Services, person: Person, connection: str) -> None:
    """Replace what tells that this conversation is known, and what trying all numbers opens."""
    region = services.settings.default_region or None
    plain = {identity.conversation(connection, each).packed for each in person.spellings}
    for each in person.spellings:
        plain.update(released_identity.conversations(connection, each, region))
    numbers = keys.numbers(connection)
    if known := [each for each in plain if services.db.sismember(numbers, each)]:
        keyed = conversation_counts.names(services, connection, person.spellings[0])[0]
        with services.db.pipeline(transaction=True) as pipe:
            # In this order the set keeps its TTL.
            pipe.sadd(numbers, keyed)
            pipe.srem(numbers, *known)
            pipe.execute()


def _hooks(db: TextStore, person: Person, home: str) -> Iterator[str]:
    """Hooks whose filters or note name the number; they are their owner's to change."""
    for each in sorted({*db.hvals(keys.hooks(home))}):
        told = db.hmget(keys.hook(each), "filters", "description")
        if person.is_in(" ".join(filter(None, told))):
            yield each


def _jobs(
    services: Services,
    person: Person,
    homes: Sequence[str],
    done: Counter[str],
    progress: Progress,
) -> None:
    for name in reported(person_events.scanned(services.db, keys.job("*")), progress):
        record_ = person_events.readable(services.db, name, services.db.hgetall, dict[str, str]())
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
            facts[JOB_INPUT], facts[JOB_EQUAL] = None, ""
            pipe.multi()
            pipe.hset(name, mapping={"facts": record.packed(facts), "message": ERASED})
            pipe.hdel(name, *TELLING)
            try:
                pipe.execute()
            except WatchError:
                continue
            return True


def _deliveries(
    db: TextStore,
    person: Person,
    homes: Sequence[str],
    events: set[str],
    done: Counter[str],
    progress: Progress,
) -> None:
    for name in reported(person_events.scanned(db, keys.delivery("*")), progress):
        record_ = person_events.readable(db, name, db.hgetall, dict[str, str]())
        workspace, hook, event, *more = [record_.get(each, "") for each in OF_DELIVERY]
        if workspace in homes and (event in events or person.is_in(" ".join(more))):
            own = keys.delivery.values(name)[0]
            answers.forget(db, hook, _answers(more[1]))
            log = keys.hook_log(hook)
            at = db.zscore(log, own)
            with db.pipeline(transaction=True) as pipe:
                if at is not None:
                    # Its place stays: a log that is full tells that there are older ones.
                    pipe.zadd(log, {f"erased_{secrets.token_hex(8)}": at})
                for each in (keys.hook_dead(hook), keys.hook_due(hook), log, keys.owed(workspace)):
                    pipe.zrem(each, own)
                pipe.delete(name)
                pipe.execute()
            done["deliveries"] += 1


def _answers(attempts: str) -> list[str]:
    """What these attempts name; a record that cannot be read is removed all the same."""
    try:
        return [each for each in answers.named_in(attempts) if each]
    except damaged.NONSENSE:
        return []


def _said_of(db: TextStore, person: Person, home: str) -> None:
    """Forget what targets answered that names the person."""
    for hook in db.hvals(keys.hooks(home)):
        said = answers.every(db, hook).items()
        answers.forget(db, hook, [name for name, answer in said if person.is_in(answer)])


def _forget_conversations(db: TextStore, person: Person, home: str) -> None:
    """Others whose numbers end alike are in the same ones, so the scheduler fills all again."""
    for each in {conversations.digest(spelling) for spelling in person.spellings}:
        db.delete(keys.conversation(home, each))
    db.delete(keys.conversations_read(home))


def _from_list(db: TextStore, name: str, person: Person) -> int:
    kept = person_events.readable(db, name, lambda each: db.lrange(each, 0, -1), list[str]())
    entries = [each for each in kept if person.is_in(each)]
    return sum(db.lrem(name, 0, raw(each)) for each in entries)
