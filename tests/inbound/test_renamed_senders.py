"""A provider that begins to show the names of contacts in place of numbers brings nothing again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from integration.accounts.connections import Connection
from integration.inbound.commit import commit
from integration.kernel.events import Channel, InboundMessage
from integration.services import Services

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
NUMBER, NAME = "+14155550123", "Mum"


def text(number: int, phone: str, *, said: str = "", late: int = 0) -> InboundMessage:
    return InboundMessage(
        provider_id=str(number),
        phone=phone,
        message=said or f"Text {number}",
        received_at=AT + timedelta(minutes=number, seconds=late),
    )


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(("before", "after"), [(NUMBER, NAME), (NAME, NUMBER)])
def test_rows_that_were_shown_under_their_ids_are_known(
    own: Services, connection: Connection, before: str, after: str, whole: bool
) -> None:
    first = [text(number, before) for number in range(5)]
    again = [text(number, after) for number in range(6)]
    assert all(commit(own, connection, first, "list", whole=whole))
    for _ in range(2):
        assert commit(own, connection, again[:5], "list", whole=whole) == [""] * 5
    assert commit(own, connection, first, "list", whole=whole) == [""] * 5
    *known, new = commit(own, connection, again, "list", whole=whole)
    assert known == [""] * 5
    assert new


@pytest.mark.parametrize("late", [0, 1])
@pytest.mark.parametrize("channel", ["list", "history"])
def test_a_webhook_with_the_number_and_a_channel_with_the_name_are_one_text(
    own: Services, connection: Connection, channel: Channel, late: int
) -> None:
    assert all(commit(own, connection, [text(1, NUMBER)], "webhook"))
    for _ in range(2):
        assert commit(own, connection, [text(1, NAME, late=late)], channel) == [""]
    assert all(commit(own, connection, [text(1, NAME, said="Another")], channel))


def test_two_people_keep_their_own_texts(own: Services, connection: Connection) -> None:
    """Also where a provider gives one id to both."""
    two = [text(1, NUMBER), text(1, "+14155550199")]
    assert all(commit(own, connection, two, "list"))
    named = [text(2, NAME), text(2, "Dad")]
    assert all(commit(own, connection, named, "list"))
    assert all(commit(own, connection, [text(3, NUMBER)], "list"))
    other = InboundMessage(provider_id="4", phone=NAME, message="Text 3", received_at=AT)
    assert all(commit(own, connection, [other], "list"))


def test_rows_without_an_id_tell_nothing_by_it(own: Services, connection: Connection) -> None:
    for phone in (NUMBER, NAME):
        one = InboundMessage(provider_id=None, phone=phone, message="Yes", received_at=AT)
        assert all(commit(own, connection, [one], "webhook"))
