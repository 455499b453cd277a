"""The feed: one list of all that happened, whose pages stay put while more happens."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator

import pytest

from integration.accounts.connections import Connection
from integration.activity import feed, rows, sources
from integration.activity.rows import Row
from integration.activity.wanted import Wanted
from integration.jobs import finish
from integration.jobs.facts import FACTS
from integration.jobs.finish import Ending
from integration.kernel.events import MESSAGE
from integration.kernel.feed_query import DELIVERY, IN, OUT, RECEIPT
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms, wall_ms
from proofs.rig.fan_out import fan_out_all
from proofs.rig.sandbox import until
from tests.delivery.drains import WORKSPACE, receive, subscribe
from tests.jobs.history import PHONE, Desk, spoil

UNKNOWN = Ending(status="unknown", message="Nobody knows.", outcome="unknown", detail="Lost.")


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own, connection)


def read(own: Services, wanted: Wanted, limit: int = 200) -> list[Row]:
    return list(feed.page(own, WORKSPACE, wanted, limit).rows)


def ids(own: Services, **wanted: object) -> list[str]:
    return [row.id for row in read(own, Wanted(**wanted))]  # type: ignore[arg-type]  # any filter


def pages(own: Services, limit: int) -> Iterator[list[Row]]:
    place = None
    while True:
        page = feed.page(own, WORKSPACE, Wanted(), limit, place)
        yield list(page.rows)
        place = page.following
        if place is None:
            return


def stored(own: Services, count: int, first: int = 0) -> None:
    """Texts in the inbox, without the work of a commit."""
    with own.db.pipeline(transaction=False) as pipe:
        for number in range(first, first + count):
            event = {"id": f"sms_{number}", "phone": f"+1415555{number % 10_000:04d}"}
            event |= {"connection": "conn_1", "message": f"Number {number}"}
            pipe.xadd(keys.inbox(WORKSPACE, MESSAGE), {"e": json.dumps(event)})
        pipe.execute()


def test_one_list_has_all_that_happened_newest_first(own: Services, desk: Desk) -> None:
    hook = subscribe(own)
    receive(own, desk.connection, "Hello")
    fan_out_all(own)
    job = desk.job("Well, hello")
    desk.sent(desk.claim(job), "7")
    found = read(own, Wanted())
    assert {row.direction for row in found} == {IN, OUT, RECEIPT, DELIVERY}
    assert [row.place for row in found] == sorted((row.place for row in found), reverse=True)
    [text] = [row for row in found if row.direction == IN]
    [delivery] = [row for row in found if row.direction == DELIVERY]
    assert (delivery.event_id, delivery.hook_id) == (text.id, hook.id)
    assert (delivery.message, delivery.phone) == (text.message, text.phone)
    [sent] = [row for row in found if row.direction == OUT]
    assert (sent.id, sent.status, sent.phone, sent.message) == (job, "sent", PHONE, "Well, hello")


def test_pages_stay_put_while_texts_jobs_and_deliveries_come(own: Services, desk: Desk) -> None:
    subscribe(own)
    for number in range(9):
        receive(own, desk.connection, f"Before {number}")
        desk.job(f"Sent before {number}")
    fan_out_all(own)
    assert len(before := {row.id for row in read(own, Wanted())}) == 27
    # Our time, which dates jobs, may lag behind the store's, which dates texts.
    newest = read(own, Wanted())[0].place.ms
    until(lambda: min(now_ms(), wall_ms()) > newest, "our time past the newest row")
    seen: list[str] = []
    for number, found in enumerate(pages(own, 4)):
        seen += [row.id for row in found]
        receive(own, desk.connection, f"Meanwhile {number}")
        desk.job(f"Sent meanwhile {number}")
        fan_out_all(own)
    assert len(seen) == len({*seen})
    assert {*seen} == before


@pytest.mark.parametrize("ahead", [0, 7])
def test_pages_hold_where_hundreds_are_of_one_millisecond(
    own: Services, desk: Desk, ahead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "as_wall", lambda moment: moment + ahead)
    hook = subscribe(own)
    jobs = {*desk.batch(100), *desk.batch(100), *desk.batch(50)}
    for job in jobs:
        spoil(own.db, job, created_ms=5)
        own.db.zadd(keys.job_statuses(WORKSPACE), {job: 1e14 + 5})
    own.db.zadd(keys.hook_log(hook.id), {f"dlv_{number}": 5 for number in range(250)})
    for number in range(250):
        own.db.hset(keys.delivery(f"dlv_{number}"), mapping={"id": f"dlv_{number}"})
    seen = [row.id for found in pages(own, 7) for row in found]
    assert len(seen) == len({*seen}) == 500


def test_what_came_since_is_reported_once_and_all_of_it(own: Services, desk: Desk) -> None:
    receive(own, desk.connection, "Before")
    heads = feed.heads(own, WORKSPACE)
    assert sources.HEADS.fullmatch(heads)
    told: list[str] = []
    for number in range(4):
        receive(own, desk.connection, f"New {number}")
        told.append(desk.job())
        news = feed.since(own, WORKSPACE, Wanted(directions=[IN, OUT]), heads)
        # The store dates the one, and the web process the other, which may lag a little.
        assert sorted(row.direction for row in news.rows) == [IN, OUT]
        assert told[-1] in [row.id for row in news.rows]
        heads = news.heads
    assert not feed.since(own, WORKSPACE, Wanted(), heads).rows


def test_more_news_than_are_counted_at_once_come_in_turns(own: Services) -> None:
    heads = feed.heads(own, WORKSPACE)
    stored(own, 250)
    found, more = [], True
    while more:
        news = feed.since(own, WORKSPACE, Wanted(), heads)
        found += [row.id for row in news.rows]
        heads, more = news.heads, news.more
    assert found == [f"sms_{number}" for number in range(250)]


def test_new_deliveries_are_reported_when_no_older_one_can_come(own: Services, desk: Desk) -> None:
    hook = subscribe(own)
    heads = feed.heads(own, WORKSPACE)
    for number, ago in enumerate((900, 5_000, 5_000, 0)):
        own.db.hset(keys.delivery(f"dlv_{number}"), mapping={"id": f"dlv_{number}"})
        own.db.zadd(keys.hook_log(hook.id), {f"dlv_{number}": now_ms() + 3_000 - ago})
    first = feed.since(own, WORKSPACE, Wanted(), heads)
    assert {row.id for row in first.rows} <= {"dlv_1", "dlv_2"}


def test_each_filter_lets_through_what_it_names(own: Services, desk: Desk) -> None:
    hook, other = subscribe(own), subscribe(own, "https://93.184.216.34/else")
    receive(own, desk.connection, "Hello")
    fan_out_all(own)
    lost, sent = desk.job("One"), desk.job("Two")
    assert finish.finish(own, desk.claim(lost), UNKNOWN)
    desk.sent(desk.claim(sent), "provider-7")
    assert ids(own, status="unknown", directions=[OUT]) == [lost]
    assert {row.hook_id for row in read(own, Wanted(hook=other.id))} == {other.id}
    assert ids(own, connection="conn_else") == []
    assert ids(own, q="TWO", directions=[OUT]) == [sent]
    assert ids(own, q="TWO", directions=[OUT], sees_texts=False) == []
    assert ids(own, q="provider-7", directions=[OUT]) == [sent]
    assert {row.direction for row in read(own, Wanted(q=sent))} == {OUT, RECEIPT}
    [text] = ids(own, directions=[IN])
    assert {row.hook_id for row in read(own, Wanted(q=text)) if row.hook_id} == {hook.id, other.id}
    middle = read(own, Wanted(directions=[OUT]))[0].place.ms
    assert all(row.place.ms >= middle for row in read(own, Wanted(since_ms=middle)))
    older = read(own, Wanted(until_ms=middle - 1))
    assert all(row.place.ms < middle for row in older)
    assert len(older) + len(read(own, Wanted(since_ms=middle))) == len(read(own, Wanted()))


def test_a_filter_that_fits_one_old_row_is_looked_for_in_steps(
    own: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "LOOKED_AT", 300)
    stored(own, 1_000)
    wanted, found = Wanted(q="Number 7"), [feed.page(own, WORKSPACE, Wanted(q="Number 7"), 200)]
    while place := found[-1].following:
        found.append(feed.page(own, WORKSPACE, wanted, 200, place))
    assert len(found) >= 2
    assert "sms_7" in [row.id for row in found[-1].rows]


def test_a_page_of_a_long_feed_reads_little_more_than_it_shows(own: Services, desk: Desk) -> None:
    stored(own, 20_000)
    many(own, desk.job(), 20_000)
    newest = [desk.job(), *receive(own, desk.connection, "Hello")]
    before = own.db.info("stats")
    page = feed.page(own, WORKSPACE, Wanted(), 50)
    after = own.db.info("stats")
    assert {*newest} <= {row.id for row in page.rows[:2]}
    assert len(page.rows) == 50
    assert after["total_commands_processed"] - before["total_commands_processed"] < 250
    assert after["total_net_output_bytes"] - before["total_net_output_bytes"] < 150_000


def many(own: Services, job: str, count: int) -> None:
    """More jobs like this one, each made a millisecond before the next."""
    record = own.db.hgetall(keys.job(job))
    facts = json.loads(record["facts"])
    place = list(FACTS).index("created_ms")
    with own.db.pipeline(transaction=False) as pipe:
        for number in range(count):
            facts[place] -= 1
            id = f"job_{number:020x}"
            pipe.hset(keys.job(id), mapping=record | {"facts": json.dumps(facts)})
            pipe.zadd(keys.job_statuses(WORKSPACE), {id: 1e14 + facts[place]})
        pipe.execute()


def test_pages_hold_while_the_clocks_part(
    own: Services, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(own)
    for number in range(9):
        receive(own, desk.connection, f"Text {number}")
        fan_out_all(own)
    ahead = itertools.count()
    monkeypatch.setattr(feed, "as_wall", lambda ms: ms + next(ahead))
    seen = [row.id for found in pages(own, 2) for row in found]
    assert len(seen) == len({*seen}) == 18


@pytest.mark.parametrize("text", ["0.0.0..0", "0.5.0..0", "99999999999999.9.9999999999999999.x.0"])
def test_a_cursor_of_any_form_gives_a_page(own: Services, desk: Desk, text: str) -> None:
    receive(own, desk.connection, "Hello")
    place = rows.place(text) or pytest.fail("no place is in it")
    found = feed.page(own, WORKSPACE, Wanted(until_ms=253_402_300_799_000), 9, place).rows
    assert len(found) == (0 if text.startswith("0") else 1)


def test_a_time_far_ahead_mixes_no_statuses(own: Services, desk: Desk) -> None:
    job = desk.job()
    assert ids(own, until_ms=253_402_300_799_000) == [job]
    assert ids(own, until_ms=253_402_300_799_000, status="failed") == []


def test_a_damaged_log_hides_the_deliveries_of_its_hook_alone(own: Services, desk: Desk) -> None:
    whole, spoilt = subscribe(own), subscribe(own, "https://93.184.216.34/else")
    receive(own, desk.connection, "Hello")
    fan_out_all(own)
    own.db.set(keys.hook_log(spoilt.id), "nonsense")
    assert [row.hook_id for row in read(own, Wanted(directions=[DELIVERY]))] == [whole.id]
    assert not feed.since(own, WORKSPACE, Wanted(), feed.heads(own, WORKSPACE)).rows
