"""Without ALLOW_PRIVATE_TARGETS no hook reaches what only we can reach."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from proofs.rig.sandbox import until
from proofs.rig.sink import Hooked, Sink
from proofs.rig.stack import Stack, World

PUBLIC = "https://93.184.216.34/hook"
FORBIDDEN = [
    "http://93.184.216.34/plain-http",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://0/",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[fe80::1%25eth0]/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1:8443/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/",
    "https://224.0.0.1/",
    "https://user:secret@93.184.216.34/",
    "https://no-such-host.invalid/",
    "https:///hook",
    "https://93.184.216.34:0/",
    "https://93.184.216.34\\@127.0.0.1/",
    "https://①②⑦.⓪.⓪.①/",
]


def restart(stack: Stack, allow: str) -> None:
    stack.settings["ALLOW_PRIVATE_TARGETS"] = allow
    for name in ("web", "worker"):
        stack.kill(name)
        stack.start(name)
    until(stack.is_ready, f"the service with ALLOW_PRIVATE_TARGETS={allow}")


@pytest.fixture(scope="module")
def before(rough: Stack) -> Iterator[Hooked]:
    """A hook at a private address that was made while these were allowed; now they are not."""
    sink = Sink()
    hook = Hooked(rough.workspace(), sink)
    restart(rough, "0")
    yield hook
    restart(rough, "1")
    sink.close()


@pytest.fixture
def strict(before: Hooked, rough: Stack) -> World:
    return rough.workspace()


@pytest.mark.parametrize("target", FORBIDDEN)
def test_a_forbidden_target_is_refused_at_subscribe_and_at_a_change(
    strict: World, target: str
) -> None:
    refused = strict.post("/v1/hooks", target_url=target, trigger="inbound-sms")
    made = strict.post("/v1/hooks", target_url=PUBLIC, trigger="inbound-sms").json()
    path = f"/v1/hooks/{made['id']}"
    changed = strict.call("PATCH", path, json={"target_url": target})
    for answer in (refused, changed):
        assert answer.status_code == 422
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert 10 < len(answer.json()["message"]) <= 250
        assert list(answer.json()["errors"]) == ["target_url"]
        assert "secret" not in answer.text
    assert [each["target_url"] for each in strict.get("/v1/hooks")["data"]] == [PUBLIC]


def test_an_address_that_turned_private_later_is_refused_where_the_socket_opens(
    before: Hooked,
) -> None:
    told = before.tested()
    assert (told["status"], told["attempts"][0]["status"]) == ("dead", 0)
    assert "public" in told["attempts"][0]["detail"]
    assert before.calls() == []
