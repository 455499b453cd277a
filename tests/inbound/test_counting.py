"""Counting: what gives cause to read a conversation, what gives none, and what real phones do."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from integration import services
from integration.accounts import connection_facts, conversation_counts
from integration.accounts.connections import Connection
from integration.kernel.events import CONVERSATION
from integration.services import Services
from integration.store import keys
from integration.store.clock import wall_ms
from integration.upkeep import rotation
from tests.delivery.drains import WORKSPACE
from tests.inbound.account import Looked

HOUR = timedelta(hours=1)
OTHER = "+14155550199"


def test_texts_that_we_sent_are_no_cause_to_read(looked: Looked) -> None:
    looked.account.arrive("By hand, which shows what is counted", phone=OTHER, sent=True)
    looked.compare()
    for number in range(5):
        phone = f"+1415556{number:04d}"
        looked.told(looked.account.arrive("Question", phone=phone))
        looked.account.arrive("Answer", phone=phone, sent=True)
        conversation_counts.sent(looked.own, looked.connection.id, phone)
    looked.compare()
    assert len(looked.reads()) <= 1
    assert sum(looked.inbox().values()) == 5


@pytest.mark.parametrize("counts_sent", [True, False])
def test_texts_sent_by_hand_make_no_old_text_news(looked: Looked, counts_sent: bool) -> None:
    looked.account.counts_sent = counts_sent
    looked.account.arrive("By hand", sent=True)
    looked.compare()
    assert looked.inbox() == Counter()
    assert connection_facts.fact(looked.now(), "last_gap") is None


def test_a_phone_that_is_paired_again_shows_nothing_new(looked: Looked) -> None:
    looked.told(looked.account.arrive("Known"))
    moved = [("phone-2", *row[1:]) for row in looked.account.texts]
    looked.account.texts = moved
    looked.compare()
    assert looked.inbox() == Counter(["Known"])
    assert connection_facts.fact(looked.now(), "last_gap") is None


def begun(looked: Looked) -> list[str]:
    rows = looked.own.db.xrange(keys.inbox(WORKSPACE, CONVERSATION))
    return [json.loads(each["e"])["message"] for _, each in rows if "q" not in each]


def test_only_a_number_without_a_conversation_begins_one(
    own: Services, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list shows the newest texts alone, and each channel may spell a number otherwise."""
    looked = Looked(own, connection, monkeypatch)
    for number in range(9):
        looked.account.arrive(f"Old {number}", phone=f"+1415556{number:04d}", late=HOUR)
    looked.sync()
    looked.told(
        looked.account.arrive("Back again", phone="+14155560000"),
        looked.account.arrive("Hello", phone=OTHER),
        looked.account.arrive("Hello again", phone="(415) 555-0199"),
    )
    assert begun(looked) == ["Hello"]
    assert looked.inbox() == Counter(["Back again", "Hello", "Hello again"])


