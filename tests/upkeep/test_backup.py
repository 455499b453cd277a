"""A copy of the store, restored into an empty one: what it holds, and that nothing fires again."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from pathlib import Path

import pytest

from integration import services
from integration.accounts import api_keys, connections
from integration.accounts.provider_link import reader
from integration.cli.main import main
from integration.delivery import hook_state
from integration.hooks import subscriptions
from integration.inbound import inbox
from integration.jobs import failover, ledger, legs, settle
from integration.services import Services
from integration.store import clock, keys
from integration.store.clock import now_ms
from integration.upkeep import contents, sealed_file
from integration.upkeep.restore import TRIED
from proofs.rig.fan_out import fan_out_all
from proofs.rig.stack import NEXT_YEAR
from tests.delivery.drains import WORKSPACE, claim, receive, subscribe, unfanned
from tests.jobs.history import Desk
from tests.upkeep.copies import copied, dumped, gone_back, settings_of

SENT_BEFORE = timedelta(seconds=40)


def test_all_that_was_stored_is_there_again(own: Services, desk: Desk) -> None:
    key, _ = api_keys.create(own.db, WORKSPACE, "Zapier")
    hook = subscribe(own, new=True)
    receive(own, desk.connection, "one", "two", "zwölf 🐟")
    file, before = copied(own), dumped(own)
    told = gone_back(own, file)
    after = dumped(own)
    clock = keys.CLOCK
    assert {name: each for name, each in after.items() if name != clock} == {
        name: each for name, each in before.items() if name != clock
    }
    assert told["keys"] == len(before)
    assert own.db.ttl(keys.numbers(desk.connection.id)) > 0
    assert [each["id"] for each in api_keys.listed(own.db, WORKSPACE)] == [key["id"]]
    assert settings_of(own, desk) == desk.connection.settings
    assert hook.id in own.db.hvals(keys.hooks(WORKSPACE))


def test_every_kind_of_key_comes_through_in_pieces(own: Services) -> None:
    """Also bytes that are no text, as fingerprints are."""
    many = [random.Random(number).randbytes(12) for number in range(3 * contents.SOME + 7)]
    names = {
        "hash": keys.shown("conn_a", "1"),
        "set": keys.numbers("conn_a"),
        "sorted set": keys.unread("conn_a"),
        "list": keys.unreadable("w"),
        "stream": keys.inbox("w", "message"),
    }
    raw = services.build(own.settings).db
    pool = raw.connection_pool
    for number, each in enumerate(many):
        raw.hset(names["hash"], each, each)
        raw.sadd(names["set"], each)
        raw.zadd(names["sorted set"], {each: number})
        raw.rpush(names["list"], each)
        raw.xadd(names["stream"], {"e": each}, id=f"{number + 1}-0")
    before = {name: _held(own, name) for name in names.values()}
    gone_back(own, copied(own))
    assert {name: _held(own, name) for name in names.values()} == before
    assert [len(each) for each in before.values()] == [len(many)] * len(names)
    pool.disconnect()


def test_a_large_store_is_copied_and_restored_a_little_at_a_time(own: Services) -> None:
    inbox_, jobs = keys.inbox("w", "message"), [keys.job(f"job_{place:x}") for place in range(600)]
    with own.db.pipeline() as pipe:
        for number in range(8_000):
            pipe.xadd(inbox_, {"e": f"{number}"}, id=f"{number + 1}-0")
        for each in jobs:
            pipe.hset(each, "status", "sent")
        pipe.execute()
    before, file = _held(own, inbox_), copied(own)
    _, *values = sealed_file.read(file, [own.settings.secret_key])
    found = [list(each) for each in contents.portions(contents.Piece(*each) for each in values)]
    sizes = [sum(len(each.data) for each in some) for some in found]
    assert sum(sizes) >= 8_600
    assert max(sizes) <= contents.MOST + contents.SOME
    file.seek(0)
    gone_back(own, file)
    assert _held(own, inbox_) == before
    assert all(own.db.hget(each, "status") == "sent" for each in jobs)


def _held(own: Services, name: str) -> list[object]:
    match own.db.type(name):
        case "hash":
            return sorted(own.db.hgetall(name).items())
        case "set":
            return sorted(own.db.smembers(name))
        case "zset":
            return list(own.db.zrange(name, 0, -1, withscores=True))
        case "list":
            return list(own.db.lrange(name, 0, -1))
    return list(own.db.xrange(name))


def test_a_list_that_grows_at_its_head_meanwhile_is_copied_once(own: Services) -> None:
    """As that of the jobs: a job that were listed twice would hold a small page up for good."""
    jobs = [f"job_{number}" for number in range(3 * contents.SOME)]
    own.db.rpush(keys.jobs("w"), *jobs)
    found: list[str] = []
    for piece in contents.pieces(own.db, contents.names(own.db)):
        own.db.lpush(keys.jobs("w"), *(f"job_new_{len(found)}_{number}" for number in range(3)))
        found += piece.data
    assert len(found) == len({*found})
    assert [each for each in found if "new" not in each] == jobs


def test_no_answer_to_a_stop_goes_out_again(own: Services) -> None:
    """It may have been sent since, by a job that the copy lacks."""
    owed = {"workspace": WORKSPACE, "connection": "conn_a", "word": "stop", "phone": "+14155550123"}
    own.db.zadd(keys.OPT_OUT_ANSWERS, {json.dumps(owed): 1})
    gone_back(own, copied(own))
    assert not own.db.exists(keys.OPT_OUT_ANSWERS)


def test_no_hook_is_given_again_what_was_there(own: Services, desk: Desk) -> None:
    subscribe(own)
    receive(own, desk.connection, "delivered already")
    fan_out_all(own)
    receive(own, desk.connection, "not fanned out yet")
    gone_back(own, copied(own))
    assert receive(own, desk.connection, "delivered already", "not fanned out yet") == ["", ""]
    [fresh] = receive(own, desk.connection, "after it")
    fan_out_all(own)
    assert unfanned(own) == []
    [owed] = claim(own)
    assert own.db.hget(keys.delivery(owed), "event") == fresh


def test_a_hook_has_not_failed_before_it_is_tried(own: Services, desk: Desk) -> None:
    hook = subscribe(own)
    assert own.db.hget(keys.hook(hook.id), "window"), "what a drain has noted of it"
    own.db.hset(keys.hook(hook.id), mapping={"failing_since": 1, "hung": 1})
    own.db.hset(keys.hook(hook.id), "last", '{"at_ms": 1, "status": 500, "detail": "No."}')
    gone_back(own, copied(own))
    assert own.db.hmget(keys.hook(hook.id), *TRIED) == [None] * len(TRIED)
    assert subscriptions.by_id(own, hook.id) == hook
    assert hook_state.one(own, hook)["state"] == "new"


def test_the_events_are_there_for_those_who_read_on(own: Services, desk: Desk) -> None:
    ids = receive(own, desk.connection, "one", "two")
    gone_back(own, copied(own))
    found = inbox.newest(own, WORKSPACE, "message", 5)
    assert [each.event["id"] for each in found] == ids[::-1]


def test_an_open_job_is_looked_up_before_it_is_sent(own: Services, desk: Desk) -> None:
    went, stayed, later = (
        desk.job("went"),
        desk.job("stayed"),
        desk.job("later", schedule_at=f"{NEXT_YEAR}T09:00:00Z"),
    )
    file = copied(own)
    told = gone_back(own, file)
    assert (told["open_jobs"], told["asked_first"]) == (3, 2)
    assert desk.waiting() == []
    found = ledger.by_id(own, later)
    assert found
    assert found.status == "scheduled"
    assert own.db.zscore(keys.lane_due(desk.connection.id), later)
    desk.row("1", SENT_BEFORE, message="went")
    assert desk.asked(went).status == "sent"
    own.db.hset(keys.job(stayed), "ends_ms", now_ms() - 60_000)
    again = desk.asked(stayed)
    assert (again.status, again.outcome) == ("queued", "not-sent")
    shown = ledger.by_id(own, stayed)
    assert shown
    assert "restored from a backup" in shown.attempts[0]["detail"]


def test_a_text_goes_on_through_its_fallbacks_as_before(own: Services, desk: Desk) -> None:
    waits, later = desk.job("now"), desk.job("later", schedule_at=f"{NEXT_YEAR}T09:00:00Z")
    alone = desk.job("without")
    for each in (waits, later):
        own.db.hset(keys.job(each), "legs", legs.written(["conn_other"], 60))
    gone_back(own, copied(own))
    held = keys.lane_fallbacks(desk.connection.id)
    assert {*own.db.zrange(held, 0, -1)} == {waits, later}
    assert alone not in own.db.zrange(held, 0, -1)
    failover.leave(own, desk.connection.id, [later])
    assert own.db.zscore(held, later) > now_ms() + 86_400_000


def test_a_text_may_not_be_sent_again_before_its_provider_can_have_written_it(
    own: Services, desk: Desk
) -> None:
    job = desk.job()
    gone_back(own, copied(own))
    assert desk.asked(job).status == "sending"


def test_a_job_whose_provider_cannot_be_asked_ends_unknown(own: Services) -> None:
    given = {"api_key": "cm_nothing", "base_url": "http://127.0.0.1:9"}
    made = connections.make(
        workspace=WORKSPACE, provider="cloud_messaging", label="Cloud", settings=given
    )
    connections.save(own, made)
    desk = Desk(own, made)
    job = desk.accepted({"phone": ["+14155550123"], "message": "hello"})
    gone_back(own, copied(own))
    held = desk.claim(job)
    assert held.mode == "settle"
    ending = settle.outcome(own, held, own.catalog.action("send_sms"), reader(own, made))
    assert (ending.status, ending.message) == ("unknown", settle.UNASKED)


def test_a_full_store_is_copied_and_looked_at(
    own: Services, desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    receive(own, desk.connection, "one")
    own.db.hset(keys.connection("conn_broken"), "sealed", "?")
    monkeypatch.setenv("REDIS_URL", own.settings.redis_url)
    monkeypatch.setenv("SECRET_KEY", own.settings.secret_key)
    assert main(["keys", "list"]) == 0
    clock.forget()
    own.db.config_set("maxmemory", 1)
    try:
        assert main(["backup", str(tmp_path / "full")]) == 0
        assert main(["jobs", "list"]) == 0
    finally:
        own.db.config_set("maxmemory", 0)
    own.db.flushall()
    clock.forget()
    assert main(["restore", str(tmp_path / "full")]) == 0
    assert settings_of(own, desk) == desk.connection.settings
