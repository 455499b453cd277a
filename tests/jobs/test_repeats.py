"""A provider that does a send once under our reference is asked to do it again, ever less often."""

from __future__ import annotations

from datetime import timedelta

import pytest

from integration.accounts.connections import Connection
from integration.jobs import finish, settle
from integration.jobs.finish import Ending
from integration.kernel.capabilities import RepeatsSafely, SendsSms
from integration.kernel.events import Account, Sent
from integration.kernel.fields import Inputs
from integration.kernel.outgoing import Outgoing
from integration.kernel.specs import Limit, Provider
from integration.services import Services
from integration.store.clock import now_ms
from tests.jobs.history import Desk


class Repeats(Provider, SendsSms, RepeatsSafely):
    key, label, help, settings = "repeats", "Repeats", "Does a send once.", Inputs
    base_url, limit = "https://repeats.example", Limit(requests=1, seconds=1)
    repeat_seconds = 23 * 3600.0

    def __init__(self) -> None:
        """It is asked nothing here."""

    def probe(self) -> Account:
        raise NotImplementedError

    def send_sms(self, text: Outgoing) -> Sent:
        raise NotImplementedError


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own, connection)


def asked(desk: Desk, job: str) -> Ending:
    held = desk.claim(job)
    assert held.mode == "settle"
    action = desk.own.catalog.action("send_sms")
    ending = settle.outcome(desk.own, held, action, Repeats())
    assert finish.finish(desk.own, held, ending)
    return ending


def lost_again(desk: Desk, job: str) -> None:
    desk.own.db.hset(f"hl:job:{job}", "later_ms", now_ms())
    desk.passed(job)
    desk.lost(desk.claim(job))


def test_a_lost_call_is_made_again_at_once(desk: Desk) -> None:
    job = desk.job()
    desk.lost(desk.claim(job))
    ending = asked(desk, job)
    assert (ending.status, ending.detail) == ("queued", settle.REPEATED)
    assert ending.later_ms <= now_ms()


def test_the_pauses_between_repeats_grow_with_the_age_of_the_first_call(desk: Desk) -> None:
    job = desk.job()
    desk.lost(desk.claim(job))
    desk.moved(job, timedelta(minutes=4))
    asked(desk, job)
    lost_again(desk, job)
    before = now_ms()
    assert asked(desk, job).later_ms >= before + 4 * 60_000 - 5_000


def test_beyond_its_time_a_call_is_never_made_again(desk: Desk) -> None:
    job = desk.job()
    desk.lost(desk.claim(job))
    desk.moved(job, timedelta(hours=23))
    assert asked(desk, job).status == "unknown"
