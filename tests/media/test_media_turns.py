"""The jobs that fetch received files, and what becomes of a file that cannot be fetched."""

from __future__ import annotations

from integration.accounts.connections import Connection
from integration.kernel.events import Media
from integration.media import records, turns
from integration.services import Services
from integration.store import keys
from integration.store.clock import now_ms
from proofs.rig.receiver import Reply
from tests.delivery.drains import WORKSPACE
from tests.media.keeper import (
    PNG,
    arrives,
    at_twilio,
    fetch_all,
    opened,
    state,
)
from tests.media.servers import Server


def test_a_job_fetches_the_file_with_the_login_and_the_link_gives_its_bytes(
    reached: Services, account: Connection, home: Server
) -> None:
    [item] = arrives(reached, account, at_twilio(home.base))["media"]
    assert home.all == []
    assert fetch_all(reached) == 1
    [(_, login)] = home.logins()
    assert login is not None
    assert state(reached, item) == records.KEPT
    answer = opened(reached, item["url"])
    assert (answer.status_code, answer.data, answer.mimetype) == (200, PNG, "image/png")
    assert len(home.all) == 1
    assert fetch_all(reached) == 0


def test_a_message_that_comes_twice_owes_its_file_once(
    reached: Services, account: Connection, home: Server
) -> None:
    for _ in range(2):
        arrives(reached, account, at_twilio(home.base))
    fetch_all(reached)
    assert len(home.all) == 1


def test_a_refusal_is_asked_again_and_in_the_end_the_item_says_why(
    reached: Services, account: Connection, home: Server
) -> None:
    media = at_twilio(home.base)
    home.plan[media.url.removeprefix(home.base)] = Reply(status=404)
    [item] = arrives(reached, account, media)["media"]
    waiting = keys.media_waiting(account.id)
    for _ in range(4):
        assert state(reached, item) == records.WAITING
        reached.db.zadd(waiting, {item["id"]: 0}, xx=True)
        reached.db.zadd(keys.MEDIA_DUE, {account.id: 0})
        fetch_all(reached)
    found = records.get(reached, WORKSPACE, item["id"])
    assert found
    assert (found.state, found.tries) == (records.FAILED, 4)
    assert found.reason == "127.0.0.1 answers with status 404."
    assert reached.db.zcard(waiting) == 0
    answer = opened(reached, item["url"])
    assert answer.status_code == 410
    assert "status 404" in answer.get_json()["message"]


def test_while_a_host_is_away_its_files_wait_and_a_link_says_when_to_come_back(
    reached: Services, account: Connection, home: Server
) -> None:
    items = arrives(reached, account, *(at_twilio(home.base, f"ME{n}") for n in range(3)))["media"]
    for each in range(3):
        path = at_twilio(home.base, f"ME{each}").url.removeprefix(home.base)
        home.plan[path] = Reply(status=503)
    fetch_all(reached)
    # One tells that the host is away; the others need not try.
    assert len(home.all) == 1
    due = reached.db.zscore(keys.MEDIA_DUE, account.id)
    assert due > now_ms() + 1_000
    answer = opened(reached, items[1]["url"])
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    home.plan.clear()
    reached.db.zadd(
        keys.media_waiting(account.id), dict.fromkeys([each["id"] for each in items], 0)
    )
    reached.db.zadd(keys.MEDIA_DUE, {account.id: 0})
    fetch_all(reached)
    assert {state(reached, each) for each in items} == {records.KEPT}


def test_a_job_whose_process_died_is_made_again(
    reached: Services, account: Connection, home: Server
) -> None:
    [item] = arrives(reached, account, at_twilio(home.base))["media"]
    assert turns.due(reached) == [f"media-{account.id}"]
    # The process that took it died: its time comes again by itself.
    assert turns.due(reached) == []
    assert reached.db.zscore(keys.MEDIA_DUE, account.id) > now_ms()
    reached.db.zadd(keys.MEDIA_DUE, {account.id: now_ms() - 1})
    fetch_all(reached)
    assert state(reached, item) == records.KEPT


def test_an_account_is_fetched_for_by_one_process_at_a_time(
    reached: Services, account: Connection, home: Server
) -> None:
    [item] = arrives(reached, account, at_twilio(home.base))["media"]
    reached.db.set(keys.media_lock(account.id), "another", ex=60)
    fetch_all(reached)
    assert (home.all, state(reached, item)) == ([], records.WAITING)


def test_a_file_on_a_host_that_is_not_declared_is_never_asked_for(
    reached: Services, account: Connection, other: Server
) -> None:
    media = Media(url=f"{other.base}/a.png", content_type="image/png")
    [item] = arrives(reached, account, media)["media"]
    assert (item["url"], item["id"], item["provider_url"]) == ("", "", media.url)
    assert item["reason"].startswith("The file lies on 127.0.0.1, which is no host of Twilio")
    assert fetch_all(reached) == 0
    assert other.all == []


def test_an_address_that_is_no_file_gets_no_login(
    reached: Services, account: Connection, home: Server
) -> None:
    media = Media(url=f"{home.base}/Accounts/AC1/Balance.json", content_type="image/png")
    arrives(reached, account, media)
    fetch_all(reached)
    assert [login for _, login in home.logins()] == [None]
