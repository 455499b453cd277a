"""What a killed sandbox has when it comes back, and what its log shows a judge."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from proofs.rig.receiver import Listener
from proofs.rig.sandbox import Sandbox, until
from sandbox.log import Log, LogInUse
from tests.sandbox.samples import BASE, SMS, TEXT, first_group


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Sandbox]:
    running = Sandbox(tmp_path, tmp_path / "data")
    yield running
    running.stop()


def lines(tmp_path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (tmp_path / "data" / "log.jsonl").read_text().splitlines()]


def everything(sandbox: Sandbox, phone_key: str, office_key: str) -> list[Any]:
    """What both APIs and the controls show."""
    asked = {"device_fingerprint": "sandbox-phone-1", "phone": "+1234567890"}
    paths = ["/zapier/inbound-sms", "/zapier/latest-sms", "/device/list", "/webhooks/inbound-sms"]
    shown = [sandbox.call("GET", f"/pairfon{path}", phone_key).json() for path in paths]
    history = sandbox.call("GET", "/pairfon/chat/messages", phone_key, params=asked).json()
    offices = ["http/contacts", "http/contact-groups", "http/profile"]
    rest = [sandbox.call("GET", f"{BASE}/{path}", office_key).json()["data"] for path in offices]
    rows = [each.get("data", each) for each in rest]
    faults = sandbox.control("GET", phone_key, "state")["faults"]
    received = [sandbox.received(key) for key in (phone_key, office_key)]
    return [shown, history, rows, faults, received]


def test_a_killed_sandbox_comes_back_with_everything(
    mortal: Sandbox, phone_key: str, office_key: str
) -> None:
    at_once = {"status_after": {"sent": 0, "delivered": 0}, "rate_limit": 77}
    mortal.control("PUT", phone_key, "settings", at_once)
    mortal.control("POST", phone_key, "devices", {"device_fingerprint": "second"})
    mortal.control("POST", phone_key, "inbound", {"phone": "+1234567890", "message": "in"})
    mortal.control("POST", phone_key, "faults", {"kind": "status", "match": "/none", "times": 3})
    mortal.call("POST", "/pairfon/zapier/send-sms", phone_key, json=TEXT)
    webhooks = [{"url": "https://a.example/x", "active": False}]
    mortal.call("PUT", "/pairfon/webhooks/inbound-sms", phone_key, json={"webhooks": webhooks})
    store = f"{BASE}/v3/contacts/{first_group(mortal, office_key)}/store"
    mortal.call("POST", store, office_key, json={"phone": "31612345678"})
    mortal.call("POST", f"{BASE}/v3/contacts", office_key, json={"name": "Guests"})
    mortal.call("POST", f"{BASE}/http/sms/send", office_key, json=SMS)
    before = everything(mortal, phone_key, office_key)
    mortal.kill()
    mortal.start()
    assert everything(mortal, phone_key, office_key) == before
    again = mortal.call("GET", "/pairfon/chat/devices", phone_key)
    assert again.headers["RateLimit-Limit"] == "77"


def test_ids_go_on_where_they_were(mortal: Sandbox, phone_key: str) -> None:
    send = ("POST", "/pairfon/zapier/send-sms", phone_key)
    assert mortal.call(*send, json=TEXT).json()["id"] == 1
    mortal.kill()
    mortal.start()
    assert mortal.call(*send, json=TEXT).json()["id"] == 2


def test_what_was_owed_to_a_webhook_is_delivered_after_a_kill(
    mortal: Sandbox, phone_key: str, listener: Listener
) -> None:
    listener.codes = [500]
    webhooks = {"webhooks": [{"url": listener.url, "active": True}]}
    mortal.call("PUT", "/pairfon/webhooks/inbound-sms", phone_key, json=webhooks)
    mortal.control("PUT", phone_key, "settings", {"retry_scale": 3.0})
    mortal.control("POST", phone_key, "inbound", {"phone": "+1555000111", "message": "in"})
    listener.wait_for(1)
    mortal.kill()
    mortal.start()
    first, second = listener.wait_for(2)
    assert first == second


def test_each_accepted_text_is_one_line_of_the_log(
    mortal: Sandbox, phone_key: str, office_key: str, tmp_path: Path
) -> None:
    sent = mortal.call("POST", "/pairfon/zapier/send-sms", phone_key, json=TEXT).json()
    mortal.call("POST", "/pairfon/zapier/send-sms", phone_key, json=TEXT | {"phone": "x"})
    office = mortal.call("POST", f"{BASE}/http/sms/send", office_key, json=SMS).json()
    first, second = [each for each in lines(tmp_path) if each["kind"] == "send"]
    told = ("account", "endpoint", "phone", "text", "id")
    assert [first[name] for name in told] == [
        phone_key, "POST /zapier/send-sms", "+1234567890", "Hello", sent["id"],
    ]  # fmt: skip
    assert second["message_id"] == office["message_id"]
    assert first["at"] < second["at"]


def keep_sending(
    name: str, url: str, key: str, acknowledged: list[str], stop: threading.Event
) -> None:
    """Send numbered texts until the sandbox is gone or `stop` is set."""
    with requests.Session() as web:
        web.trust_env = False
        web.headers["Authorization"] = f"Bearer {key}"
        for number in range(100000):
            text = f"{name} {number}"
            body = TEXT | {"message": text}
            try:
                answer = web.post(f"{url}/pairfon/zapier/send-sms", json=body, timeout=90)
            except requests.RequestException:
                return
            if answer.ok:
                acknowledged.append(text)
            if stop.is_set():
                return


def test_a_text_that_was_acknowledged_is_in_the_log_whenever_the_kill_comes(
    mortal: Sandbox, phone_key: str, tmp_path: Path
) -> None:
    mortal.control("PUT", phone_key, "settings", {"rate_limit": 100000})
    acknowledged, stop = list[str](), threading.Event()
    given = (mortal.url, phone_key, acknowledged, stop)
    threads = [threading.Thread(target=keep_sending, args=(name, *given)) for name in "abcd"]
    for thread in threads:
        thread.start()
    until(lambda: len(acknowledged) > 50, "fifty texts")
    mortal.kill()
    stop.set()
    for thread in threads:
        thread.join()
    mortal.start()
    logged = [each["text"] for each in lines(tmp_path) if each["kind"] == "send"]
    assert set(acknowledged) <= set(logged)
    assert len(logged) == len(set(logged))
    assert [each["text"] for each in mortal.received(phone_key, "send")] == logged


def test_a_line_torn_by_a_crash_is_passed_over(
    mortal: Sandbox, phone_key: str, tmp_path: Path
) -> None:
    mortal.call("POST", "/pairfon/zapier/send-sms", phone_key, json=TEXT)
    mortal.kill()
    with (tmp_path / "data" / "log.jsonl").open("a") as log:
        log.write('{"seq":9,"at":"20')
    mortal.start()
    mortal.call("POST", "/pairfon/zapier/send-sms", phone_key, json=TEXT)
    mortal.kill()
    mortal.start()
    assert len(mortal.received(phone_key, "send")) == 2


def test_without_a_data_folder_the_sandbox_serves_from_memory(
    tmp_path: Path, phone_key: str
) -> None:
    running = Sandbox(tmp_path)
    running.call("POST", "/pairfon/zapier/send-sms", phone_key, json=TEXT)
    assert len(running.received(phone_key, "send")) == 1
    running.kill()
    running.start()
    assert running.received(phone_key) == []
    running.stop()
    assert not (tmp_path / "data").exists()


def test_a_second_process_on_the_same_log_refuses_to_start(tmp_path: Path) -> None:
    first = Log(tmp_path)
    with pytest.raises(LogInUse, match=r"one worker process"):
        Log(tmp_path, wait=0.1)
    first.close()
    Log(tmp_path, wait=0.1).close()
