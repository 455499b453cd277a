"""The way of one row: what it came by, where it went, and its neighbours on both sides."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from integration.accounts.connections import Connection
from integration.activity import feed, way
from integration.activity.wanted import Wanted
from integration.inbound.commit import commit
from integration.kernel.errors import NotFound
from integration.kernel.events import Channel, InboundMessage
from integration.kernel.feed_query import IN, RECEIPT
from integration.services import Services
from integration.store.clock import now_ms
from proofs.rig.fan_out import fan_out_all
from tests.delivery.drains import WORKSPACE, ended, look_again, played, receive, subscribe
from tests.jobs.history import PHONE, Desk

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own, connection)


def passed(own: Services, id: str) -> None:
    """Wait until our time has passed that of a row.

    The store's time dates a text, and ours may lag behind it. Rows of one millisecond stand in the
    order of their sources."""
    while now_ms() <= way.of(own, WORKSPACE, id).row.place.ms:
        time.sleep(0.002)


def shown_by(desk: Desk, channel: Channel, number: str, text: str = "Hello") -> list[str]:
    message = InboundMessage(provider_id=number, phone=PHONE, message=text, received_at=AT)
    return commit(desk.own, desk.connection, [message], channel)


def test_a_text_knows_each_channel_that_showed_it(own: Services, desk: Desk) -> None:
    [event] = shown_by(desk, "webhook", "uuid")
    assert shown_by(desk, "list", "7") == [""]
    assert shown_by(desk, "list", "7") == [""], "the list shows the same row again"
    found = way.of(own, WORKSPACE, event)
    assert found.event
    assert (found.event["id"], found.channels, found.alike) == (event, {"webhook": 1, "list": 1}, 1)
    [twin] = shown_by(desk, "list", "8")
    assert way.of(own, WORKSPACE, twin).alike == 2


def test_a_text_leads_to_its_deliveries_with_every_attempt(own: Services, desk: Desk) -> None:
    hook = subscribe(own)
    subscribe(own, phone="+12025550199")
    [event] = receive(own, desk.connection, "Hello")
    fan_out_all(own)
    [claimed] = played(own, "t")
    played(own, "t", [ended(claimed, 500)])
    look_again(own)
    found = way.of(own, WORKSPACE, event)
    [delivery] = found.deliveries
    assert (delivery["hook_id"], delivery["event_id"]) == (hook.id, event)
    assert [each["status"] for each in delivery["attempts"]] == [500]
    back = way.of(own, WORKSPACE, delivery["id"])
    assert back.event == found.event
    assert (back.row.hook_id, back.row.event_id) == (hook.id, event)


def test_texts_lead_to_what_was_said_before_and_after(own: Services, desk: Desk) -> None:
    [first] = receive(own, desk.connection, "Is it ready?")
    passed(own, first)
    job = desk.job("Yes, it is.")
    desk.accepted({"phone": ["+12025550199"], "message": "No", "device_fingerprint": "phone-1"})
    passed(own, job)
    [second] = receive(own, desk.connection, "Thank you")
    asked, answered = way.of(own, WORKSPACE, first), way.of(own, WORKSPACE, job)
    assert asked.near.before is None
    assert [row.id for row in asked.near.after] == [job]
    assert answered.near.before
    assert answered.near.before.id == first
    assert [row.id for row in answered.near.after] == [second]
    thanked = way.of(own, WORKSPACE, second)
    assert thanked.near.before
    assert thanked.near.before.id == job


def test_a_status_leads_to_its_job(own: Services, desk: Desk) -> None:
    job = desk.job()
    desk.sent(desk.claim(job), "7")
    [change] = feed.page(own, WORKSPACE, Wanted(directions=[RECEIPT]), 10).rows
    found = way.of(own, WORKSPACE, change.id)
    assert found.job
    assert found.job.id == job


def test_an_old_event_is_found_by_its_time(
    own: Services, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(way, "SEARCHED", 2)
    [old] = receive(own, desk.connection, "Old")
    receive(own, desk.connection, "New", "Newer", "Newest")
    with pytest.raises(NotFound, match="Give `at`"):
        way.of(own, WORKSPACE, old)
    [row] = [
        each
        for each in feed.page(own, WORKSPACE, Wanted(directions=[IN]), 9).rows
        if each.id == old
    ]
    assert way.of(own, WORKSPACE, old, row.place.ms).row == row


def test_no_way_leads_into_another_workspace(own: Services, desk: Desk) -> None:
    subscribe(own)
    [event] = receive(own, desk.connection, "Hello")
    fan_out_all(own)
    job = desk.job()
    [delivery] = way.of(own, WORKSPACE, event).deliveries
    for id in (event, job, delivery["id"], f"sts_{job[4:]}_1"):
        with pytest.raises(NotFound):
            way.of(own, "other", id)
