"""The back-fill: texts that no list and no webhook showed are found by counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from integration.accounts import connection_facts
from integration.accounts.connections import Connection
from integration.inbound import backfill
from integration.kernel.errors import ProviderError, ProviderRejected, ProviderUnavailable
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms
from tests.inbound.account import PAGE, PHONE, Looked

HOUR = timedelta(hours=1)
OTHER = "+14155550199"


@pytest.mark.parametrize("counts_sent", [True, False], ids=["all counted", "received counted"])
@pytest.mark.parametrize("by_time", [False, True], ids=["by arrival", "by time"])
def test_texts_that_the_list_never_showed_come_in_once(
    own: Services,
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
    counts_sent: bool,
    by_time: bool,
) -> None:
    looked = Looked(own, connection, monkeypatch)
    looked.account.counts_sent, looked.account.by_time = counts_sent, by_time
    looked.account.arrive("Old", late=HOUR)
    looked.account.arrive("Sent", sent=True)
    looked.sync()
    for number in range(12):
        looked.account.arrive(f"B{number}", phone=f"+1415555{number % 4:04d}", late=HOUR)
    looked.account.arrive("To a new one", phone=OTHER, sent=True)
    looked.compare()
    assert looked.inbox() == Counter(f"B{number}" for number in range(12))
    looked.compare()
    assert looked.reads() == []
    assert sum(looked.inbox().values()) == 12


def test_what_webhooks_brought_is_not_read_again(looked: Looked) -> None:
    looked.told(*(looked.account.arrive(str(n), phone=f"+1415556{n:04d}") for n in range(20)))
    looked.compare()
    assert len(looked.reads()) <= 1, "the highest id, in one conversation of the phone"
    looked.compare()
    assert looked.reads() == []
    assert connection_facts.fact(looked.now(), "last_gap") is None


def test_what_a_webhook_brings_before_its_conversation_is_read_is_left_out(looked: Looked) -> None:
    looked.account.arrive("Missed")
    late = looked.account.arrive("Told late", phone=OTHER)
    looked.ten_minutes_pass()
    looked.account.fails = raising(ProviderUnavailable("Not now."))
    backfill.turn(looked.own, looked.now())
    looked.told(late)
    looked.account.fails = lambda *_: None
    looked.go_on()
    assert looked.reads() == [PHONE]
    assert looked.inbox() == Counter(["Missed", "Told late"])


def raising(error: ProviderError, *chosen: tuple[str, int]) -> Callable[[str, int], None]:
    """Fails for these pages, or for all."""

    def fails(phone: str, number: int) -> None:
        if not chosen or (phone, number) in chosen:
            raise error

    return fails


def test_a_long_conversation_goes_on_at_the_page_where_it_broke_off(looked: Looked) -> None:
    for number in range(3 * PAGE):
        looked.account.arrive(f"B{number}", phone=OTHER, late=HOUR)
    looked.ten_minutes_pass()
    looked.account.fails = raising(ProviderUnavailable("Not now."), (OTHER, 2))
    assert backfill.turn(looked.own, looked.now()) > now_ms()
    assert sum(looked.inbox().values()) == PAGE
    looked.account.reads.clear()
    looked.account.fails = lambda *_: None
    looked.go_on()
    assert looked.account.reads == [(OTHER, 2), (OTHER, 3)]
    assert looked.inbox() == Counter(f"B{number}" for number in range(3 * PAGE))


def test_a_conversation_is_read_only_until_all_that_is_missing_is_found(looked: Looked) -> None:
    looked.told(*(looked.account.arrive(f"B{n}", phone=OTHER) for n in range(5 * PAGE)))
    looked.compare()
    looked.account.arrive("Missed", phone=OTHER)
    looked.compare()
    assert looked.account.reads[-1:] == [(OTHER, 1)]
    assert looked.inbox()["Missed"] == 1


def test_history_from_before_the_connection_is_no_news(
    own: Services, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = Looked(own, connection, monkeypatch)
    for number in range(20):
        looked.account.arrive(f"Old {number}", late=2 * HOUR)
    looked.sync()
    looked.account.arrive("Uploaded late", late=3 * HOUR)
    looked.account.by_time = True
    looked.compare()
    assert looked.inbox() == Counter(["Uploaded late"])


def test_what_we_no_longer_remember_is_no_second_event(looked: Looked) -> None:
    days = timedelta(days=looked.own.settings.retention_days + 10)
    for number in range(2):
        looked.told(looked.account.arrive(f"Months ago {number}", late=days))
    looked.compare()
    for key in looked.own.db.keys(keys.seen(looked.connection.id, "*")):
        looked.own.db.delete(key)
    looked.account.arrive("Missed")
    looked.compare()
    assert looked.inbox()["Missed"] == 1
    assert sum(looked.inbox().values()) == 3


def test_a_conversation_that_is_refused_holds_up_no_other(looked: Looked) -> None:
    looked.account.arrive("Code 1234", phone="MyBank")
    looked.account.arrive("Missed", phone=OTHER)
    looked.account.hidden = "MyBank"
    looked.compare()
    assert looked.inbox() == Counter(["Missed"])
    assert progress(looked)["conversations_refused"] == 1
    assert told(looked) == (1, f"{backfill.FILLED} {backfill.UNREAD.format(1)}")
    looked.compare()
    assert looked.reads() == []


def test_a_gap_that_no_channel_shows_is_noted_on_the_connection(looked: Looked) -> None:
    looked.account.arrive("Code 1234", phone="MyBank")
    looked.account.hidden = "MyBank"
    looked.compare()
    assert told(looked) == (0, backfill.UNREAD.format(1))


def told(looked: Looked) -> tuple[int, str]:
    gap = connection_facts.fact(looked.now(), "last_gap")
    return (gap["back_filled"], gap["detail"]) if gap else (0, "")


def test_a_number_that_is_refused_for_a_while_is_read_at_the_next_comparison(
    looked: Looked,
) -> None:
    """As by a provider that restarts, or for a phone that is just paired again."""
    looked.account.arrive("Missed", phone=OTHER)
    looked.account.arrive("Missed as well", phone=OTHER, device="phone-2")
    looked.account.hidden = OTHER
    looked.compare()
    assert looked.inbox() == Counter()
    looked.account.hidden = ""
    looked.compare()
    assert looked.inbox() == Counter(["Missed", "Missed as well"])
    looked.compare()
    assert looked.reads() == []


def progress(looked: Looked) -> Any:
    return connection_facts.shown(looked.own, looked.now())["backfill"]


def test_a_history_that_is_refused_is_shown_and_read_once_it_can_be(looked: Looked) -> None:
    looked.account.arrive("Missed", phone=OTHER)
    looked.ten_minutes_pass()
    looked.account.fails = raising(ProviderRejected("Not yours.", upstream_status=403))
    assert backfill.turn(looked.own, looked.now()) > now_ms()
    gap = connection_facts.fact(looked.now(), "last_gap")
    assert gap
    assert gap["detail"] == f"{backfill.UNFILLED} Not yours."
    looked.account.fails = lambda *_: None
    looked.go_on()
    assert looked.inbox() == Counter(["Missed"])


def test_one_answer_without_phones_settles_no_doubt(looked: Looked) -> None:
    looked.account.arrive("Missed")
    looked.own.db.hset(keys.sync_state(looked.connection.id), "doubt_ms", now_ms() - HOUR.seconds)
    looked.account.blind = True
    looked.compare()
    assert looked.doubts()
    looked.account.blind = False
    looked.compare()
    assert not looked.doubts()
    assert looked.inbox() == Counter(["Missed"])


def test_the_connection_shows_how_far_it_is(looked: Looked) -> None:
    assert progress(looked) is None
    for number in range(3):
        looked.account.arrive(f"B{number}", phone=f"+1415556{number:04d}")
    looked.ten_minutes_pass()
    looked.account.fails = raising(ProviderUnavailable("Not now."), ("+14155560001", 1))
    backfill.turn(looked.own, looked.now())
    begun = progress(looked)
    assert begun.pop("since").endswith("Z")
    counts = {"conversations_total": 3, "conversations_refused": 0}
    assert begun == {**counts, "state": "running", "conversations_done": 1, "messages_found": 1}
    looked.account.fails = lambda *_: None
    looked.go_on()
    ended = progress(looked)
    assert (ended["state"], ended["conversations_done"], ended["messages_found"]) == ("done", 3, 3)
    gap = connection_facts.fact(looked.now(), "last_gap")
    assert gap
    assert (gap["back_filled"], gap["detail"]) == (3, backfill.FILLED)