def test_a_store_without_a_baseline_takes_one_and_loses_nothing(
    own: Services, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a release wrote it that compared windows."""
    looked = Looked(own, connection, monkeypatch)
    for number in range(9):
        looked.told(looked.account.arrive(f"Known {number}", phone=f"+1415556{number:04d}"))
    hour_ago = wall_ms() - 3_600_000
    own.db.hset(keys.sync_state(connection.id), mapping={"synced_ms": hour_ago, "shown": "abc"})
    looked.account.window = 2
    for number in range(4):
        looked.account.arrive(f"Missed {number}", phone=OTHER)
    looked.sync()
    looked.compare()
    known = [f"Known {number}" for number in range(9)]
    assert looked.inbox() == Counter([*known, *(f"Missed {number}" for number in range(4))])


# Each from a public report on a program for SMS, which is named by its tracker's number.
REPORTED: dict[str, tuple[int, Callable[[Looked], Any]]] = {
    "a tracker's equal texts (SMSGate 394)": (
        3,
        lambda it: [it.account.arrive("TACHO status:0") for _ in range(3)],
    ),
    "two bookings in one second (OwnPay 63)": (
        2,
        lambda it: [it.account.arrive(f"Debited by {each}") for each in ("402393", "33000")],
    ),
    "a date of 1970 (Signal-Android 1666, QKSMS 792)": (
        1,
        lambda it: it.account.arrive("Hello", late=timedelta(days=20_000)),
    ),
    "an hour behind (Signal-Android 1417)": (1, lambda it: it.account.arrive("Hi", late=HOUR)),
    "a network that was off (android_income_sms_gateway_webhook 79)": (
        4,
        lambda it: [it.account.arrive(f"{n}", late=n * HOUR / 60) for n in range(2, 6)],
    ),
    "a thread deleted on the phone (sms-backup-plus 223)": (
        1,
        lambda it: it.account.delete_all().arrive("Anew", id="150"),
    ),
    "numbers of another form (ocsms 201)": (
        1,
        lambda it: it.account.arrive("Here", phone="(415) 555-0123"),
    ),
    "an id that starts over": (1, lambda it: it.account.arrive("Reborn", id="1")),
}


@pytest.mark.parametrize("what", REPORTED)
def test_inputs_of_public_reports_come_in(looked: Looked, what: str) -> None:
    looked.told(looked.account.arrive("Known"), looked.account.arrive("Known too"))
    looked.compare()
    count, happens = REPORTED[what]
    happens(looked)
    looked.compare()
    expected = 2 + count
    assert sum(looked.inbox().values()) == expected
    looked.compare()
    assert sum(looked.inbox().values()) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+14155550123", "(415) 555-0123"),
        ("+447911123456", "07911 123456"),
        ("MyBank", " mybank "),
        ("\u202a+1 415 555 0123\u202c", "14155550123"),
    ],
)
def test_a_conversation_has_one_name_however_it_is_spelled(one: str, other: str) -> None:
    assert conversation_counts.alike(one) == conversation_counts.alike(other)
    assert conversation_counts.alike(one) != conversation_counts.alike("555")


def test_a_new_secret_key_is_no_cause_to_read(looked: Looked) -> None:
    own, counts = looked.own, keys.counts(looked.connection.id)
    looked.told(looked.account.arrive("Hello"), looked.account.arrive("One", phone=OTHER))
    looked.compare()
    before = own.db.hgetall(counts)
    for old in ((own.settings.secret_key,), ()):
        with under(looked, old):
            looked.compare()
            assert looked.reads() == []
            looked.sync()
    after = own.db.hgetall(counts)
    assert len(after) == len(before) == 3
    assert not after.keys() & before.keys() - {"="}
    assert OTHER[-9:] not in str(before)


def test_without_the_old_key_there_is_a_new_baseline(looked: Looked) -> None:
    own = looked.own
    looked.told(looked.account.arrive("Hello"))
    with under(looked, (own.settings.secret_key,)):
        """The settings of the connection are sealed under the new key; no counts were compared."""
    with under(looked, ()):
        assert not conversation_counts.is_ours(looked.own, looked.connection.id)
        looked.sync()
        assert conversation_counts.is_ours(looked.own, looked.connection.id)
        looked.compare()
        assert looked.reads() == []
    assert sum(looked.inbox().values()) == 1


@contextmanager
def under(looked: Looked, old: tuple[str, ...]) -> Iterator[None]:
    """Another SECRET_KEY, beside these old ones; at the end it opens the connection."""
    own = looked.own
    changed = replace(own.settings, secret_key="fedcba98" * 4, old_secret_keys=old)
    looked.own = services.build(changed)
    yield
    rotation.rotate(looked.own)
    looked.own.db.close()
    looked.own = own


def test_a_campaign_of_ours_is_read_in_one_conversation(looked: Looked) -> None:
    """Which texts are counted is not known before it."""
    for number in range(50):
        phone = f"+1415556{number:04d}"
        looked.account.arrive("Sale!", phone=phone, sent=True)
        conversation_counts.sent(looked.own, looked.connection.id, phone)
    looked.compare()
    assert len(looked.reads()) <= 2
    assert looked.inbox() == Counter()


def test_a_baseline_that_is_not_to_be_had_holds_up_no_sync_and_loses_nothing(
    own: Services, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = Looked(own, connection, monkeypatch)
    looked.account.mute = True
    looked.account.arrive("First")
    looked.sync()
    for number in range(9):
        looked.account.arrive(f"Missed {number}")
    looked.sync()
    assert sum(looked.inbox().values()) == 1 + looked.account.window
    looked.account.mute = False
    looked.sync()
    looked.compare()
    assert sum(looked.inbox().values()) == 10
