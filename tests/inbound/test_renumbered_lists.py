"""A provider that gives the rows of its list other ids brings nothing again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from integration.accounts.connections import Connection
from integration.inbound.commit import PORTION, commit
from integration.kernel.events import InboundMessage
from integration.services import Services

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


def text(provider_id: str, *, phone: str = "phone one", at: datetime = AT) -> InboundMessage:
    return InboundMessage(
        provider_id=provider_id,
        phone="+14155550123",
        message="Yes",
        received_at=at,
        device_fingerprint=phone,
    )


@pytest.mark.parametrize("count", [1, 2, 5, PORTION - 1, PORTION + 3])
@pytest.mark.parametrize("phone", ["phone one", "phone two"])
def test_a_whole_list_under_other_ids_brings_nothing_again(
    own: Services, connection: Connection, count: int, phone: str
) -> None:
    """Integers become UUIDs, or a phone that is paired again uploads all that it holds.

    radekp/qtmoko 28: another SIM, and all the texts on it came in as new.
    """

    def listed(ids: str, size: int, phone: str) -> int:
        rows = [text(f"{ids}{number}", phone=phone) for number in range(size)]
        return len(list(filter(None, commit(own, connection, rows, "list", whole=True))))

    assert listed("", count, "phone one") == count
    assert listed("7f0c-", count, phone) == 0
    assert listed("7f0c-", count + 1, phone) == 1
    assert listed("8d1e-", count + 1, phone) == listed("8d1e-", 1, phone) == 0


def test_other_ids_beside_a_webhook_that_rounds_bring_nothing_again(
    own: Services, connection: Connection
) -> None:
    rounded = text("w", at=AT + timedelta(seconds=1))
    assert commit(own, connection, [rounded], "webhook") != [""]
    for number in range(3):
        rows = [text(f"list {number}")]
        assert commit(own, connection, rows, "list", whole=True) == [""]
    both = [*rows, text("a second one")]
    assert len(list(filter(None, commit(own, connection, both, "list", whole=True)))) == 1


def test_a_tracker_whose_list_moves_on_brings_each_of_its_texts(
    own: Services, connection: Connection
) -> None:
    """It writes the same words each second; the list shows the newest five, and webhooks some."""
    rows = [text(str(number), at=AT + timedelta(seconds=number)) for number in range(40)]
    new = 0
    for end in range(5, 41, 5):
        told = commit(own, connection, rows[end - 3 : end - 1], "webhook")
        listed = commit(own, connection, rows[end - 5 : end], "list", whole=True)
        new += len(list(filter(None, told + listed)))
    assert new == len(rows)
