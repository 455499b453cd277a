"""How a text ends that waits for its phone or sender, and what does not wait for these."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration.accounts import connection_cache, connections, gate, pacing
from integration.accounts.connections import Connection
from integration.jobs import accept, retry_and_cancel, sweep
from integration.jobs.accept import AcceptOptions
from integration.services import Services
from integration.store import keys
from integration.store.clock import wall_ms
from tests.delivery.drains import WORKSPACE
from tests.jobs.full_desk import SAID, changed, hold, refused
from tests.jobs.history import DEVICE
from tests.jobs.lane_desk import looked, taken
from tests.jobs.paced_desk import OTHER_DEVICE, PacedDesk
from tests.jobs.two_accounts import job as two_accounts_job
from tests.slow_clock import agreed_clock

DAY_MS = 86_400_000


@pytest.fixture
def desk(own: Services, connection: Connection) -> Iterator[PacedDesk]:
    with agreed_clock(own.db):
        yield PacedDesk(own, connection)


@pytest.fixture
def other(own: Services) -> Connection:
    given = {"api_key": "pf_other", "base_url": "http://127.0.0.1:9"}
    found = connections.make(workspace=WORKSPACE, provider="pairfon", label="other", settings=given)
    connections.save(own, found)
    return found


def test_a_text_ends_late_while_its_phone_is_full(desk: PacedDesk) -> None:
    made = desk.text(valid_until="2031-01-01T00:00:00Z")
    held = taken(desk)
    refused(desk, held, wait=3000)
    desk.own.db.hset(keys.job(made), "late_ms", 1)
    desk.own.db.zadd(keys.lane_ends(desk.connection.id), {made: 1}, xx=True)
    looked(desk)
    assert desk.waiting() == [made]
    assert taken(desk).paced == "late"


def test_a_text_that_waits_for_its_phone_can_be_cancelled_and_sent_again(desk: PacedDesk) -> None:
    made = desk.text()
    refused(desk, taken(desk), wait=60)
    looked(desk)
    assert retry_and_cancel.cancel(desk.own, desk.seen(made)).status == "cancelled"
    retry_and_cancel.retry(desk.own, desk.seen(made))
    assert desk.waiting() == []
    desk.later(61)
    assert desk.goes() == [made]


def test_a_day_after_the_last_text_that_went_what_waits_is_given_up(desk: PacedDesk) -> None:
    made, young = desk.text(), desk.text()
    while desk.waiting():
        refused(desk, taken(desk))
    changed(desk, made, created_ms=wall_ms() - 2 * DAY_MS)
    desk.later(2)
    assert refused(desk, taken(desk)).status == "queued", "it began a moment ago"
    desk.own.db.hset(hold(desk), "since", wall_ms() - DAY_MS - 1000)
    desk.later(4)
    held = taken(desk)
    assert held.job.id == made
    ending = refused(desk, held)
    assert (ending.status, ending.message) == ("failed", f"Given up after a day. {SAID}")
    assert desk.waiting() == [young], "what is younger is tried at once"
    assert refused(desk, taken(desk)).status == "queued"
    assert desk.waiting() == []


def test_a_text_leaves_a_full_phone_for_another_account_at_its_time(
    desk: PacedDesk, other: Connection
) -> None:
    moving = two_accounts_job(desk, other, after=300)
    staying = desk.text()
    elsewhere = two_accounts_job(desk, other, after=300)
    changed(desk, elsewhere, input={"phone": "+14155550123", "message": "Hi"})
    for _ in range(2):
        refused(desk, taken(desk), wait=3000)
    desk.own.db.zadd(keys.lane_fallbacks(desk.connection.id), {moving: 0, elsewhere: 0}, xx=True)
    looked(desk)
    assert desk.seen(moving).connection == desk.connection.id, "its time has not come"
    desk.own.db.hset(hold(desk), "since", wall_ms() - 301_000)
    for each in (moving, elsewhere):
        changed(desk, each, created_ms=wall_ms() - 400_000)
    desk.own.db.zadd(keys.lane_fallbacks(desk.connection.id), {moving: 0, elsewhere: 0}, xx=True)
    looked(desk)
    assert desk.seen(moving).connection == other.id
    assert "took nothing for 300 s" in desk.seen(moving).attempts[-1]["detail"]
    assert desk.seen(staying).connection == desk.connection.id
    assert desk.seen(elsewhere).connection == desk.connection.id, "it goes from another phone"


def test_a_text_of_a_full_phone_counts_in_no_budget(desk: PacedDesk) -> None:
    desk.pace(parts_per_hour=1)
    made = desk.text()
    other = desk.text(device=OTHER_DEVICE)
    refused(desk, taken(desk), wait=60)
    assert desk.goes() == [other]
    desk.later(4000)
    assert desk.goes() == [made]


def test_a_look_up_is_held_up_by_nothing(desk: PacedDesk) -> None:
    made = desk.text()
    desk.text(device=DEVICE)
    held = taken(desk)
    refused(desk, taken(desk), wait=600)
    desk.lost(held)
    looked(desk)
    assert desk.waiting() == [made]


def test_what_is_no_text_waits_for_no_phone(desk: PacedDesk) -> None:
    desk.text()
    refused(desk, taken(desk), wait=600)
    options = AcceptOptions(
        stamp=connection_cache.of(desk.own, WORKSPACE).stamp,
        pepper=pacing.pepper(desk.own),
        backlog=1000,
    )
    removal = desk.own.catalog.action("remove_device")
    command = accept.command(desk.connection, removal, {"device_fingerprint": DEVICE}, options)
    command.call(gate.ADMITTED).run(desk.own.db)
    assert desk.waiting() == [command.jobs[0].id]


def test_a_text_leaves_a_full_phone_behind_many_that_stay(
    desk: PacedDesk, other: Connection
) -> None:
    moving = two_accounts_job(desk, other, after=300)
    refused(desk, taken(desk), wait=3000)
    desk.own.db.hset(hold(desk), "since", wall_ms() - 301_000)
    changed(desk, moving, created_ms=wall_ms() - 400_000)
    others = {f"job_{number:020x}": 0 for number in range(100)}
    desk.own.db.zadd(keys.lane_fallbacks(desk.connection.id), others | {moving: 1})
    looked(desk)
    assert desk.seen(moving).connection == desk.connection.id
    sweep.sweep(desk.own)
    assert desk.seen(moving).connection == other.id


def test_a_text_for_tomorrow_says_nothing_of_a_phone_that_is_full_today(desk: PacedDesk) -> None:
    desk.text()
    refused(desk, taken(desk), wait=60)
    made = desk.text(schedule_at="2031-01-01T00:00:00Z")
    assert desk.seen(made).message == "Scheduled."
    assert not desk.seen(made).waiting
