"""What tests of a store that was put back share: its copies, and processes that begin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from integration.accounts import bootstrap
from integration.jobs.claim import Claim
from integration.services import Services
from integration.store import clock, durability, keys, past
from tests.jobs.history import Desk
from tests.slow_clock import slow_clock


@contextmanager
def meeting(own: Services) -> Iterator[None]:
    """This process has met the store as it is."""
    begin()
    bootstrap.ensure(own)
    with slow_clock():
        for _ in range(2):
            clock.agree(own.db)
        yield
    begin()


def begin() -> None:
    """As another process, which knows nothing yet."""
    clock.forget()
    past.forget()
    durability._told.clear()


def copy_of(own: Services) -> Callable[[], None]:
    """Copies the store as it is; what is returned puts the copy back."""
    copy = {name: own.db.dump(name) for name in own.db.keys("*")}

    def put_back() -> None:
        own.db.flushall()
        for name, value in copy.items():
            own.db.restore(name, 0, value)

    return put_back


def mark(own: Services) -> str:
    return str(own.db.hget(keys.PAST, "mark") or "").partition(" ")[0]


def held(desk: Desk, job: str) -> Claim:
    """The claim of a job once nothing is held back any more."""
    desk.own.db.hdel(keys.CLOCK, "hold")
    return desk.claim(job)


def work(desk: Desk) -> None:
    """What a copy of before does not have: a claim of this process."""
    desk.own.db.hdel(keys.CLOCK, "hold")
    desk.claim(desk.job("gone"))
