"""Texts that come in parts: one message once all are there, and none is lost where one is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from integration.accounts.connections import Connection
from integration.inbound import inbox, parts
from integration.inbound.commit import commit
from integration.kernel.events import MESSAGE, InboundMessage, Part
from integration.services import Services
from integration.store import keys
from integration.upkeep.erase import erase
from tests.delivery.drains import WORKSPACE

WORDS = ("One, ", "two, ", "three")
SENDER = "+447700900001"


def part(number: int, *, reference: str = "187", id: str = "", hour: int = 20) -> InboundMessage:
    return InboundMessage(
        provider_id=id or f"0A{reference}{number}",
        phone=SENDER,
        message=WORDS[number - 1],
        received_at=datetime(2026, 11, 28, hour, 0, number, tzinfo=UTC),
        to="+447700900000",
        part=Part(reference=reference, number=number, total=len(WORDS)),
    )


def come(own: Services, connection: Connection, *some: InboundMessage) -> None:
    """As the ingress takes them, each in a webhook of its own."""
    for each in some:
        commit(own, connection, parts.joined(own, connection, [each]), "webhook")


def events(own: Services) -> list[tuple[str, str]]:
    found = inbox.after(own, WORKSPACE, MESSAGE, inbox.START)
    return [(each.event["provider_id"], each.event["message"]) for each in found]


def pass_the_wait(own: Services) -> None:
    for member in own.db.zrange(keys.parts_due(WORKSPACE), 0, -1):
        own.db.zadd(keys.parts_due(WORKSPACE), {member: 1})
    parts.late(own, WORKSPACE)


WHOLE = ("0A1871", "One, two, three")


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 3, 1)])
def test_the_parts_are_one_message_in_whatever_order_they_come(
    own: Services, connection: Connection, order: tuple[int, ...]
) -> None:
    for number in order:
        assert events(own) == []
        come(own, connection, part(number))
    assert events(own) == [WHOLE]
    assert own.db.zcard(keys.parts_due(WORKSPACE)) == 0


def test_parts_that_come_again_change_nothing(own: Services, connection: Connection) -> None:
    come(own, connection, part(1), part(1), part(2), part(3), part(2), part(1))
    pass_the_wait(own)
    assert events(own) == [WHOLE]


def test_a_text_that_lacks_a_part_is_given_part_by_part_and_whole_once_that_comes(
    own: Services, connection: Connection
) -> None:
    come(own, connection, part(1), part(3))
    parts.late(own, WORKSPACE)
    assert events(own) == []
    pass_the_wait(own)
    given = [("0A1871/1", "One, "), ("0A1873/3", "three")]
    assert sorted(events(own)) == given
    come(own, connection, part(3))
    pass_the_wait(own)
    assert sorted(events(own)) == given
    come(own, connection, part(2))
    assert events(own)[-1] == WHOLE


def test_a_reference_is_used_again(own: Services, connection: Connection) -> None:
    come(own, connection, part(1), part(2), part(3))
    come(own, connection, *(part(number, id=f"next-{number}") for number in (1, 2, 3)))
    assert events(own) == [WHOLE, ("next-1", "One, two, three")]
    come(own, connection, part(2, id="third-2"), part(2, id="fourth-2"))
    # Given by the scheduler alone: nothing of it is lost where this process dies before it commits.
    parts.late(own, WORKSPACE)
    assert events(own)[-1] == ("third-2/2", "two, ")


@pytest.mark.parametrize("late", [True, False])
def test_parts_of_two_texts_with_one_reference_are_never_joined(
    own: Services, connection: Connection, late: bool
) -> None:
    """The first part of the older text was lost; it was given as it is, or waits still."""
    come(own, connection, part(2, id="old-2"), part(3, id="old-3"))
    if late:
        pass_the_wait(own)
    for number in (1, 2, 3, 1):
        come(own, connection, part(number, id=f"new-{number}", hour=21))
    pass_the_wait(own)
    given = [("old-2/2", "two, "), ("old-3/3", "three")]
    assert sorted(events(own)) == [("new-1", "One, two, three"), *given]


def test_a_part_that_comes_again_hours_later_is_the_same(
    own: Services, connection: Connection
) -> None:
    come(own, connection, part(1), part(2))
    come(own, connection, part(1, hour=23), part(3))
    assert events(own) == [WHOLE]


def test_an_emoji_that_was_cut_between_two_parts_is_whole_again(
    own: Services, connection: Connection
) -> None:
    cut = [replace(part(1), message="See you \ud83d"), replace(part(2), message="\udcaa there, ")]
    come(own, connection, *cut, *cut, part(3))
    assert events(own) == [("0A1871", "See you 💪 there, three")]


def test_others_and_what_is_no_part_are_left_alone(own: Services, connection: Connection) -> None:
    come(own, connection, part(1), part(2), replace(part(3), phone="+447700900002"))
    assert events(own) == []
    plain = replace(part(1, id="plain"), part=None)
    absurd = replace(part(2, id="absurd"), part=Part(reference="1", number=9, total=2))
    come(own, connection, plain, absurd)
    assert events(own) == [("plain", "One, "), ("absurd", "two, ")]


def test_a_person_is_erased_with_the_parts_that_wait(own: Services, connection: Connection) -> None:
    own.db.sadd(keys.WORKSPACES, WORKSPACE)
    come(own, connection, part(1))
    assert erase(own, SENDER, WORKSPACE)["events"] == 1
    pass_the_wait(own)
    assert events(own) == []
