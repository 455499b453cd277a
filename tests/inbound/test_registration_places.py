"""Places for one address, such as a phone number's: what stands there stays, or is put back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from integration.accounts import connections
from integration.inbound import registration_leave
from integration.kernel.registration import HookEntry
from integration.services import Services
from integration.store import keys
from integration.store.vault import Vault
from integration.upkeep import rotation
from tests.delivery.drains import WORKSPACE
from tests.inbound.entry_account import RECEIVED, Places, Registering, registering

THEIRS = "https://user:pass@crm.example/hook?key=s3cret"


@pytest.fixture
def account(own: Services) -> Iterator[Registering]:
    with registering(own, Places) as found:
        found.upstream.entries = [HookEntry(id="PN1", url=THEIRS, events=frozenset({RECEIVED}))]
        yield found


def stands(account: Registering) -> list[str]:
    return [account.upstream.of(each) for each in Places.numbers]


def allow(account: Registering) -> None:
    """The user sets Replace Webhook."""
    old = account.connection()
    settings = {**old.settings, "replace_webhook": True}
    connections.save(account.own, replace(old, settings=settings), instead_of=old)


def test_a_free_place_is_taken_and_another_stays_and_is_named(account: Registering) -> None:
    account.listen()
    assert stands(account) == [THEIRS, account.url()]
    state, detail = account.said()
    assert state == "occupied"
    assert detail.startswith("The provider calls crm.example now")
    assert "Replace Webhook" in detail
    assert "s3cret" not in detail
    assert "pass" not in detail
    account.upstream.calls.clear()
    account.turn(seconds=120)
    assert set(account.upstream.calls) == {"list"}


def test_what_the_user_lets_us_replace_is_put_back_when_nobody_listens(
    account: Registering,
) -> None:
    account.listen()
    allow(account)
    account.turn(seconds=60)
    assert stands(account) == [account.url(), account.url()]
    assert account.said() == ("registered", "")
    account.listen(stop=True)
    assert stands(account) == [THEIRS, ""]
    assert account.own.db.hget(keys.sync_state(account.id), connections.REPLACED) == ""


def test_it_is_put_back_when_the_connection_goes(account: Registering) -> None:
    allow(account)
    account.listen()
    account.leave()
    assert stands(account) == [THEIRS, ""]


def test_it_is_remembered_where_the_connection_is_made_again_at_once(account: Registering) -> None:
    allow(account)
    account.listen()
    connections.forget(account.own, account.connection())
    account.connect(replace_webhook=True)
    registration_leave.leave(account.own, "")
    account.turn(seconds=60)
    account.leave()
    assert stands(account) == [THEIRS, ""]


def test_an_address_that_the_user_pasted_is_ours(account: Registering) -> None:
    mine = account.upstream.entries[0]
    account.upstream.entries = [replace(mine, url=account.url() + "/")]
    account.listen()
    assert account.said() == ("registered", "")
    account.listen(stop=True)
    assert stands(account) == ["", ""]


def test_a_place_that_the_user_takes_back_is_theirs(account: Registering) -> None:
    account.listen()
    other = "https://other.example/hook"
    entry = HookEntry(id="PN2", url=other, events=frozenset({RECEIVED}))
    account.upstream.put(entry)
    account.turn(seconds=60)
    assert stands(account) == [THEIRS, other]
    assert "crm.example and other.example" in account.said()[1]
    account.listen(stop=True)
    assert stands(account) == [THEIRS, other]


def test_the_last_that_stood_there_is_put_back(account: Registering) -> None:
    allow(account)
    account.listen()
    newer = HookEntry(id="PN1", url="https://newer.example", events=frozenset({RECEIVED}))
    account.upstream.put(newer)
    account.turn(seconds=60)
    assert stands(account) == [account.url(), account.url()]
    account.listen(stop=True)
    assert stands(account) == ["https://newer.example", ""]


def test_a_place_that_was_emptied_meanwhile_is_left_empty(account: Registering) -> None:
    allow(account)
    account.listen()
    account.upstream.entries = []
    account.turn(seconds=60)
    account.listen(stop=True)
    assert stands(account) == ["", ""]


def test_what_is_remembered_is_sealed_and_moves_to_a_new_key(account: Registering) -> None:
    allow(account)
    account.listen()
    state, db = keys.sync_state(account.id), account.own.db
    sealed = db.hget(state, connections.REPLACED)
    assert "crm" not in sealed
    db.sadd(keys.WORKSPACES, WORKSPACE)
    both = replace(account.own, vault=Vault("new key" * 5, (account.own.settings.secret_key,)))
    rotation.rotate(both)
    account.own = both
    found = Vault("new key" * 5).open(db.hget(state, connections.REPLACED))
    assert found == {"PN1": THEIRS}
    connections.forget(account.own, account.connection())
    left = db.zrange(keys.LEFT_ACCOUNTS, 0, -1)[0]
    assert db.hget(state, connections.REPLACED) is None
    assert "crm" not in left
