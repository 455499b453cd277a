"""One text, however its channels spell, round and number it, is one event; two texts are two."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integration.accounts.connections import Connection
from integration.inbound import identity, released_identity
from integration.inbound.commit import PORTION, commit
from integration.kernel.events import MESSAGE, Channel, InboundMessage
from integration.services import Services
from integration.store import keys

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC)
Shown = tuple[Channel, dict[str, Any]]


def text(**changed: Any) -> InboundMessage:
    usual = InboundMessage(
        provider_id="1",
        phone="+14155550123",
        message="Caf\u00e9 at noon",
        received_at=AT,
        sim_slot="SIM1",
        device_fingerprint="phone one",
    )
    return replace(usual, **changed)


def show(own: Services, connection: Connection, *rows: Shown) -> list[str]:
    """The ids of the new events, as the rows come one after the other."""
    found = [commit(own, connection, [text(**changed)], channel)[0] for channel, changed in rows]
    return [each for each in found if each]


ONE: dict[str, list[Shown]] = {
    "an integer in the list and a UUID as the latest": [
        ("list", {"provider_id": "101"}),
        ("latest", {"provider_id": "8f2c0a9e-5b1d-4c57-9d6a-2f1c3f6b7a10"}),
    ],
    "CRLF in the list": [
        ("webhook", {"message": "Caf\u00e9\nat noon"}),
        ("list", {"message": "Caf\u00e9\r\nat noon"}),
    ],
    "a trimmed history": [
        ("list", {"message": " Caf\u00e9 at noon \n"}),
        ("history", {"message": "Caf\u00e9 at noon"}),
    ],
    "letters composed and not": [("list", {}), ("history", {"message": "Cafe\u0301 at noon"})],
    "rounded and truncated": [
        ("list", {}),
        ("webhook", {"received_at": AT + timedelta(seconds=1), "provider_id": "x"}),
    ],
    "rounded over midnight": [
        ("list", {"received_at": MIDNIGHT}),
        ("webhook", {"received_at": MIDNIGHT + timedelta(seconds=1), "provider_id": "x"}),
    ],
    "a list that begins to round": [
        ("list", {}),
        ("list", {"received_at": AT + timedelta(seconds=1)}),
    ],
    "a phone that is paired again and keeps its ids": [
        ("list", {}),
        ("list", {"device_fingerprint": "phone two"}),
    ],
    "a phone that is paired again before the first sync": [
        ("webhook", {}),
        ("list", {"device_fingerprint": "phone two", "provider_id": "7"}),
    ],
    "spellings of a number": [
        ("list", {"phone": "+14155550123"}),
        ("webhook", {"phone": "1 (415) 555-0123"}),
        ("history", {"phone": "4155550123"}),
        ("latest", {"phone": "tel:+1-415-555-0123"}),
    ],
    "capitals of a name": [("list", {"phone": "MyBank"}), ("webhook", {"phone": "MYBANK"})],
    # capcom6/android-sms-gateway 310
    "a webhook that comes twice": [("webhook", {}), ("webhook", {})],
    # bogkonstantin/android_income_sms_gateway_webhook 111
    "a webhook without an id that comes twice": [
        ("webhook", {"provider_id": None}),
        ("webhook", {"provider_id": None}),
        ("list", {}),
    ],
    "a SIM that one channel leaves out": [("list", {}), ("webhook", {"sim_slot": None})],
}
TWO: dict[str, list[Shown]] = {
    "two ids in one second": [("list", {}), ("list", {"provider_id": "2"})],
    "a tracker that repeats itself each second": [  # capcom6/android-sms-gateway 394
        ("webhook", {"provider_id": None}),
        ("webhook", {"provider_id": None, "received_at": AT + timedelta(seconds=1)}),
        ("list", {"provider_id": "1"}),
        ("list", {"provider_id": "2", "received_at": AT + timedelta(seconds=1)}),
    ],
    "an id that starts over": [("list", {}), ("list", {"message": "Something else"})],
    "an id that starts over with the same words": [
        ("list", {}),
        ("list", {"received_at": AT + timedelta(seconds=2)}),
    ],
    "a webhook lost, and both in the list": [
        ("webhook", {"provider_id": "w"}),
        ("list", {"provider_id": "1"}),
        ("list", {"provider_id": "2"}),
    ],
    "two phones that got the same words at once": [
        ("webhook", {}),
        ("webhook", {"provider_id": "2", "device_fingerprint": "phone two"}),
        ("list", {"provider_id": "2", "device_fingerprint": "phone two"}),
        ("list", {}),
    ],
    "words that differ in their case": [("list", {}), ("list", {"message": "CAF\u00c9 AT NOON"})],
}


@pytest.mark.parametrize(
    ("rows", "count"),
    [*((rows, 1) for rows in ONE.values()), *((rows, 2) for rows in TWO.values())],
    ids=[*ONE, *TWO],
)
def test_each_text_is_an_event_once(
    own: Services, connection: Connection, rows: list[Shown], count: int
) -> None:
    ids = show(own, connection, *rows)
    assert len(ids) == len(set(ids)) == count
    assert show(own, connection, *rows, *rows[::-1]) == []


SPELLINGS: dict[str, tuple[str, ...]] = {
    "phone": ("+14155550123", "14155550123", "(415) 555-0123", "tel:+1.415.555.0123"),
    "message": ("Caf\u00e9\nat noon", "Cafe\u0301\r\nat noon", " Caf\u00e9\n at noon\t"),
    "device_fingerprint": ("phone one", "phone two"),
}
CHANNELS: tuple[Channel, ...] = ("list", "latest", "webhook", "history")


@pytest.mark.parametrize("seed", range(40))
def test_any_order_of_channels_spellings_and_rounding_gives_each_text_once(
    own: Services, connection: Connection, seed: int
) -> None:
    """Texts of the same words, some in one second; each channel shows all of them, some again."""
    chance = random.Random(seed)
    texts = [AT + timedelta(seconds=4 * chance.randrange(4), milliseconds=700) for _ in range(5)]
    shared = chance.random() < 0.5
    rows: list[Shown] = []
    for channel in chance.sample(CHANNELS, k=chance.randint(1, 4)):
        rounds = timedelta(seconds=chance.choice((0, 0.5)))
        for number, at in enumerate(texts):
            changed: dict[str, Any] = {each: chance.choice(SPELLINGS[each]) for each in SPELLINGS}
            changed["received_at"] = (at + rounds).replace(microsecond=0)
            changed["provider_id"] = str(number) if shared else f"{channel} {number}"
            rows.append((channel, changed))
    chance.shuffle(rows)
    rows += chance.sample(rows, k=3)
    ids = show(own, connection, *rows)
    assert len(ids) == len(set(ids)) == len(texts)
    assert show(own, replace(connection), *rows) == []


def test_after_the_store_was_lost_a_text_has_the_id_that_it_had(
    own: Services, connection: Connection
) -> None:
    rows: list[Shown] = [("list", {"provider_id": each}) for each in ("1", "2")]
    before = show(own, connection, *rows, ("list", {"phone": "14155550124"}))
    own.db.flushall()
    told = {"phone": "+1 415-555-0124", "message": "Cafe\u0301 at noon\r\n", "provider_id": None}
    assert show(own, connection, *rows, ("history", told)) == before


NATIONAL = text(phone="4155550123")


def released(own: Services, connection: Connection, message: InboundMessage, region: str) -> None:
    """Leave what 0.1.0 left of a message that its list had shown."""
    own_name = identity.fingerprint(connection.id, message)
    packed, _ = released_identity.fingerprints(connection.id, message, region or None, own_name)
    day = message.received_at.strftime("%Y%m%d")
    seen = {packed: b"l" + identity.mark(message.provider_id)}
    own.db.hset(keys.seen(connection.id, day), mapping=seen)


@pytest.mark.parametrize("region", ["", "US"])
@pytest.mark.parametrize("now", ["", "US"])
@pytest.mark.parametrize("channel", CHANNELS)
def test_a_store_of_0_1_0_gives_nothing_again(
    own: Services, connection: Connection, region: str, now: str, channel: Channel
) -> None:
    """Where its region is taken away in the upgrade, a number without a plus cannot be known."""
    known = text() if region and not now else NATIONAL
    released(own, connection, known, region)
    released(own, connection, text(sim_slot="SIM2", provider_id="2"), region)
    later = replace(own, settings=replace(own.settings, default_region=now))
    second = text(sim_slot="SIM2", provider_id="2")
    assert commit(later, connection, [known, second], channel) == ["", ""]
    assert commit(later, connection, [replace(known, provider_id="3")], channel) != [""]


def test_a_body_that_broke_off_between_two_portions_is_shown_again_and_ends_once(
    own: Services, connection: Connection
) -> None:
    rows = [text(provider_id=str(number)) for number in range(2 * PORTION + 7)]
    commit(own, connection, rows[:PORTION], "webhook")
    ids = commit(own, connection, rows, "webhook")
    assert ids[:PORTION] == [""] * PORTION
    assert len({*ids}) == len(rows) - PORTION + 1
    assert commit(own, connection, rows, "webhook") == [""] * len(rows)
    assert commit(own, connection, rows[::-1], "list") == [""] * len(rows)


@pytest.mark.parametrize("at", [AT, MIDNIGHT, MIDNIGHT + timedelta(seconds=1)])
@pytest.mark.parametrize("facts", [{}, {"phone": "(415) 555-0123"}, {"provider_id": None}])
def test_a_text_alone_in_its_call_leaves_the_same_as_beside_another(
    own: Services, connection: Connection, at: datetime, facts: dict[str, Any]
) -> None:
    us = replace(own, settings=replace(own.settings, default_region="US"))
    rows = [text(received_at=at, **facts), text(received_at=at, phone="MyBank", provider_id="2")]
    alone = [commit(us, connection, [each], "webhook")[0] for each in rows], recorded(own)
    own.db.delete(*recorded(own), keys.numbers(connection.id))
    assert (commit(us, connection, rows, "webhook"), recorded(own)) == alone


def recorded(own: Services) -> dict[str, Any]:
    """What the store holds of the texts that channels have shown."""
    found = [*own.db.scan_iter("hl:seen:*"), *own.db.scan_iter("hl:shown:*")]
    return {each: own.db.hgetall(each) for each in sorted(found)}


@pytest.mark.parametrize("told", ["10010", "01001", "11111", "00000"])
def test_two_people_whose_numbers_end_alike_keep_their_own_texts(
    own: Services, connection: Connection, told: str
) -> None:
    """Each writes one word some times within a second. The list shows all; webhooks were lost."""
    words = [
        text(provider_id=str(number), phone=phone, message="Yes")
        for number, phone in enumerate(["+14155550123"] * 5 + ["+12125550123"] * 3)
    ]
    lucky = [each for each, came in zip(words, told + "010", strict=True) if came == "1"]
    events = commit(own, connection, lucky, "webhook") + commit(own, connection, words, "list")
    events += commit(own, connection, words[::-1], "history")
    assert len(list(filter(None, events))) == len(words)
    rows = own.db.xrange(keys.inbox(connection.workspace, MESSAGE))
    phones = Counter(json.loads(each["e"])["phone"] for _, each in rows)
    assert phones == {"+14155550123": 5, "+12125550123": 3}
