"""The scheduler: what happens by the clock: upstream sync, webhook registration, retention."""

import logging
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from integration.accounts import api_keys, bootstrap, connections, erasure
from integration.activity import conversations
from integration.inbound import (
    account_watch,
    backfill,
    own_address,
    parts,
    registration_leave,
    retention,
    sync,
    webhook_registration,
)
from integration.jobs import receipt_polling, statuses
from integration.kernel.errors import SettingsError
from integration.runtime import forking, logs, stopping
from integration.runtime.forking import Duty
from integration.runtime.guarded import guarded
from integration.runtime.places import Places
from integration.services import Services
from integration.store import clock, damaged, durability, heartbeat, keys, measuring
from integration.upkeep import expiry

logger = logging.getLogger(__name__)
TICK_SECONDS = 1.0
KEEP_TICKS = 5
"""Ticks from one look at which connections and workspaces there are to the next."""
REGISTER_SECONDS = 5
RETAIN_SECONDS = 60
FOLLOW_SECONDS = 10
LISTEN_SECONDS = 3600
WATCH_SECONDS = 30
RETRY_SECONDS = 30
"""Seconds to the next try of a task whose run failed before it could say when it is due next."""
ASKED_MOST = 100
"""Syncs that were asked for, taken up at one tick."""
CONNECTION, WORKSPACE, STORE = "connection", "workspace", "store"


class Task(NamedTuple):
    """What is done for a subject every so many `seconds`, or when `run` says (ms)."""

    name: str
    seconds: float
    run: Callable[[Services, Any], int | None]


def main() -> None:
    _serve(forking.prepared("scheduler"))


def duty(own: Services) -> Duty:
    """The scheduler as one of several processes that are forked from one parent."""
    return Duty(name="scheduler", serve=partial(_serve, own))


def _serve(own: Services) -> None:
    logs.configure(own.settings.log_level, "scheduler", own.settings.log_format)
    try:
        durability.at_start(own.db)
    except SettingsError as error:
        sys.exit(error.message)
    stopping.heed_signals()
    Scheduler(own).run()


THREADS = 96
"""Most subjects served at once. A thread is started when it is needed first."""
SLOW_THREADS = 32
"""Most slow subjects served at once."""
SLOW_SECONDS = 2.0
LAST_SECONDS = 60.0
"""How long the end waits for what runs; platforms kill sooner."""


class Subject(NamedTuple):
    """A connection, a workspace or the store."""

    kind: str
    id: str


class Rounds:
    """What comes up again for each of many subjects, on threads; one that hangs holds up none.

    A subject has one thread at most. Subjects that were slow the last time get a part of the
    threads only, so that the others always find one. `serve` does what is due for a subject, and
    returns when it is due next (ms).
    """

    def __init__(self, serve: Callable[[Subject], int]) -> None:
        self._serve = serve
        self._places = Places(THREADS)
        self._due: dict[Subject, int] = {}
        self._flying: set[Subject] = set()
        self._slow: set[Subject] = set()
        self._errors: list[Exception] = []

    def keep(self, subjects: Iterable[Subject]) -> None:
        """Serve these and no others; new ones are due now."""
        self._due = {each: self._due.get(each, 0) for each in subjects}
        self._slow &= self._due.keys()

    def hurry(self, subject: Subject) -> None:
        if subject in self._due:
            self._due[subject] = 0

    def turn(self, now: int) -> None:
        """Begin what is due, and wait for nothing. Raises what a subject's service raised."""
        if self._errors:
            raise self._errors.pop()
        due = [each for each, at in self._due.items() if at <= now and each not in self._flying]
        for subject in sorted(due, key=self._urgency):
            if self._has_room(subject):
                self._flying.add(subject)
                self._places.take(partial(self._fly, subject))

    def end(self) -> None:
        self._places.wait_for_all(LAST_SECONDS)

    def _urgency(self, subject: Subject) -> tuple[bool, int]:
        return subject in self._slow, self._due[subject]

    def _has_room(self, subject: Subject) -> bool:
        slow = subject in self._slow and len(self._slow & self._flying) >= SLOW_THREADS
        return not slow and len(self._flying) < THREADS

    def _fly(self, subject: Subject) -> None:
        began = time.monotonic()
        try:
            due = self._serve(subject)
        except Exception as error:  # noqa: BLE001  # kept for `turn`, which raises it
            self._errors.append(error)
            return
        (self._slow.add if time.monotonic() - began > SLOW_SECONDS else self._slow.discard)(subject)
        if subject in self._due:
            self._due[subject] = due
        self._flying.discard(subject)


