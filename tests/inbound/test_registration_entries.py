"""Single entries at a provider: ours are there once while wanted, and nobody else's is touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from integration import services
from integration.accounts.provider_link import webhook_secrets
from integration.inbound import webhook_registration
from integration.kernel.errors import ProviderRejected, ProviderUnavailable
from integration.kernel.registration import HookEntry
from integration.services import Services
from integration.store import keys
from tests.inbound.entry_account import (
    FAILED,
    FOREIGN,
    RECEIVED,
    SENT,
    EachEvent,
    EntryProvider,
    Registering,
    registering,
)


@pytest.fixture(params=[EntryProvider, EachEvent])
def account(own: Services, request: pytest.FixtureRequest) -> Iterator[Registering]:
    with registering(own, request.param) as found:
        yield found


@pytest.fixture
def each_event(own: Services) -> Iterator[Registering]:
    with registering(own, EachEvent) as found:
        yield found


@pytest.fixture
def many_events(own: Services) -> Iterator[Registering]:
    with registering(own, EntryProvider) as found:
        yield found


def events(account: Registering) -> list[str]:
    return sorted(word for each in account.upstream.ours() for word in each.events)


def test_they_come_with_the_first_reader_and_go_with_the_last(account: Registering) -> None:
    account.turn()
    assert account.upstream.entries == [FOREIGN]
    assert account.said() == ("off", "")
    account.listen()
    assert events(account) == [FAILED, RECEIVED, SENT]
    assert {each.url for each in account.upstream.ours()} == {account.url()}
    assert account.said() == ("registered", "")
    account.listen(stop=True)
    assert account.upstream.entries == [FOREIGN]
    assert account.said() == ("off", "")


def test_an_account_that_only_sends_has_them_where_they_alone_bring_receipts(
    each_event: Registering, monkeypatch: pytest.MonkeyPatch
) -> None:
    sends = keys.sends(each_event.id)
    each_event.own.db.xadd(sends, {"e": "text", "j": "job"})
    each_event.turn()
    assert each_event.upstream.entries == [FOREIGN]
    monkeypatch.setattr(EachEvent, "brings_receipts", True)
    each_event.turn()
    assert events(each_event) == [FAILED, RECEIVED, SENT]
    each_event.own.db.delete(sends)
    each_event.turn()
    assert each_event.upstream.entries == [FOREIGN]


def test_what_is_there_is_not_written_again_in_hours(account: Registering) -> None:
    account.listen()
    before = account.upstream.entries
    account.upstream.calls.clear()
    account.turn(seconds=3600)
    assert set(account.upstream.calls) == {"list"}
    assert len(account.upstream.calls) >= 60
    assert account.upstream.entries == before


def test_one_that_somebody_removed_is_back_within_a_minute(account: Registering) -> None:
    account.listen()
    account.upstream.entries = [FOREIGN, *account.upstream.ours()[1:]]
    account.turn(seconds=60)
    assert events(account) == [FAILED, RECEIVED, SENT]


def test_copies_of_ours_are_removed_and_all_others_stay(account: Registering) -> None:
    account.listen()
    odd = account.url().replace("https://", "HTTPS://") + "/"
    copy = replace(account.upstream.ours()[0], id="copy", url=odd)
    stray = HookEntry(id="stray", url=account.url(), events=frozenset({"app:started"}))
    other = replace(FOREIGN, id="other", url=account.url().replace("us.example", "we.example"))
    account.upstream.entries += [copy, stray, other]
    account.turn(seconds=60)
    assert events(account) == sorted([FAILED, RECEIVED, SENT, RECEIVED])
    assert {"copy", "stray"}.isdisjoint(each.id for each in account.upstream.entries)
    assert FOREIGN in account.upstream.entries
    assert other in account.upstream.entries


def test_an_entry_that_lacks_an_event_is_made_whole_and_one_with_more_is_left_alone(
    many_events: Registering,
) -> None:
    many_events.listen()
    [mine] = many_events.upstream.ours()
    many_events.upstream.entries = [FOREIGN, replace(mine, events=frozenset({RECEIVED}))]
    many_events.turn(seconds=60)
    [whole] = many_events.upstream.ours()
    assert whole.events == {RECEIVED, SENT, FAILED}
    more = replace(whole, events=whole.events | {"call:missed"})
    many_events.upstream.entries = [FOREIGN, more]
    many_events.turn(seconds=60)
    assert many_events.upstream.ours() == [more]


def test_an_entry_that_is_switched_off_stays_so_and_is_shown(account: Registering) -> None:
    account.listen()
    off = [replace(each, active=False) for each in account.upstream.ours()]
    account.upstream.entries = [FOREIGN, *off]
    account.turn(seconds=60)
    assert account.upstream.ours() == off
    state, detail = account.said()
    assert state == "inactive"
    assert "nothing comes in until it is switched on there" in detail


def test_they_move_with_the_secret_key_and_the_public_url(account: Registering) -> None:
    account.listen()
    settings = replace(
        account.own.settings,
        secret_key="another key" * 4,
        old_secret_keys=(account.own.settings.secret_key,),
        public_url="https://moved.example",
    )
    old_url = account.url()
    account.own = replace(services.build(settings), catalog=account.own.catalog)
    account.turn()
    assert {each.url for each in account.upstream.ours()} == {account.url()}
    assert account.url() != old_url
    assert events(account) == [FAILED, RECEIVED, SENT]
    assert FOREIGN in account.upstream.entries
    account.own.db.close()


def test_the_secret_is_the_connections_own_and_one_that_is_not_ours_is_replaced(
    many_events: Registering,
) -> None:
    given: list[str | None] = []
    many_events.upstream.call = lambda _, entry: given.append(entry.secret) if entry else None
    many_events.listen()
    [secret] = webhook_secrets(many_events.own, many_events.connection())
    assert given == [secret]
    assert 20 <= len(secret) <= 64
    assert secret.isalnum()
    [mine] = many_events.upstream.ours()
    many_events.upstream.entries = [replace(mine, secret="somebody else's, as it is shown")]
    many_events.turn(seconds=60)
    assert given == [secret, secret, "somebody else's, as it is shown"]
    assert len(many_events.upstream.ours()) == 1


def test_an_account_that_keeps_none_gets_few_calls_and_is_well_once_it_does(
    account: Registering,
) -> None:
    account.upstream.drops = True
    account.listen()
    first = account.fact()
    assert first["state"] == "not-kept"
    account.turn(seconds=120)
    assert 4 <= len(account.upstream.calls) <= 8
    assert account.fact() == first
    account.upstream.drops = False
    account.turn(seconds=1800)
    assert account.said() == ("registered", "")
    assert events(account) == [FAILED, RECEIVED, SENT]


def test_a_refusal_keeps_its_first_cause_shows_no_secret_and_is_seldom_tried(
    account: Registering,
) -> None:
    url, [secret] = account.url(), webhook_secrets(account.own, account.connection())
    words = iter([f"We do not call {url.upper()} with {secret}.", *["Something else."] * 90])

    def refuse(name: str, _: HookEntry | None) -> None:
        if name == "add":
            raise ProviderRejected(next(words), upstream_status=403)

    account.upstream.call = refuse
    account.listen()
    first = account.fact()
    assert first["state"] == "failing"
    assert first["detail"].startswith("We do not call HTTPS://US.EXAMPLE/INGRESS/")
    assert url.rpartition("-")[2] not in first["detail"].lower()
    assert secret not in first["detail"]
    account.turn(seconds=120)
    assert 4 <= len(account.upstream.calls) <= 8
    assert account.fact() == first
    assert account.upstream.entries == [FOREIGN]


def test_an_event_that_the_account_does_not_know_hinders_no_other(each_event: Registering) -> None:
    def refuse(_: str, entry: HookEntry | None) -> None:
        if entry and entry.events == {SENT}:
            raise ProviderRejected("There is no such event.", upstream_status=400)

    each_event.upstream.call = refuse
    each_event.listen()
    assert events(each_event) == [FAILED, RECEIVED]
    assert each_event.said() == ("failing", "There is no such event.")


def test_a_provider_that_is_away_is_tried_again_and_makes_no_second_entry(
    account: Registering,
) -> None:
    def lose(name: str, _: HookEntry | None) -> None:
        if name == "list" and len(account.upstream.ours()) == 1:
            raise ProviderUnavailable("No answer.")

    account.upstream.call = lose
    account.listen()
    assert account.said()[0] == "failing"
    account.upstream.call = lambda *_: None
    account.turn(seconds=20)
    assert events(account) == [FAILED, RECEIVED, SENT]
    assert account.said() == ("registered", "")


def test_ours_leave_the_account_with_the_connection(account: Registering) -> None:
    account.listen()
    account.leave()
    assert account.upstream.entries == [FOREIGN]


def test_without_a_public_address_nothing_is_asked(account: Registering) -> None:
    settings = replace(account.own.settings, public_url="")
    account.own = replace(account.own, settings=settings)
    account.listen()
    assert account.upstream.calls == []
    webhook_registration.reconcile(account.own, "w")
    assert account.upstream.calls == []
