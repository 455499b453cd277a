"""What is kept of received files, for how long, and what ends it."""

from __future__ import annotations

from dataclasses import replace

from integration.accounts import connections, erasure, workspaces
from integration.accounts.connections import Connection
from integration.kernel.errors import ProviderUnavailable
from integration.kernel.events import Media
from integration.media import keeping, records, turns
from integration.services import Services
from integration.store import keys
from integration.upkeep.erase import erase
from proofs.rig.receiver import Reply
from tests.delivery.drains import WORKSPACE
from tests.media.keeper import (
    PHONE,
    PNG,
    arrives,
    at_twilio,
    fetch_all,
    opened,
    public,
    smsgate,
    state,
    twilio,
)
from tests.media.servers import Server


def test_what_is_kept_is_encrypted(reached: Services, account: Connection, home: Server) -> None:
    [item] = arrives(reached, account, at_twilio(home.base))["media"]
    fetch_all(reached)
    stored = reached.line.ask(("HGET", keys.media_bytes(WORKSPACE, item["id"]), "sealed"))[0]
    assert stored
    assert PNG[:16] not in stored
    assert reached.vault.open_bytes(stored.decode()) == PNG


def test_a_file_that_a_webhook_brings_is_kept_and_given(reached: Services) -> None:
    account = smsgate(reached)
    media = Media(url="", content_type="image/png", name="a.png", data=PNG)
    [item] = arrives(reached, account, media)["media"]
    assert (item["size"], item["provider_url"]) == (len(PNG), "")
    assert "data" not in item
    assert fetch_all(reached) == 0
    assert opened(reached, item["url"]).data == PNG


def test_a_file_that_is_too_large_and_cannot_be_asked_for_says_so_at_once(own: Services) -> None:
    small = public(own, media_item_kb=1)
    account = smsgate(small)
    media = Media(url="", content_type="image/png", data=b"x" * 1025)
    [item] = arrives(small, account, media)["media"]
    assert (item["url"], item["size"]) == ("", 1025)
    assert "MEDIA_ITEM_KB" in item["reason"]


def test_a_file_that_is_too_large_to_be_kept_is_fetched_each_time(
    own: Services, home: Server
) -> None:
    small = public(own, media_item_kb=0)
    account = twilio(small, home.base)
    [item] = arrives(small, account, at_twilio(home.base))["media"]
    for _ in range(2):
        assert opened(small, item["url"]).data == PNG
    assert state(small, item) == records.LEFT
    assert len(home.all) == 2


def test_the_oldest_files_of_a_workspace_make_room(own: Services, home: Server) -> None:
    little = public(own, media_workspace_kb=2)
    account = twilio(little, home.base)
    kept = []
    for place in range(5):
        media = at_twilio(home.base, f"ME{place}")
        path = media.url.removeprefix(home.base)
        home.plan[path] = Reply(body=bytes([place]) * 600)
        [item] = arrives(little, account, media, provider_id=f"MM{place}")["media"]
        assert opened(little, item["url"]).data == bytes([place]) * 600
        kept.append(item)
    assert [state(little, each) for each in kept] == [records.LEFT] * 3 + [records.KEPT] * 2
    stored = list(little.db.scan_iter(keys.media_bytes(WORKSPACE, "*")))
    assert len(stored) == 2
    assert little.db.zcard(keys.media_kept(WORKSPACE)) == 2
    # The provider has the others still.
    assert opened(little, kept[0]["url"]).data == bytes([0]) * 600


def test_everything_of_a_file_has_an_end(
    reached: Services, account: Connection, home: Server
) -> None:
    arrives(reached, account, at_twilio(home.base))
    fetch_all(reached)
    arrives(reached, account, at_twilio(home.base, "ME2"), provider_id="MM2")
    found = [*reached.db.scan_iter("hl:ws:*:media*"), *reached.db.scan_iter("hl:media-waiting:*")]
    assert len(found) == 5
    for each in found:
        assert 0 < reached.db.ttl(each) <= 72 * 3600, each


def test_no_file_outlives_its_message(own: Services) -> None:
    assert public(own, retention_days=1, media_hours=72).settings.media_seconds == 86_400


def test_who_is_erased_leaves_no_file(reached: Services, account: Connection, home: Server) -> None:
    [item] = arrives(reached, account, at_twilio(home.base))["media"]
    fetch_all(reached)
    told = erase(reached, PHONE)
    assert told["files"] == 1
    assert list(reached.db.scan_iter("hl:ws:*:media*")) == []
    answer = opened(reached, item["url"])
    assert answer.status_code == 410
    assert len(home.all) == 1


def test_a_file_that_is_fetched_while_its_sender_is_erased_is_not_kept(
    reached: Services, account: Connection, home: Server
) -> None:
    [item] = arrives(reached, account, at_twilio(home.base))["media"]
    found = records.get(reached, WORKSPACE, item["id"])
    assert found
    erase(reached, PHONE)
    assert not keeping.keep(reached, found, PNG, "image/png")
    turns._failed(reached, found, ProviderUnavailable("Late."))
    assert list(reached.db.scan_iter("hl:ws:*:media*")) == []


def test_a_workspace_that_is_deleted_leaves_no_file(reached: Services, home: Server) -> None:
    workspaces.create(reached.db, "shop", {})
    account = replace(twilio(reached, home.base), workspace="shop")
    connections.save(reached, account)
    arrives(reached, account, at_twilio(home.base))
    fetch_all(reached)
    arrives(reached, account, at_twilio(home.base, "ME2"), provider_id="MM2")
    erasure.erase(reached, "shop")
    assert list(reached.db.scan_iter("hl:ws:{shop}:*")) == []
    assert list(reached.db.scan_iter("hl:media*")) == []
