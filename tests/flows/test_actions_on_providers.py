"""Every action, search and dropdown against every provider that can."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from proofs.rig.sandbox import until
from proofs.rig.stack import World

PHONE, DEVICE = "+14155550123", "sandbox-phone-1"
MESSENGERS = ["cloud", "ultimate"]


def connect(world: World, kind: str) -> tuple[str, str]:
    """The connection's id and the provider's key."""
    ways: dict[str, tuple[Callable[[], str], str]] = {
        "pairfon": (world.connect_pairfon, world.pairfon_key),
        "pairfon-chat": (lambda: world.connect_pairfon(send_endpoint="chat"), world.pairfon_key),
        "cloud": (world.connect_cloud, world.cloud_key),
        "ultimate": (world.connect_ultimate, world.ultimate_key),
    }
    make, key = ways[kind]
    return make(), key


def act(world: World, action: str, **body: Any) -> dict[str, Any]:
    answer = world.post(f"/v1/actions/{action}", wait=20, **body)
    assert answer.status_code == 200, answer.text
    job: dict[str, Any] = answer.json()
    assert job["status"] in ("sent", "delivered"), job
    assert job["action"] == action
    return job


@pytest.mark.parametrize("kind", ["pairfon", "pairfon-chat", *MESSENGERS])
def test_send_sms_is_taken_once_and_its_job_tells_all(world: World, kind: str) -> None:
    connection, key = connect(world, kind)
    job = act(world, "send-sms", phone=PHONE, message="Grüße, your table is ready")
    [sent] = world.sends(key)
    assert (sent["phone"].lstrip("+"), sent["text"]) == (
        PHONE.lstrip("+"),
        "Grüße, your table is ready",
    )
    assert (job["connection"], job["phone"], job["segments"]) == (connection, PHONE, 1)
    taken = {"zapier": sent.get("id"), "chat": sent.get("queue_id")}
    assert job["provider_id"] in {str(each) for each in (*taken.values(), sent.get("message_id"))}
    assert [each["outcome"] for each in job["attempts"]] == ["sent"]
    if kind.startswith("pairfon"):
        assert (job["device_fingerprint"], job["sim_slot"]) == (DEVICE, "SIM1")
        assert sent["endpoint"].endswith("chat/send" if kind == "pairfon-chat" else "send-sms")


@pytest.mark.parametrize("lost", [False, True])
def test_a_text_that_names_no_phone_goes_under_a_limit_of_one_call(
    world: World, lost: bool
) -> None:
    world.connect_pairfon()
    world.control("PUT", "settings", {"rate_limit": 1, "rate_window": 2})
    world.call("GET", "/v1/searches/list-devices")
    if lost:
        world.fault("cut_after", "POST /zapier/send-sms")
    jobs = [world.send(message=f"Text {each}").json()["id"] for each in range(3)]
    for each in jobs:
        world.settled(each)
    assert {each["device_fingerprint"] for each in world.sends()} == {DEVICE}
    assert len(world.sends()) == 3


@pytest.mark.parametrize("kind", MESSENGERS)
def test_send_mms_carries_picture_and_words(world: World, kind: str) -> None:
    _, key = connect(world, kind)
    picture = f"{world.stack.url}/healthz"
    act(world, "send-mms", phone=PHONE, media_url=picture, message="Look", sender_id="Acme")
    [sent] = world.sends(key)
    assert (sent["channel"], sent["media_url"], sent["text"], sent["sender_id"]) == (
        "mms",
        picture,
        "Look",
        "Acme",
    )


@pytest.mark.parametrize("kind", MESSENGERS)
def test_groups_and_contacts_are_made_and_found(world: World, kind: str) -> None:
    _, key = connect(world, kind)
    group = act(world, "create-group", name="Customers", description="All")["result"]["group_id"]
    given = {"group_id": group, "first_name": "Amy", "last_name": "Lee"}
    batch = world.post("/v1/actions/add-contact", phone=[PHONE, "+14155550199"], wait=20, **given)
    assert {each["status"] for each in batch.json()["jobs"]} == {"sent"}
    assert len(world.stack.sandbox.received(key, "contact")) == 2
    found = world.get("/v1/searches/find-contact", phone=PHONE)
    assert [(each["phone"], each["group_id"], each["first_name"]) for each in found] == [
        (PHONE, group, "Amy")
    ]
    both = world.get("/v1/searches/find-contact", group_id=group)
    assert {each["phone"] for each in both} == {PHONE, "+14155550199"}
    assert world.get("/v1/searches/find-contact", phone="+14155550100") == []
    assert {"id": group, "label": "Customers"} in world.get("/v1/options/groups", q="custom")


@pytest.mark.parametrize("kind", MESSENGERS)
def test_an_account_shows_its_balance_and_senders(world: World, kind: str) -> None:
    connect(world, kind)
    [account] = world.get("/v1/searches/get-account")
    assert float(account["balance"]) == 1000
    assert "Sandbox Account" in account["label"]
    assert world.get("/v1/options/senders") == [{"id": "MyCompany", "label": "MyCompany"}]


def test_phones_are_listed_found_and_removed(world: World) -> None:
    connection, _ = connect(world, "pairfon")
    world.control("POST", "devices", {"device_fingerprint": "second", "status": "offline"})
    rows = world.get("/v1/searches/list-devices")
    assert [each["id"] for each in rows] == [DEVICE, "second"]
    assert [each["id"] for each in world.get("/v1/searches/list-devices", status="active")] == [
        DEVICE
    ]
    assert [each["id"] for each in world.get("/v1/options/devices")] == [DEVICE, "second"]
    assert "fcm" not in str(rows)
    assert [each["id"] for each in world.get("/v1/options/sim-slots")] == ["SIM1", "SIM2"]
    assert [each["id"] for each in world.get("/v1/options/connections")] == [connection]
    for _ in range(2):
        act(world, "remove-device", device_fingerprint="second")
    assert [each["id"] for each in world.get("/v1/searches/list-devices")] == [DEVICE]
    # What was known of two phones is forgotten: the one that is left is not asked for.
    act(world, "send-sms", phone=PHONE, message="One phone left")


def test_messages_and_conversations_are_found(world: World) -> None:
    connect(world, "pairfon")
    act(world, "send-sms", phone=PHONE, message="Your table is ready")
    world.inject("Yes, see you at 5")
    rows = world.get("/v1/searches/find-message", phone=PHONE)
    assert {(each["direction"], each["message"]) for each in rows} == {
        ("outbound", "Your table is ready"),
        ("inbound", "Yes, see you at 5"),
    }
    assert len(world.get("/v1/searches/find-message", phone=PHONE, contains="TABLE")) == 1
    assert len(world.get("/v1/searches/find-message", phone=PHONE, direction="inbound")) == 1
    [talk] = world.get("/v1/searches/find-conversation", phone=PHONE)
    assert (talk["message_count"], talk["phone"]) == (2, PHONE)


@pytest.mark.parametrize(
    ("kind", "method", "path", "lacks"),
    [
        ("pairfon", "POST", "/v1/actions/send-mms", "Pairfon cannot send MMS"),
        ("pairfon", "POST", "/v1/actions/create-group", "Pairfon cannot hold contacts"),
        ("pairfon", "GET", "/v1/searches/get-account", "Pairfon cannot show account"),
        ("cloud", "POST", "/v1/actions/remove-device", "Cloud Messaging cannot manage devices"),
        ("cloud", "GET", "/v1/searches/find-message", "Cloud Messaging cannot look up"),
    ],
)
def test_what_a_provider_cannot_do_is_said_by_name(
    world: World, kind: str, method: str, path: str, lacks: str
) -> None:
    connect(world, kind)
    given = {
        "send-mms": {"phone": PHONE, "media_url": "https://example.com/a.jpg"},
        "create-group": {"name": "Customers"},
        "remove-device": {"device_fingerprint": "x"},
        "find-message": {"phone": PHONE},
    }.get(path.rpartition("/")[2], {})
    place = {"json": given} if method == "POST" else {"params": given}
    answer = world.call(method, path, **place)
    assert answer.status_code == 422
    assert lacks in answer.json()["message"]


def test_the_first_connection_that_can_is_taken_or_the_one_that_is_named(world: World) -> None:
    pairfon, cloud = world.connect_pairfon(), world.connect_cloud()
    assert act(world, "send-sms", phone=PHONE, message="First")["connection"] == pairfon
    named = act(world, "send-sms", phone=PHONE, message="Named", connection=cloud)
    assert named["connection"] == cloud
    assert act(world, "create-group", name="Able")["connection"] == cloud
    refused = world.send(connection="conn_nowhere")
    assert refused.status_code == 404
    until(lambda: len(world.sends()) == 1, "one text over Pairfon")
    assert len(world.sends(world.cloud_key)) == 1


def test_without_a_connection_the_refusal_says_how_to_make_one(world: World) -> None:
    answer = world.send()
    assert answer.status_code == 422
    assert "connected yet" in answer.json()["message"]
    assert world.get("/v1/options/devices") == []
