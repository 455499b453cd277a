"""An opt-out of every account: it holds for accounts that come later, and ends where it is to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from integration.accounts import connections
from integration.accounts.connections import Connection
from integration.kernel.opt_outs import EVERY
from integration.opt_outs import by_hand, register, wanted
from integration.opt_outs.by_hand import Entry
from integration.opt_outs.of_workspace import WorkspaceOptOuts
from integration.opt_outs.wanted import Rules
from integration.opt_outs.wish import BY_WORD, Wish
from integration.services import Services
from integration.store.clock import wall_ms
from integration.store.lifetimes import DAY_MS
from tests.delivery.drains import WORKSPACE
from tests.jobs.history import PHONE

OWN = "+14155550100"


@pytest.fixture(autouse=True)
def everywhere(own: Services) -> None:
    """Entered before any account is connected."""
    wanted.store(own.db, WORKSPACE, Rules(True))
    assert added(own) == 1


@pytest.fixture
def later(own: Services) -> Connection:
    given = {"api_key": "pf_another", "base_url": "http://127.0.0.1:9"}
    made = connections.make(workspace=WORKSPACE, provider="pairfon", label="Later", settings=given)
    connections.save(own, made)
    return made


def added(own: Services) -> int:
    return by_hand.add(own, [Entry(phone=PHONE, home=by_hand.place(own, WORKSPACE))])


def lifted(own: Services, wanted: str = "") -> int:
    homes = register.homes(own, WORKSPACE, wanted)
    return by_hand.lift(own, homes, PHONE, "", "Signed the form")


def held(own: Services, *accounts: Connection) -> list[bool]:
    return [register.opted_out(own, each, PHONE, OWN) is not None for each in accounts]


def said(own: Services, connection: Connection, *, out: bool, after_ms: int = 1) -> None:
    wish = Wish(
        connection=connection.id,
        phone=PHONE,
        sender=OWN,
        out=out,
        at_ms=wall_ms() + after_ms,
        by=BY_WORD,
    )
    register.record(own, connection, wish)


def test_it_holds_for_each_account_whenever_it_came(
    own: Services, connection: Connection, later: Connection
) -> None:
    assert held(own, connection, later) == [True, True]
    assert register.all_opted_out(own, later, [PHONE, "+14155550999"], "") == {PHONE}
    elsewhere = replace(later, workspace="other")
    assert held(own, elsewhere) == [False]


def test_start_to_one_number_ends_it_there_alone(
    own: Services, connection: Connection, later: Connection
) -> None:
    said(own, connection, out=False)
    assert held(own, connection, later) == [False, True]


def test_entered_again_it_wins_over_a_start_from_the_future(
    own: Services, connection: Connection
) -> None:
    said(own, connection, out=False, after_ms=DAY_MS)
    assert held(own, connection) == [False]
    assert added(own) == 0, "it is known, and from now on it is later than the START"
    assert held(own, connection) == [True]


def test_a_lift_for_one_account_ends_it_there_alone(
    own: Services, connection: Connection, later: Connection
) -> None:
    assert lifted(own, later.id) == 1
    assert held(own, connection, later) == [True, False]


def test_a_lift_of_the_entry_leaves_what_was_said_to_an_account(
    own: Services, connection: Connection, later: Connection
) -> None:
    said(own, connection, out=True)
    assert lifted(own, EVERY) == 1
    assert held(own, connection, later) == [True, False]


def test_a_lift_without_an_account_ends_all(
    own: Services, connection: Connection, later: Connection
) -> None:
    said(own, connection, out=True)
    assert lifted(own) == 2, "the entry and what was said to the account, each once"
    assert held(own, connection, later) == [False, False]


def test_it_is_found_once_whatever_account_is_asked_about(
    own: Services, connection: Connection, later: Connection
) -> None:
    opt_outs = WorkspaceOptOuts(own, WORKSPACE)
    for asked in ("", connection.id, later.id, EVERY):
        [found] = opt_outs.find(phone=PHONE, sender="", connection=asked)
        assert found["connection"] == EVERY
