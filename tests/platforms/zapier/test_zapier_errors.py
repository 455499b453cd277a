"""What a user reads in the step that failed, and what makes Zapier wait and try again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from proofs.rig.sandbox import until
from proofs.rig.stack import Stack, World
from tests.platforms.zapier.zap import Runtime, Zap

TEXT: dict[str, Any] = {"phone": ["+14155550123"], "message": "Hi"}
LONGEST = 250


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"phone": ["hello"]}, 'phone: "hello" has letters in it;'),
        ({"phone": []}, "phone: Phone is missing."),
        ({"message": ""}, "message: Message is missing."),
        ({"schedule_at": "tomorrow"}, "schedule_at: Send At must be a time with an offset"),
        ({"sim_slot": "SIM9"}, "sim_slot: SIM Slot must be SIM1 or SIM2."),
        ({"connection": "conn_nobody"}, "There is no connection"),
    ],
    ids=lambda case: str(case)[:40],
)
def test_a_wrong_field_is_named_in_a_sentence(
    zap: Zap, world: World, given: dict[str, Any], sentence: str
) -> None:
    world.connect_pairfon()
    found = zap.refused("send_sms", **{**TEXT, **given})
    assert found["error"] == "AppError"
    assert found["message"].startswith(sentence)
    assert len(found["message"]) <= LONGEST
    assert world.sends() == []


def test_a_workspace_without_a_provider_says_what_to_do(zap: Zap) -> None:
    found = zap.refused("send_sms", **TEXT)
    assert found["error"] == "AppError"
    assert "connect" in found["message"].lower()


@pytest.mark.parametrize("more", [{}, {"phone": ["+14155550123", "+14155550124"]}])
@pytest.mark.parametrize(("upstream", "status"), [(400, 400), (401, 502), (403, 403), (422, 422)])
def test_a_providers_refusal_is_shown_in_the_step(
    zap: Zap, world: World, upstream: int, status: int, more: dict[str, Any]
) -> None:
    """Also where it refuses all of several recipients."""
    world.connect_pairfon()
    world.fault("status", "POST /zapier/send-sms", code=upstream, times=0)
    found = zap.refused("send_sms", **TEXT | more)
    assert (found["error"], found["status"]) == ("AppError", status)
    assert found["code"] == "provider-rejected"
    assert "A fault set in the sandbox fails this request." in found["message"]
    assert len(found["message"]) <= LONGEST


def test_a_search_tells_the_providers_refusal_too(zap: Zap, world: World) -> None:
    world.connect_pairfon()
    world.fault("status", "GET /", code=403, times=0)
    found = zap.tried(
        "searches.find_message.operation.perform", inputData={"phone": "+14155550123"}
    )
    assert (found["error"], found["status"]) == ("AppError", 403)


def test_a_revoked_key_asks_for_reconnecting_in_every_step(runtime: Runtime, world: World) -> None:
    stranger = Zap(runtime, world, api_key="hk_nobody")
    for method in (
        "triggers.inbound_sms_polling.operation.perform",
        "triggers.inbound_sms.operation.performSubscribe",
        "triggers.devices_list.operation.perform",
        "searches.get_account.operation.perform",
        "creates.send_sms.operation.perform",
    ):
        found = stranger.tried(method, inputData=TEXT, targetUrl="https://hooks.zapier.com/x")
        assert found["error"] == "ExpiredAuthError", method


def test_too_many_requests_make_zapier_wait_as_long_as_asked(
    runtime: Runtime, frail: Stack
) -> None:
    busy = Zap(runtime, frail.workspace())

    def throttled() -> dict[str, Any] | None:
        found = busy.tried("authentication.test")
        return found if found.get("error") == "ThrottledError" else None

    found = until(throttled, "the rate limit met")
    assert found["message"].startswith("This API key made more than 20 requests in a minute")
    assert 1 <= found["delay"] <= 60


def test_a_service_without_its_store_makes_zapier_try_again(runtime: Runtime, frail: Stack) -> None:
    world = frail.workspace()
    frail.kill("redis")
    try:
        found = Zap(runtime, world).refused("send_sms", **TEXT)
    finally:
        frail.start("redis")
    assert found["error"] == "ThrottledError"
    assert found["message"].startswith("The service cannot reach its data store right now")
    assert found["delay"] >= 1


class Page:
    """Another web site: every GET answers one page under a given status."""

    def __init__(self) -> None:
        self.status = 200
        page = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(page.status)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(b"<h1>Welcome</h1>")

            def log_message(self, *_: Any) -> None:
                """Say nothing on the test's output."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def site() -> Iterator[Page]:
    page = Page()
    yield page
    page.close()


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (200, "No Hookline server answered at the Server URL; check the address."),
        (502, "Your server answered 502 without a reason; check that it runs and try again."),
    ],
)
def test_a_page_of_another_server_is_refused(
    runtime: Runtime, world: World, site: Page, status: int, sentence: str
) -> None:
    site.status = status
    found = Zap(runtime, world, base_url=site.url).tried("authentication.test")
    assert (found["error"], found["message"]) == ("AppError", sentence)