class Scheduler:
    """The tick does what every process of ours does, and waits for no account."""

    def __init__(self, own: Services) -> None:
        self.own = own
        self.rounds = Rounds(self._served)
        self.ticks = 0
        self.plans: dict[Subject, dict[str, int]] = {}
        """When each task of a subject is due (ms)."""

    def run(self) -> None:
        while not stopping.stopping.wait(TICK_SECONDS):
            guarded(self._tick)
            self.rounds.turn(clock.now_ms())
        self.rounds.end()

    def _tick(self) -> None:
        db = self.own.db
        clock.agree(db)
        heartbeat.beat(db, "scheduler")
        durability.watch(db)
        measuring.flush(db, ticks=True)
        if bootstrap.missing(self.own):
            bootstrap.ensure(self.own)
        if self.ticks % KEEP_TICKS == 0:
            self._keep()
        self.ticks += 1
        for each in db.spop(keys.SYNC_ASKED, ASKED_MOST):
            subject = Subject(CONNECTION, each)
            for task in ("sync", "backfill"):
                self.plans.get(subject, {}).pop(task, None)
            self.rounds.hurry(subject)

    def _keep(self) -> None:
        connected = self.own.db.smembers(keys.CONNECTIONS)
        homes = self.own.db.smembers(keys.WORKSPACES)
        found = [Subject(STORE, ""), *(Subject(CONNECTION, each) for each in connected)]
        found += [Subject(WORKSPACE, each) for each in homes]
        self.rounds.keep(found)
        self.plans = {each: self.plans.get(each, {}) for each in found}

    def _served(self, subject: Subject) -> int:
        """Do what is due for the subject; returns when more is due (ms)."""
        plan = self.plans.setdefault(subject, {})
        guarded(partial(self._do, subject, plan))
        return min(plan.values(), default=clock.now_ms() + KEEP_TICKS * 1000)

    def _do(self, subject: Subject, plan: dict[str, int]) -> None:
        if subject.kind != CONNECTION:
            for task in TASKS[subject.kind]:
                _perform(task, plan, self.own, subject.id)
            return
        connection = connections.by_id(self.own, subject.id)
        for task in CONNECTION_TASKS if connection else ():
            _perform(task, plan, self.own, connection)
            if sync.rests(self.own, subject.id):
                # An account that does not answer is asked nothing else meanwhile.
                plan.update(dict.fromkeys(plan, plan["sync"]))
                return


def _perform(task: Task, plan: dict[str, int], own: Services, of: Any) -> None:
    now = clock.now_ms()
    if plan.get(task.name, 0) <= now:
        plan[task.name] = now + int(task.seconds * 1000)
        due = guarded(partial(task.run, own, of))
        plan[task.name] = due or plan[task.name]


CONNECTION_TASKS = (
    Task("sync", RETRY_SECONDS, sync.turn),
    Task("backfill", RETRY_SECONDS, backfill.turn),
    Task("follow", FOLLOW_SECONDS, receipt_polling.follow),
    Task("watch", WATCH_SECONDS, account_watch.turn),
    Task("register", REGISTER_SECONDS, webhook_registration.turn),
)
TASKS: Mapping[str, Sequence[Task]] = {
    WORKSPACE: (
        # At the start above all: hooks that listen may have outlived a long stop of ours.
        Task("listen", LISTEN_SECONDS, account_watch.renew),
        Task("retain", RETAIN_SECONDS, retention.trim),
        Task("parts", RETAIN_SECONDS, parts.late),
        Task("expire", RETAIN_SECONDS, statuses.expire),
        Task("walk", RETAIN_SECONDS, statuses.Walks().turn),
        Task("conversations", RETRY_SECONDS, conversations.turn),
        Task("keys", LISTEN_SECONDS, lambda own, home: api_keys.forget_expired(own.db, home)),
    ),
    STORE: (
        Task("damaged", RETAIN_SECONDS, lambda own, _: damaged.trim(own.db)),
        Task("leave", RETRY_SECONDS, registration_leave.leave),
        Task("own_address", RETRY_SECONDS, own_address.turn),
        Task("erase", RETRY_SECONDS, erasure.finish),
        # At the start above all: of a release before, or under another RETENTION_DAYS.
        Task("expire", RETRY_SECONDS, expiry.renew),
    ),
}


if __name__ == "__main__":
    main()
