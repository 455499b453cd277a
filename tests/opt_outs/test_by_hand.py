"""What an operator does by hand: it counts from now on, whatever the clocks of phones say."""

from __future__ import annotations

import json

import pytest

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.kernel.errors import NotFound
from integration.kernel.events import OPT_OUT
from integration.opt_outs import by_hand, register, wanted
from integration.opt_outs.by_hand import Entry
from integration.opt_outs.register import ANY
from integration.opt_outs.wanted import Rules
from integration.opt_outs.wish import BY_WORD, Wish
from integration.services import Services
from integration.store import keys
from integration.store.clock import wall_ms
from integration.store.lifetimes import DAY_MS
from tests.delivery.drains import WORKSPACE
from tests.jobs.history import PHONE

OWN = "+14155550100"


@pytest.fixture(autouse=True)
def kept(own: Services) -> None:
    wanted.store(own.db, WORKSPACE, Rules(True))


def said(own: Services, connection: Connection, *, out: bool, sender: str = OWN) -> None:
    """A word of the person, by a phone whose clock is a day ahead."""
    wish = Wish(
        connection=connection.id,
        phone=PHONE,
        sender=sender,
        out=out,
        at_ms=wall_ms() + DAY_MS,
        by=BY_WORD,
        note="STOP" if out else "START",
    )
    register.record(own, connection, wish)


def added(own: Services, connection: Connection, sender: str = "") -> int:
    return by_hand.add(own, [Entry(phone=PHONE, home=connection, sender=sender)])


def is_out(own: Services, connection: Connection) -> bool:
    return register.opted_out(own, connection, PHONE, OWN) is not None


@pytest.mark.parametrize("sender", ["", OWN])
def test_a_stop_by_hand_wins_over_a_start_from_the_future(
    own: Services, connection: Connection, sender: str
) -> None:
    said(own, connection, out=False)
    assert added(own, connection, sender) == 1
    assert is_out(own, connection)


def test_a_lift_wins_over_a_stop_from_the_future(own: Services, connection: Connection) -> None:
    said(own, connection, out=True, sender=ANY)
    assert added(own, connection, OWN) == 1
    assert by_hand.lift(own, [connection], PHONE, "", "Signed the form") == 2
    assert not is_out(own, connection)


def test_an_entry_with_a_time_of_its_own_changes_nothing_that_is_later(
    own: Services, connection: Connection
) -> None:
    said(own, connection, out=False)
    entry = Entry(phone=PHONE, home=connection, at_ms=wall_ms())
    assert by_hand.add(own, [entry]) == 1, "it is known for all senders, and OWN has a later wish"
    assert not is_out(own, connection)


def test_an_opt_out_of_a_removed_connection_is_lifted(
    own: Services, connection: Connection
) -> None:
    added(own, connection)
    connections.forget(own, connection)
    [home] = register.homes(own, WORKSPACE, connection.id)
    assert by_hand.lift(own, [home], PHONE, "", "Signed the form") == 1
    assert not register.of(own, WORKSPACE, connection.id, PHONE)[0].out
    newest = own.db.xrevrange(keys.inbox(WORKSPACE, OPT_OUT), count=1)[0][1]["e"]
    event = json.loads(newest)
    assert (event["connection"], event["provider"]) == (connection.id, None)
    with pytest.raises(NotFound):
        register.homes(own, WORKSPACE, "conn_of_somebody_else")
