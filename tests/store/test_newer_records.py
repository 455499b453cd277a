"""Records that hold more than this release knows, as a newer one writes them, are still read."""

from __future__ import annotations

import json

from integration.accounts import api_keys, bootstrap, connection_facts, connections
from integration.accounts.connections import ENVIRONMENT, Connection
from integration.delivery import listing
from integration.hooks import record, subscriptions
from integration.inbound import cursors, inbox
from integration.jobs import accept
from integration.kernel.events import MESSAGE
from integration.services import Services
from integration.store import client, keys
from tests.delivery.drains import WORKSPACE, ended, owe, played, receive, subscribe
from tests.jobs.history import Desk


def test_a_hook_with_more_fields_and_more_behind_its_seal(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    more = own.vault.seal([hook.target_url, record._packed(hook.secret), "", "eu", 7])
    fields = record.pieces(more) | {"region": "eu"}
    own.db.hset(keys.hook(hook.id), mapping=fields)
    assert subscriptions.by_id(own, hook.id) == hook
    owe(own, connection, 1)
    [claimed] = played(own, "t")
    played(own, "t", [ended(claimed, 200)])
    assert own.db.hget(keys.delivery(claimed.id), "status") == "delivered"
    assert own.db.hget(keys.hook(hook.id), "region") == "eu"


def test_a_delivery_with_more_fields_and_longer_attempts(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    owe(own, connection, 1)
    [claimed] = played(own, "t")
    more = {"region": "eu", "attempts": '[1772355600000,500,12,"It failed.",{"ip":"x"}]'}
    own.db.hset(keys.delivery(claimed.id), mapping=more)
    [row], _ = listing.page(own, hook, 10)
    assert row["attempts"][0]["detail"] == "It failed."


def test_a_delivery_status_of_a_newer_release_is_shown_and_not_claimed(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    owe(own, connection, 1)
    [claimed] = played(own, "t")
    played(own, "t", [ended(claimed, 200)])
    own.db.hset(keys.delivery(claimed.id), "status", "filed")
    [row], _ = listing.page(own, hook, 10)
    assert (row["status"], row["next_attempt_at"]) == ("filed", None)
    assert played(own, "t") == []


def test_a_hook_status_of_a_newer_release_stops_its_deliveries_and_keeps_them(
    own: Services, connection: Connection
) -> None:
    hook = subscribe(own)
    own.db.hset(keys.hook(hook.id), "status", "resting")
    owe(own, connection, 2)
    assert played(own, "t") == []
    assert own.db.zcard(keys.hook_due(hook.id)) == 2
    found = subscriptions.by_id(own, hook.id)
    assert found
    assert found.status == "resting"


def test_a_connection_with_more_fields_and_more_settings(
    own: Services, connection: Connection
) -> None:
    settings = {**connection.settings, "region": "eu"}
    sealed = own.vault.seal(settings)
    own.db.hset(keys.connection(connection.id), mapping={"sealed": sealed, "tier": "2"})
    found = connections.by_id(own, connection.id)
    assert found
    assert found.settings == settings
    assert "region" not in connection_facts.shown(own, found)["settings"]


def test_a_connection_of_a_newer_releases_provider_is_passed_over_and_kept(
    own: Services, connection: Connection
) -> None:
    newer = connections.make(
        workspace="default",
        provider="no_such",
        label="Newer",
        settings={"api_key": "x"},
        source=ENVIRONMENT,
    )
    connections.save(own, newer)
    assert connections.listed(own, "default") == []
    bootstrap.ensure(own)
    assert own.db.hget(keys.connection(newer.id), "provider") == "no_such"


def test_an_api_key_with_more_members(own: Services) -> None:
    made, key = api_keys.create(own.db, WORKSPACE, "Front desk")
    own.db.hset(keys.API_KEYS, api_keys.digest_of(key), json.dumps(made | {"expires_at": None}))
    [found] = api_keys.listed(own.db, WORKSPACE)
    assert found["id"] == made["id"]
    assert found["scopes"] == list(api_keys.SCOPES)


def test_a_consumer_with_more_fields_goes_on_from_its_place(
    own: Services, connection: Connection
) -> None:
    receive(own, connection, "a", "b")
    trigger = own.catalog.trigger("inbound_sms")
    key = cursors.consumer_key(WORKSPACE, trigger, "desk", {})
    reader = cursors.forwards(own, WORKSPACE, trigger, {}, 1)
    cursors.consume(own, key, reader, required=False, ack=None)
    own.db.hset(key, "paused", "0")
    batch = cursors.consume(own, key, reader, required=False, ack=None)
    assert [json.loads(each)["message"] for each in batch.events] == ["b"]


def test_an_inbox_entry_with_more_fields_is_polled_and_delivered(
    own: Services, connection: Connection
) -> None:
    subscribe(own)
    event = json.dumps({"id": "sms_newer", "message": "Hello"})
    log_ = keys.inbox(WORKSPACE, MESSAGE)
    own.db.xadd(log_, {"e": event, "z": "1"})
    [entry] = inbox.newest(own, WORKSPACE, MESSAGE, 5)
    assert entry.event["id"] == "sms_newer"
    owe(own, connection, 1)
    assert event in {each.payload for each in played(own, "t")}


def test_an_idempotency_key_with_more_words_gives_the_first_answer(
    own: Services, connection: Connection
) -> None:
    job = Desk(own, connection).job()
    action = own.catalog.action("send_sms")
    options = accept.AcceptOptions(stamp="", pepper="", key="k", digest="d")
    name = accept.idempotency_name(WORKSPACE, action, "k")
    own.db.set(name, f"d {job} status=202")
    found = accept.earlier(own, WORKSPACE, action, options)
    assert found
    assert found.job_ids == [job]


def test_a_sighting_by_a_channel_that_is_not_known_counts_as_one(
    own: Services, connection: Connection
) -> None:
    [first] = receive(own, connection, "a")
    [seen] = list(own.db.scan_iter("hl:seen:*"))
    [(print_, told)] = own.db.hgetall(seen).items()
    own.db.hset(seen, client.raw(print_), client.raw(told) + b"zabcd")
    assert first
    assert receive(own, connection, "a") == [""]
