"""Pacing that is changed, texts that end while they wait, and what is said of both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration.accounts import api_keys, connection_facts, connections, erasure, pacing, standing
from integration.accounts.connections import ENVIRONMENT, Connection
from integration.app import create
from integration.jobs import paced, retry_and_cancel
from integration.jobs.ledger import get
from integration.kernel import times
from integration.kernel.errors import InvalidInput
from integration.services import Services
from integration.store import clock, keys
from integration.store.clock import wall_ms
from integration.web.api import waiting
from tests.jobs.history import PHONE
from tests.jobs.lane_desk import looked
from tests.jobs.paced_desk import LONG, PacedDesk
from tests.slow_clock import agreed_clock

DAY = 86_400


@pytest.fixture
def desk(own: Services, connection: Connection) -> Iterator[PacedDesk]:
    with agreed_clock(own.db):
        yield PacedDesk(own, connection)


def test_what_waits_goes_at_once_when_the_pacing_ends_or_grows(desk: PacedDesk) -> None:
    desk.pace(parts_per_day=1)
    made = [desk.text() for _ in range(6)]
    assert desk.goes() == made[:1]
    desk.pace(parts_per_day=3)
    assert desk.goes() == made[1:3], "what was counted before counts"
    desk.change(None)
    assert desk.goes() == made[3:]
    assert not desk.own.db.exists(keys.lane_paced(desk.connection.id))


def test_a_stricter_rule_holds_at_once_and_knows_what_went_before(desk: PacedDesk) -> None:
    desk.pace(parts_per_hour=5)
    [desk.text() for _ in range(3)]
    assert len(desk.goes()) == 3
    desk.pace(parts_per_day=3)
    desk.text()
    assert desk.goes() == []


def test_only_rules_that_are_named_change(desk: PacedDesk) -> None:
    desk.pace(parts_per_hour=5, per="sim")
    desk.pace(gap_seconds=7)
    found = connections.by_id(desk.own, desk.connection.id)
    assert found
    assert pacing.of(found) == {"gap_seconds": 7, "parts_per_hour": 5, "per": "sim", "sender": ""}
    desk.pace(gap_seconds=None, parts_per_hour=None)
    assert desk.own.db.hget(keys.connection(desk.connection.id), "pacing") is None


def test_an_account_from_the_settings_takes_pacing_and_nothing_else(own: Services) -> None:
    given = {"api_key": "pf_1", "base_url": "http://127.0.0.1:9"}
    made = connections.make(
        workspace="w", provider="pairfon", label="P", settings=given, source=ENVIRONMENT
    )
    connections.save(own, made)
    _, key = api_keys.create(own.db, "w", "Front desk")
    path, client = f"/v1/connections/{made.id}", create(own).test_client()
    headers = {"X-API-Key": key}
    answer = client.patch(path, json={"pacing": {"gap_seconds": 5}}, headers=headers)
    assert (answer.status_code, answer.get_json()["pacing"]["gap_seconds"]) == (200, 5)
    both = {"pacing": {"gap_seconds": 6}, "label": "Office"}
    assert client.patch(path, json=both, headers=headers).status_code == 409
    connections.save(own, made)
    assert client.get(path, headers=headers).get_json()["pacing"]["gap_seconds"] == 5
    assert client.patch(path, json={"pacing": None}, headers=headers).get_json()["pacing"] is None


def test_wrong_rules_are_named_with_their_place() -> None:
    with pytest.raises(
        InvalidInput, match=r"pacing\.gap_seconds: Gap must be a whole number from 1"
    ):
        pacing.checked({"gap_seconds": 0})
    with pytest.raises(InvalidInput, match=r"pacing\.per: Counted Apart must be connection or"):
        pacing.checked({"per": "moon"})
    with pytest.raises(InvalidInput, match="pacing must be an object"):
        pacing.checked("5")


def test_a_text_that_never_fits_is_refused_and_one_that_waits_ends(desk: PacedDesk) -> None:
    long = desk.text(text=LONG)
    desk.pace(parts_per_hour=1)
    assert desk.run() == long
    job = desk.seen(long)
    assert (job.status, (job.error or {})["code"]) == ("failed", "over_pacing")
    assert "2 parts" in job.message
    assert "allows 1 part an hour" in job.message
    found = connections.by_id(desk.own, desk.connection.id)
    assert found
    send = desk.own.catalog.action("send_sms")
    with pytest.raises(InvalidInput, match="message: This text has 2 parts, and the pacing"):
        paced.check(found, send, {"phone": PHONE, "message": LONG})
    paced.check(found, send, {"phone": PHONE, "message": "Short"})


def test_an_mms_counts_as_one_part_whatever_its_words(desk: PacedDesk) -> None:
    desk.pace(parts_per_minute=1)
    kept = connections.by_id(desk.own, desk.connection.id)
    assert kept
    picture = {"phone": [PHONE], "media_url": "https://example.com/a.jpg", "message": LONG}
    paced.check(kept, desk.own.catalog.action("send_mms"), picture)
    with pytest.raises(InvalidInput):
        paced.check(kept, desk.own.catalog.action("send_sms"), picture)


def test_a_text_whose_time_is_over_ends_while_the_others_wait(desk: PacedDesk) -> None:
    desk.pace(gap_seconds=3600)
    made = [desk.text(), desk.text(), desk.text(valid_until=times.from_ms(wall_ms() + 60_000))]
    assert desk.goes() == made[:1]
    desk.later(61)
    assert desk.run() == made[2]
    job = desk.seen(made[2])
    assert (job.status, (job.error or {})["code"]) == ("failed", "too_late")
    desk.later(3600)
    assert desk.goes() == made[1:2], "it used up no budget"


def test_a_text_that_waits_says_which_rule_how_many_before_it_and_until_when(
    desk: PacedDesk,
) -> None:
    desk.pace(gap_seconds=600)
    made = [desk.text() for _ in range(4)]
    desk.goes()
    first, last = desk.seen(made[1]), desk.seen(made[3])
    assert first.waiting
    assert last.waiting
    assert (first.waiting["rule"], first.waiting["ahead"]) == ("gap_seconds", 0)
    assert first.message == (
        "Waiting. The pacing of its connection allows one text every 600 s;"
        f" it goes at {first.waiting['until']} or later."
    )
    assert "; 2 texts go before this one, which goes at" in last.message
    moments = [times.parse_strict(each.waiting["until"]) for each in (first, last) if each.waiting]
    assert (moments[1] - moments[0]).total_seconds() == 1200
    assert len(last.message) <= 250


def test_the_account_says_how_many_wait_and_until_when(desk: PacedDesk) -> None:
    desk.pace(gap_seconds=600)
    made = [desk.text() for _ in range(4)]
    desk.goes()
    found = standing.of(desk.own.db, [desk.connection.id])[desk.connection.id]
    assert (found.state, found.waiting, found.paced) == ("paced", 3, 3)
    shown = connection_facts.shown(desk.own, desk.connection)
    assert shown["lane"]["jobs_paced"] == 3
    assert shown["lane"]["next_try"] == (desk.seen(made[1]).waiting or {})["until"]
    desk.own.db.hset(keys.job(made[1]), "due_ms", 0)
    desk.later(500)
    assert waiting.job_ms(desk.own.db) < 60_000, "no alarm for what waits by its owner's wish"


def test_a_shorter_text_goes_where_the_long_one_before_it_is_cancelled(desk: PacedDesk) -> None:
    desk.pace(parts_per_day=2)
    first, long, short = desk.text(), desk.text(text=LONG), desk.text()
    assert desk.goes() == [first]
    assert (desk.seen(short).waiting or {})["ahead"] == 1
    retry_and_cancel.cancel(desk.own, get(desk.own, "w", long))
    assert desk.goes() == [short]


def test_a_cancelled_text_gives_its_place_to_the_next(desk: PacedDesk) -> None:
    desk.pace(gap_seconds=600)
    made = [desk.text() for _ in range(3)]
    desk.goes()
    retry_and_cancel.cancel(desk.own, get(desk.own, "w", made[1]))
    desk.later(601)
    assert desk.goes() == made[2:]
    retry_and_cancel.retry(desk.own, get(desk.own, "w", made[1]))
    desk.later(601)
    assert desk.goes() == made[1:2]


def test_a_scheduled_text_waits_for_its_time_and_then_for_its_turn(desk: PacedDesk) -> None:
    desk.pace(gap_seconds=600)
    at = times.from_ms(wall_ms() + 300_000)
    later, now, more = desk.text(schedule_at=at), desk.text(), desk.text()
    assert desk.goes() == [now]
    desk.later(301)
    assert (desk.seen(later).waiting or {})["ahead"] == 1
    assert desk.seen(later).message.startswith("Waiting. The pacing")
    desk.later(300)
    assert desk.goes() == [more]
    desk.later(601)
    assert desk.goes() == [later]


def test_the_texts_of_a_removed_connection_come_to_their_end(desk: PacedDesk) -> None:
    desk.pace(gap_seconds=600)
    made = [desk.text() for _ in range(3)]
    desk.goes()
    connections.forget(desk.own, desk.connection)
    looked(desk)
    assert set(desk.waiting()) == set(made[1:])
    assert desk.seen(desk.run()).message == "The connection of this job was removed."


def test_an_erased_workspace_leaves_nothing_of_its_pacing(desk: PacedDesk) -> None:
    desk.own.db.sadd(keys.WORKSPACES, "w")
    desk.pace(gap_seconds=600, recipients_per_day=5)
    made = [desk.text() for _ in range(3)]
    desk.goes()
    erasure.erase(desk.own, "w")
    left = [each for each in desk.own.db.scan_iter("hl:*") if desk.connection.id in each]
    assert [each for each in left if not each.startswith("hl:removed")] == []
    assert not any(desk.own.db.exists(keys.job(each)) for each in made)


def test_many_waiting_texts_cost_a_few_looks_and_no_wake_up_in_vain(desk: PacedDesk) -> None:
    desk.pace(gap_seconds=600)
    for _ in range(3):
        desk.accepted(
            {
                "phone": [f"+1415555{number:04d}" for number in range(100)],
                "message": "Hello",
                "device_fingerprint": "phone-1",
            }
        )
    for _ in range(4):
        looked(desk)
    assert len(desk.waiting()) == 1
    assert standing.of(desk.own.db, [desk.connection.id])[desk.connection.id].waiting == 300
    desk.goes()
    for _ in range(3):
        looked(desk)
        assert desk.waiting() == []
        assert desk.own.db.zscore(keys.LANES, desk.connection.id) > clock.now_ms() + 30_000


def test_one_that_a_clock_ahead_woke_before_its_end_is_woken_again(desk: PacedDesk) -> None:
    desk.pace(gap_seconds=60)
    first, second = desk.text(), desk.text(valid_until="2031-01-01T00:00:00Z")
    assert desk.goes() == [first]
    ends, late = keys.lane_ends(desk.connection.id), desk.own.db.hget(keys.job(second), "late_ms")
    desk.own.db.zadd(ends, {second: 1})
    looked(desk)
    assert desk.run() == second
    assert desk.own.db.zscore(ends, second) == float(late or 0)
