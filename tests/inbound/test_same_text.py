"""One text, however its channels spell, round and number it, is one event; two texts are two."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integration.accounts.connections import Connection
from integration.inbound.commit import commit
from integration.kernel.events import Channel, InboundMessage
from integration.services import Services

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
        ("list", {"received_at": AT}),
        ("webhook", {"received_at": AT + timedelta(seconds=1), "provider_id": "x"}),
    ],
    "rounded over midnight": [
        ("list", {"received_at": MIDNIGHT}),
        ("webhook", {"received_at": MIDNIGHT + timedelta(seconds=1), "provider_id": "x"}),
    ],
    "a list that begins to round": [
        ("list", {"received_at": AT}),
        ("list", {"received_at": AT + timedelta(seconds=1)}),
    ],
    "a phone that is paired again and keeps its ids": [
        ("list", {"device_fingerprint": "phone one"}),
        ("list", {"device_fingerprint": "phone two"}),
    ],
    "a phone that is paired again before the first sync": [
        ("webhook", {"device_fingerprint": "phone one"}),
        ("list", {"device_fingerprint": "phone two", "provider_id": "7"}),
    ],
    "spellings of a number": [
        ("list", {"phone": "+14155550123"}),
        ("webhook", {"phone": "1 (415) 555-0123"}),
        ("history", {"phone": "4155550123"}),
        ("latest", {"phone": "tel:+1-415-555-0123"}),
    ],
    "capitals of a name": [("list", {"phone": "MyBank"}), ("webhook", {"phone": "MYBANK"})],
    "a webhook without an id that comes twice": [
        ("webhook", {"provider_id": None}),
        ("webhook", {"provider_id": None}),
        ("list", {}),
    ],
    "a SIM that one channel leaves out": [("list", {}), ("webhook", {"sim_slot": None})],
}
TWO: dict[str, list[Shown]] = {
    "two ids in one second": [("list", {}), ("list", {"provider_id": "2"})],
    "a tracker that repeats itself each second": [
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
