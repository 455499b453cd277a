"""Where a provider's ids join its channels, the id alone tells whether a message is new."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from integration.accounts.connections import Connection
from integration.inbound import inbox, sightings
from integration.inbound.commit import commit
from integration.kernel.events import MESSAGE, Channel, InboundMessage
from integration.services import Services
from providers.pairfon import Pairfon

WEEKS_END = datetime(2026, 3, 4, 23, 59, 59, tzinfo=UTC)
"""The last second of a week, as weeks since 1970 count."""
ONE = InboundMessage(
    provider_id="SM1",
    phone="+14155550123",
    message="Yes",
    received_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
)
SAME = {
    "seconds later": replace(ONE, received_at=ONE.received_at + timedelta(seconds=7)),
    "days later": replace(ONE, received_at=ONE.received_at + timedelta(days=3)),
    "earlier": replace(ONE, received_at=ONE.received_at - timedelta(hours=5)),
    "with a SIM": replace(ONE, sim_slot="SIM2", device_fingerprint="phone two"),
    "in another spelling": replace(ONE, phone="1 415 555-0123", message="Yes\r\n"),
}


class Joining(Pairfon):
    ids_join = True


@pytest.fixture
def joining(own: Services) -> Services:
    """Services under which the ids of an account join its channels."""
    return replace(own, catalog=replace(own.catalog, providers={"pairfon": Joining}))


def events(joining: Services, connection: Connection) -> list[str]:
    found = inbox.newest(joining, connection.workspace, MESSAGE, 9)
    return [entry.event["message"] for entry in found]


@pytest.mark.parametrize("channel", ["list", "latest", "webhook", "history"])
@pytest.mark.parametrize("again", SAME.values(), ids=SAME)
def test_one_id_is_one_message_whatever_channel_dates_it_how(
    joining: Services, connection: Connection, channel: Channel, again: InboundMessage
) -> None:
    [id] = commit(joining, connection, [ONE], "webhook")
    assert id.startswith("sms_")
    for _ in range(2):
        assert commit(joining, connection, [again], channel) == [""]
    assert commit(joining, connection, [ONE], "webhook") == [""]
    assert events(joining, connection) == ["Yes"]


def test_it_is_one_message_also_over_the_end_of_a_week(
    joining: Services, connection: Connection
) -> None:
    early = replace(ONE, received_at=WEEKS_END)
    late = replace(ONE, received_at=WEEKS_END + timedelta(seconds=1))
    assert commit(joining, connection, [late], "webhook") != [""]
    for channel, each in [("list", early), ("list", late), ("webhook", early)]:
        assert commit(joining, connection, [each], channel) == [""]  # type: ignore[arg-type]  # a channel's name


def test_equal_texts_of_one_second_under_two_ids_are_two_messages(
    joining: Services, connection: Connection
) -> None:
    two = replace(ONE, provider_id="SM2")
    ids = [
        *commit(joining, connection, [ONE], "webhook"),
        *commit(joining, connection, [two], "list"),
    ]
    assert len({*ids} - {""}) == 2
    assert commit(joining, connection, [two, ONE], "list") == ["", ""]
    assert commit(joining, connection, [two, ONE], "webhook") == ["", ""]
    assert len(events(joining, connection)) == 2


def test_the_id_of_an_event_follows_from_the_connection_and_the_providers_id(
    joining: Services, connection: Connection
) -> None:
    kept, other = (replace(connection, id=each) for each in ("conn_kept", "conn_other"))
    [first] = commit(joining, kept, [ONE], "webhook")
    assert first == "sms_nlb75ba4hs544xqydpcrfxpr2m", "it never changes"
    joining.db.flushdb()
    assert commit(joining, kept, [SAME["days later"]], "list") == [first]
    assert commit(joining, other, [ONE], "webhook") not in ([first], [""])


def test_a_message_without_an_id_is_known_by_its_facts(
    joining: Services, connection: Connection
) -> None:
    nameless = replace(ONE, provider_id=None)
    assert commit(joining, connection, [nameless], "webhook") != [""]
    assert commit(joining, connection, [nameless], "webhook") == [""]
    later = replace(nameless, received_at=ONE.received_at + timedelta(seconds=7))
    assert commit(joining, connection, [later], "webhook") != [""]


def test_its_way_tells_the_channels_that_showed_it(
    joining: Services, connection: Connection
) -> None:
    commit(joining, connection, [ONE], "webhook")
    commit(joining, connection, [SAME["days later"]], "list")
    [entry] = inbox.newest(joining, connection.workspace, MESSAGE, 1)
    assert sightings.shown(joining, entry.event) == ({"list": 1, "webhook": 1}, 1)
