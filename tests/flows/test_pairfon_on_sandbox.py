"""Every method of Pairfon once over HTTP against the sandbox, which knows nothing of our code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from integration.kernel.errors import OutcomeUnknown, ProviderUnavailable
from integration.kernel.events import HistoryPage, UpstreamHook
from proofs.rig.receiver import Listener
from proofs.rig.sandbox import Sandbox, until
from providers.pairfon import Pairfon
from tests.contract.webhook_tapes import posted
from tests.flows.on_sandbox import DEVICE, PHONE, arrives, connected, fault, key_of, numbers, text


@pytest.fixture
def pairfon(sandbox: Sandbox) -> Iterator[Pairfon]:
    yield from connected(Pairfon, sandbox.url + "/pairfon", f"pf_methods_{next(numbers)}")


@pytest.mark.parametrize("endpoint", ["zapier", "chat"])
def test_a_text_sent_through_pairfon_is_found_in_its_history(
    sandbox: Sandbox, endpoint: str
) -> None:
    key = f"pf_methods_{next(numbers)}"
    start = datetime.now(UTC)
    for provider in connected(Pairfon, sandbox.url + "/pairfon", key, send_endpoint=endpoint):
        sent = text(provider, device_fingerprint=DEVICE, sim_slot="SIM2")
        assert sent.provider_id
        assert sent.result == {"device_fingerprint": DEVICE, "sim_slot": "SIM2"}
        (row,) = provider.history(device_fingerprint=DEVICE, phone=PHONE, since=start)
        assert (row.direction, row.message, row.sim_slot) == (
            "outbound",
            "Your table is ready",
            "SIM2",
        )
        assert provider.history(device_fingerprint=DEVICE, phone="+14155550199", since=None) == []
        later = start + timedelta(minutes=5)
        assert provider.history(device_fingerprint=DEVICE, phone=PHONE, since=later) == []
    (event,) = sandbox.received(key, "send")
    assert event["endpoint"].endswith("chat/send" if endpoint == "chat" else "zapier/send-sms")


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_a_long_history_is_read_over_its_pages(
    sandbox: Sandbox, pairfon: Pairfon, order: str
) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    sandbox.control("PUT", key_of(pairfon), "settings", {"messages_order": order})
    at = [(start + timedelta(minutes=each)).isoformat() for each in range(250)]
    told = [{"phone": PHONE, "message": str(n), "received_at": at[n]} for n in range(250)]
    arrives(sandbox, pairfon, *told)
    rows = pairfon.history(device_fingerprint=None, phone=PHONE, since=None)
    assert [row.message for row in rows] == [str(n) for n in reversed(range(250))]
    since = start + timedelta(minutes=120)
    rows = pairfon.history(device_fingerprint=None, phone=PHONE, since=since)
    assert [row.message for row in rows] == [str(n) for n in reversed(range(120, 250))]


def test_before_the_first_text_there_is_no_latest(sandbox: Sandbox, pairfon: Pairfon) -> None:
    assert (pairfon.recent(), pairfon.latest()) == ([], None)
    for empty in ("null", "404"):
        sandbox.control("PUT", key_of(pairfon), "settings", {"latest_empty": empty})
        assert pairfon.latest() is None


def test_what_arrived_is_listed_and_the_window_can_be_filled_from_history(
    sandbox: Sandbox, pairfon: Pairfon
) -> None:
    sandbox.control("PUT", key_of(pairfon), "settings", {"inbound_window": 2})
    arrives(
        sandbox,
        pairfon,
        *({"phone": PHONE, "message": each} for each in ("One", "Two")),
        {"phone": "+14155550199", "message": "Three", "sim_slot": "SIM2"},
        {"phone": "MyBank", "message": "Code 1234"},
    )
    recent = pairfon.recent()
    assert [(each.phone, each.message) for each in recent] == [
        ("+14155550199", "Three"),
        ("MyBank", "Code 1234"),
    ]
    latest = pairfon.latest()
    assert latest is not None
    assert latest.message == "Code 1234"
    assert latest.provider_id != recent[-1].provider_id, "the provider's two ids for one message"
    page = pairfon.page(device_fingerprint=DEVICE, phone="+14155550199", number=1)
    assert page == HistoryPage(received=recent[:1], sent=[], pages=1, total=1, unread=[])
    talks = pairfon.conversations(device_fingerprint=None)
    assert {(each.phone, each.message_count) for each in talks} == {
        (PHONE, 2),
        ("+14155550199", 1),
        ("MyBank", 1),
    }


def test_devices_are_listed_and_removed_and_a_push_token_is_never_kept(
    sandbox: Sandbox, pairfon: Pairfon
) -> None:
    sandbox.control("POST", key_of(pairfon), "devices", {"device_fingerprint": "second"})
    assert [each.device_fingerprint for each in pairfon.devices()] == [DEVICE, "second"]
    assert pairfon.probe().label == "Pairfon (2 devices)"
    assert "fcm" not in f"{pairfon.probe()} {pairfon.devices()}"
    assert pairfon.remove_device("second").note == "Device deleted successfully."
    assert pairfon.remove_device("second").note == "The device was already gone."
    assert pairfon.probe().label == "Pairfon (1 device)"


def test_a_registered_webhook_is_pushed_to_and_read(sandbox: Sandbox, pairfon: Pairfon) -> None:
    listener = Listener()
    try:
        hooks = [UpstreamHook(url=listener.url, active=True)]
        saved = pairfon.set_webhooks([*hooks, UpstreamHook(url="http://127.0.0.1:9", active=False)])
        assert saved == pairfon.webhooks()
        assert [(each.url, each.active) for each in saved] == [
            (listener.url, True),
            ("http://127.0.0.1:9", False),
        ]
        arrives(sandbox, pairfon, {"phone": PHONE, "message": "Hello"})
        until(lambda: listener.bodies, "the webhook")
        assert pairfon.read_webhook(posted(listener.bodies[0])) == pairfon.recent()
    finally:
        listener.close()


def test_a_limit_is_reported_with_its_time(sandbox: Sandbox, pairfon: Pairfon) -> None:
    sandbox.control("PUT", key_of(pairfon), "settings", {"rate_limit": 1})
    pairfon.devices()
    with pytest.raises(ProviderUnavailable) as caught:
        pairfon.devices()
    assert caught.value.upstream_status == 429
    assert caught.value.retry_after
    assert 1 <= caught.value.retry_after <= 60


@pytest.mark.parametrize("cut", ["before", "after"])
def test_a_connection_cut_around_the_effect_leaves_the_outcome_unknown(
    sandbox: Sandbox, pairfon: Pairfon, cut: str
) -> None:
    fault(sandbox, pairfon, {"kind": f"cut_{cut}", "match": "POST /zapier/send-sms"})
    with pytest.raises(OutcomeUnknown):
        text(pairfon, device_fingerprint=DEVICE)
    found = pairfon.history(device_fingerprint=DEVICE, phone=PHONE, since=None)
    assert len(found) == (1 if cut == "after" else 0)
