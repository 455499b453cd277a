"""The first look of a search leaves out no row that is wanted, and most that are not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.accounts.connections import Connection
from integration.activity import feed, sources
from integration.activity.rows import Place, Row, Seen, Skipped
from integration.activity.sought import first_look
from integration.activity.wanted import Wanted
from integration.kernel.feed_query import DELIVERY, IN, OUT
from integration.services import Services
from integration.store import keys
from proofs.rig.fan_out import fan_out_all
from tests.delivery.drains import WORKSPACE, receive, subscribe
from tests.jobs.history import Desk

NUMBERS = [
    *("+14155550123", "4155550123", "04155550123", "(415) 555-0123", "0123", "5550123"),
    *("+44 (0)20 7946 0123", "00442079460123", "+61 (0)4 1555.0123", "٤١٥٥٥٥٠١٢٣"),
    *("40404", "12", "7"),
]
WORDS = [
    *("Straße", "STRASSE", "Kelvin", "\u212a", "İstanbul", "ﬁne", "é", "🎉", "Hello", "ACME"),
    *("don't", 'say "when"', "back\\slash", "tab\there", "10:30", "a/b", "conn_1", "null"),
]
FILTERS: list[Callable[[str], Wanted]] = [
    lambda text: Wanted(q=text),
    lambda text: Wanted(phone=text),
    lambda text: Wanted(partner=text),
    lambda text: Wanted(connection=text),
]
told = st.one_of(st.sampled_from(NUMBERS), st.sampled_from(WORDS), st.text(max_size=12))


@st.composite
def rows(draw: Any) -> tuple[Row, str]:
    """A row, and what is stored of it."""
    phone, message = draw(told), " ".join(draw(st.lists(told, max_size=4)))
    row = Row(
        place=Place(1, 0, 1, ""),
        id="sms_1",
        direction=IN,
        status="received",
        connection="conn_1",
        phone=phone,
        message=message,
    )
    event = {"id": row.id, "phone": phone, "message": message, "connection": row.connection}
    return row, json.dumps(event, ensure_ascii=draw(st.booleans()))


@given(rows(), told, st.sampled_from(FILTERS))
def test_it_leaves_out_nothing_that_is_wanted(
    found: tuple[Row, str], asked: str, filtered: Callable[[str], Wanted]
) -> None:
    row, raw = found
    wanted = filtered(asked)
    fits = first_look(wanted)
    if wanted.takes(row) and fits:
        assert fits([raw, "{}"])[0]


@given(rows(), st.sampled_from(NUMBERS), st.sampled_from(WORDS))
def test_the_same_of_a_piece_of_what_is_there(
    found: tuple[Row, str], number: str, word: str
) -> None:
    row, raw = found
    for asked in (row.phone[1:], (row.message or "")[2:9], row.phone[-4:], number, word.upper()):
        for wanted in (Wanted(q=asked), Wanted(phone=asked), Wanted(partner=row.phone, q=asked)):
            fits = first_look(wanted)
            assert not (wanted.takes(row) and fits) or fits(["{}", raw])[1]


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(q="é"), Wanted(partner="ACME"), Wanted(q=" ")])
def test_some_searches_have_to_read_every_row(wanted: Wanted) -> None:
    reads_every_row = first_look(wanted) is None
    assert reads_every_row


@pytest.fixture
def desk(own: Services, connection: Connection) -> Desk:
    return Desk(own, connection)


def seen(own: Services, wanted: Wanted, direction: str) -> Iterator[Seen]:
    [source] = [each for each in sources.SOURCES if each.has(Wanted(directions=[direction]))]
    return source.older(own, WORKSPACE, wanted, feed._start(wanted))


@pytest.mark.parametrize("direction", [IN, OUT, DELIVERY])
def test_what_is_left_out_keeps_its_place_and_is_not_read(
    own: Services, desk: Desk, direction: str
) -> None:
    subscribe(own)
    for word in ("apples", "pears", "plums"):
        receive(own, desk.connection, word)
        desk.job(word)
    fan_out_all(own)
    every = list(seen(own, Wanted(), direction))
    found = list(seen(own, Wanted(q="Pears"), direction))
    [row] = [each for each in found if isinstance(each, Row)]
    # What is of the same millisecond comes in any order.
    at = every.index(row)
    before, after = every[:at], every[at + 1 :]
    left_out = [Skipped(part[-1].place, len(part)) for part in (before, after) if part]
    assert [each for each in found if isinstance(each, Skipped)] == left_out
    assert list(seen(own, Wanted(q="Cherries"), direction)) == [Skipped(every[-1].place, 3)]


@pytest.mark.parametrize("name", ["id", "provider_id", "request_id"])
def test_a_job_is_found_by_each_of_its_ids(own: Services, desk: Desk, name: str) -> None:
    job = desk.job("Hello")
    desk.job("Another")
    desk.sent(desk.claim(job), "provider-77")
    own.db.hset(keys.job(job), "request_id", "req_of_a_caller")
    asked = {"id": job, "provider_id": "provider-77", "request_id": "req_of_a_caller"}[name]
    page = feed.page(own, WORKSPACE, Wanted(q=asked, directions=[OUT]), 9)
    assert [row.id for row in page.rows] == [job]


@pytest.mark.parametrize("asked", ["apples", "0123"])
def test_a_search_passes_over_damaged_records(own: Services, desk: Desk, asked: str) -> None:
    subscribe(own)
    receive(own, desk.connection, "apples")
    job, broken, wrong = desk.job("apples"), desk.job("apples, broken"), desk.job("wrong")
    fan_out_all(own)
    own.db.hset(keys.job(broken), mapping={"facts": b"\xff\xfe", "provider_id": b"\xff"})
    own.db.delete(keys.job(wrong))
    own.db.set(keys.job(wrong), "no hash")
    found = feed.page(own, WORKSPACE, Wanted(q=asked), 20).rows
    assert {IN, OUT, DELIVERY} <= {row.direction for row in found}
    assert job in [row.id for row in found]


@pytest.mark.parametrize("between", ["\n", "\u2028", "\udc80", "\x00"])
def test_a_record_with_the_line_end_that_records_are_joined_by_hides_none(between: str) -> None:
    fits = first_look(Wanted(q="0123"))
    assert fits
    assert fits(["{}", f'{{"phone": "+14155{between}550123"}}', "{}"])[1]
