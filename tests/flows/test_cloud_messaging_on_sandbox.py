"""Every method of the Cloud Messaging family once over HTTP against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from integration.kernel.errors import ProviderRejected
from integration.kernel.events import Sender
from integration.kernel.outgoing import Outgoing
from proofs.rig.receiver import Listener
from proofs.rig.sandbox import Sandbox, until
from providers.cloud_messaging import CloudMessaging
from tests.contract.webhook_tapes import posted
from tests.flows.on_sandbox import PHONE, connected, fault, key_of, numbers, text

PICTURE = "https://example.com/a.jpg"


@pytest.fixture(params=["cloud_messaging", "ultimate_sms"])
def cloud(sandbox: Sandbox, request: Any) -> Iterator[CloudMessaging]:
    start, path = {
        "cloud_messaging": ("cm", "/cloud-messaging/api"),
        "ultimate_sms": ("us", "/ultimate-sms"),
    }[request.param]
    key = f"{start}_methods_{next(numbers)}"
    more = {"preset": request.param, "sender_id": "MyCompany"}
    yield from connected(CloudMessaging, sandbox.url + path, key, **more)


def test_the_messaging_family_sends_and_its_receipts_are_read(
    sandbox: Sandbox, cloud: CloudMessaging
) -> None:
    listener = Listener()
    try:
        settings = {"callback_url": listener.url, "receipts": [{"status": "success"}]}
        sandbox.control("PUT", key_of(cloud), "settings", settings)
        sent = [
            text(cloud),
            cloud.send_mms(Outgoing(phone=PHONE, media_urls=(PICTURE,), sender_id="Acme")),
        ]
        until(lambda: len(listener.bodies) == 2, "both receipts")
        receipts = [each for body in listener.bodies for each in cloud.read_webhook(posted(body))]
        assert {each.provider_id for each in receipts} == {each.provider_id for each in sent}
        assert {each.status for each in receipts} == {"delivered"}
    finally:
        listener.close()
    events = sandbox.received(key_of(cloud), "send")
    assert [(each["channel"], each["sender_id"]) for each in events] == [
        ("sms", "MyCompany"),
        ("mms", "Acme"),
    ]


def test_contacts_and_groups_are_made_and_found(cloud: CloudMessaging) -> None:
    made = cloud.create_group(name="Customers", description="Everybody who bought")
    group = str(made.provider_id)
    assert group in {each.id for each in cloud.groups()}
    for number in range(30):
        cloud.add_contact(
            phone=f"+141555501{number:02}", group_id=group, first_name="Amy", last_name=None
        )
    assert len(cloud.contacts(group_id=group, phone=None)) == 30
    for wanted in (group, None):
        (found,) = cloud.contacts(group_id=wanted, phone="+14155550129")
        assert (found.phone, found.group_id, found.first_name) == ("+14155550129", group, "Amy")
    with pytest.raises(ProviderRejected) as caught:
        cloud.add_contact(phone=PHONE, group_id="nowhere", first_name=None, last_name=None)
    assert caught.value.upstream_status == 404


def test_an_account_tells_its_balance_and_senders(cloud: CloudMessaging) -> None:
    before = cloud.account()
    assert before.label == "Cloud Messaging (Sandbox Account)"
    text(cloud)
    assert float(cloud.probe().balance or 0) == float(before.balance or 0) - 1
    assert cloud.senders() == [Sender(id="MyCompany", label="MyCompany")]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refusal_is_final(sandbox: Sandbox, cloud: CloudMessaging, status: int) -> None:
    fault(sandbox, cloud, {"kind": "status", "code": status})
    with pytest.raises(ProviderRejected) as caught:
        text(cloud)
    assert caught.value.upstream_status == status
    assert sandbox.received(key_of(cloud), "send") == []


def test_a_refusal_with_status_200_is_one(sandbox: Sandbox, cloud: CloudMessaging) -> None:
    sandbox.control("PUT", key_of(cloud), "settings", {"errors_as_200": True})
    with pytest.raises(ProviderRejected, match="Cloud Messaging refused: "):
        text(cloud, phone="+1")
    assert sandbox.received(key_of(cloud), "send") == []
