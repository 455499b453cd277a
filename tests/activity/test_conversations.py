"""A conversation is found whole and in order, however much was said with others since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.accounts import connection_cache, gate
from integration.accounts.connections import Connection
from integration.activity import conversations, feed, way
from integration.activity.rows import TEXTS, Place, Row
from integration.activity.sources import SENT
from integration.activity.wanted import Wanted
from integration.inbound.commit import commit
from integration.jobs import accept
from integration.jobs.accept import AcceptOptions
from integration.kernel import senders
from integration.kernel.events import InboundMessage
from integration.services import Services
from integration.store import keys, lifetimes
from integration.store.clock import now_ms
from integration.upkeep import erase, expiry
from tests.delivery.drains import WORKSPACE
from tests.jobs.history import Desk

ANNA, BEN, LIKE_ANNA = "+14155550123", "+12025550199", "+442075550123"
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
seconds = count()
SPELLINGS = [
    *(ANNA, "14155550123", "4155550123", "(415) 555-0123", "04155550123", "+1 415 555 0123"),
    *("٤١٥٥٥٥٠١٢٣", LIKE_ANNA, "02075550123", "40404", "+40404", "ACME", " acme ", "Straße"),
]


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own, connection)


def came(desk: Desk, *texts: str, phone: str = ANNA) -> list[str]:
    """Receive these at once; their ids."""
    messages = [
        InboundMessage(
            provider_id=str(second),
            phone=phone,
            message=text,
            received_at=AT + timedelta(seconds=second),
        )
        for text, second in zip(texts, seconds, strict=False)
    ]
    return commit(desk.own, desk.connection, messages, "list")


def went(desk: Desk, text: str, phone: str = ANNA) -> str:
    return desk.accepted({"phone": [phone], "message": text, "device_fingerprint": "phone-1"})


def said(
    own: Services, phone: str = ANNA, limit: int = 50, below: Place | None = None
) -> feed.Page:
    return feed.page(own, WORKSPACE, Wanted(directions=TEXTS, partner=phone), limit, below)


def texts(page: feed.Page) -> Sequence[str | None]:
    return [row.message for row in page.rows]


def test_it_is_found_behind_any_number_of_other_texts(
    own: Services, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "LOOKED_AT", 5)
    came(desk, "Is it ready?")
    went(desk, "Yes, it is.")
    came(desk, *(f"Other {number}" for number in range(20)), phone=BEN)
    for number in range(10):
        went(desk, f"Offer {number}", phone=BEN)
    page = said(own)
    assert (texts(page), page.following) == (["Yes, it is.", "Is it ready?"], None)


def test_numbers_that_end_alike_are_conversations_apart(own: Services, desk: Desk) -> None:
    came(desk, "Anna")
    came(desk, "Somebody else", phone=LIKE_ANNA)
    assert conversations.digest(ANNA) == conversations.digest(LIKE_ANNA)
    assert texts(said(own)) == ["Anna"]
    assert texts(said(own, LIKE_ANNA)) == ["Somebody else"]


@given(st.sampled_from(SPELLINGS), st.sampled_from(SPELLINGS))
def test_each_spelling_of_a_number_leads_to_one_conversation(one: str, other: str) -> None:
    alike = conversations.digest(one) == conversations.digest(other)
    assert alike or not senders.same(one, other)


@pytest.mark.parametrize("step", [1, 2, 100])
def test_pages_give_each_text_once_and_in_the_order_of_the_feed(
    own: Services, desk: Desk, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr(conversations, "STEP", step)
    for turn in range(3):
        came(desk, *(f"in {turn}.{number}" for number in range(3)))
        went(desk, f"out {turn}")
        came(desk, "Not hers", phone=BEN)
    whole = [
        row for row in feed.matching(own, WORKSPACE, Wanted(directions=TEXTS)) if row.phone == ANNA
    ]
    found: list[Row] = []
    below = None
    for _ in range(10):
        page = said(own, limit=2, below=below)
        found += page.rows
        below = page.following
        if below is None:
            break
    assert [row.id for row in found] == [row.id for row in whole]
    assert len(found) == 12


def test_texts_that_are_not_put_there_yet_are_found_all_the_same(
    own: Services, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversations, "AT_ONCE", 2)
    came(desk, *(f"in {number}" for number in range(9)))
    assert len(said(own).rows) == 9
    assert own.db.zcard(keys.conversation(WORKSPACE, conversations.digest(ANNA))) == 2


def test_the_scheduler_takes_a_backlog_in_portions(
    own: Services, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversations, "AT_ONCE", 2)
    came(desk, *(f"in {number}" for number in range(7)))
    for number in range(5):
        went(desk, f"out {number}")
    assert conversations.turn(own, WORKSPACE) > now_ms(), "no text is left"
    name = keys.conversation(WORKSPACE, conversations.digest(ANNA))
    assert own.db.zcard(name) == 12
    assert own.db.ttl(name) > 0


def test_a_job_that_was_removed_hides_none_after_it(own: Services, desk: Desk) -> None:
    first = went(desk, "First")
    assert texts(said(own)) == ["First"]
    own.db.lrem(keys.jobs(WORKSPACE), 0, first)
    went(desk, "Second")
    assert texts(said(own)) == ["Second", "First"]


def test_a_text_that_is_gone_leaves_the_others(own: Services, desk: Desk) -> None:
    came(desk, "One", "Two", "Three")
    page = said(own)
    two = page.rows[1].place
    own.db.xdel(keys.inbox(WORKSPACE, "message"), f"{two.ms}-{two.number}")
    assert texts(said(own)) == ["Three", "One"]


def test_the_newest_texts_are_kept(
    own: Services, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversations, "CONVERSATION_KEPT", 3)
    came(desk, *list("abcdef"))
    assert texts(said(own)) == ["f", "e", "d"]


def test_an_erased_person_is_in_no_conversation_and_others_are(own: Services, desk: Desk) -> None:
    came(desk, "Anna")
    came(desk, "Somebody else", phone=LIKE_ANNA)
    assert texts(said(own)) == ["Anna"]
    own.db.sadd(keys.WORKSPACES, WORKSPACE)
    erase.erase(own, ANNA)
    assert not own.db.exists(keys.conversation(WORKSPACE, conversations.digest(ANNA)))
    assert texts(said(own, LIKE_ANNA)) == ["Somebody else"]
    assert texts(said(own)) == []


def test_an_answer_is_found_behind_any_number_of_other_texts(own: Services, desk: Desk) -> None:
    [asked] = came(desk, "Is it ready?")
    came(desk, *(f"Other {number}" for number in range(120)), phone=BEN)
    answer = went(desk, "Yes, it is.")
    assert [row.id for row in way.of(own, WORKSPACE, asked).near.after] == [answer]
    before = way.of(own, WORKSPACE, answer).near.before
    assert before
    assert before.id == asked


def test_texts_that_are_put_there_while_somebody_is_erased_hide_none(
    own: Services, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    came(desk, "Early", phone=LIKE_ANNA)
    assert texts(said(own, LIKE_ANNA)) == ["Early"]
    came(desk, "Late", phone=LIKE_ANNA)
    own.db.sadd(keys.WORKSPACES, WORKSPACE)
    accepted_since = SENT.accepted_since

    def meanwhile(*given: Any) -> Any:
        monkeypatch.undo()
        erase.erase(own, ANNA)
        return accepted_since(*given)

    monkeypatch.setattr(SENT, "accepted_since", meanwhile)
    assert texts(said(own, LIKE_ANNA)) == ["Late", "Early"]
    assert texts(said(own, LIKE_ANNA)) == ["Late", "Early"]


def acted(desk: Desk, action: str, **given: object) -> None:
    found = desk.own.catalog.action(action)
    stamp = connection_cache.of(desk.own, WORKSPACE).stamp
    options = AcceptOptions(stamp=stamp, pepper="", backlog=1000)
    command = accept.command(desk.connection, found, {"phone": [ANNA], **given}, options)
    assert command.call(gate.ADMITTED).run(desk.own.db)[3:] == ["made", ""]


def test_a_picture_is_a_text_and_an_added_contact_is_not(own: Services, desk: Desk) -> None:
    [asked] = came(desk, "Send me a picture")
    acted(desk, "send_mms", media_url="https://example.com/a.jpg")
    acted(desk, "add_contact", group_id="1")
    assert [row.action for row in said(own).rows] == ["send-mms", ""]
    assert [row.action for row in way.of(own, WORKSPACE, asked).near.after] == ["send-mms"]


def test_a_full_store_shows_it_all_the_same(own: Services, desk: Desk) -> None:
    [asked] = came(desk, "Is it ready?")
    before = own.db.config_get("maxmemory")["maxmemory"]
    own.db.config_set("maxmemory", 1_000_000)
    try:
        assert texts(said(own)) == ["Is it ready?"]
        assert way.of(own, WORKSPACE, asked).row.message == "Is it ready?"
    finally:
        own.db.config_set("maxmemory", before)


def test_it_holds_what_is_kept_and_nothing_that_is_over(own: Services, desk: Desk) -> None:
    went(desk, "In sixty days")
    came(desk, "Old", "Old, and kept")
    assert len(said(own).rows) == 3
    name = keys.conversation(WORKSPACE, conversations.digest(ANNA))
    old = 90 * lifetimes.DAY_MS
    members = own.db.zrange(name, 0, -1, withscores=True)
    own.db.zadd(name, {member: ms - old for member, ms in members})
    position = own.db.xrange(keys.inbox(WORKSPACE, "message"), count=1)[0][0]
    own.db.xdel(keys.inbox(WORKSPACE, "message"), position)
    expiry.renew(own)
    assert own.db.zcard(name) == 2
    assert own.db.ttl(name) > 365 * 86_400
