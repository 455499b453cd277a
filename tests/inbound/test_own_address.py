"""PUBLIC_URL is called as a provider would call it, and /readyz says where it leads elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import ThreadingHTTPServer
from typing import Any

import pytest

from integration.app import create
from integration.inbound import own_address
from integration.services import Services
from integration.store import keys
from proofs.rig.ports import free_port
from proofs.rig.receiver import Quiet
from proofs.rig.sandbox import until
from proofs.rig.stack import Stack


@contextmanager
def server(status: int, body: bytes = b"", **headers: str) -> Iterator[str]:
    """The address of a server that answers everything alike."""

    class Handler(Quiet):
        def do_GET(self) -> None:
            self.say(status, {"Content-Length": str(len(body)), **headers})
            self.wfile.write(body)

    found = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=found.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{found.server_port}"
    found.shutdown()
    thread.join()
    found.server_close()


def at(own: Services, url: str) -> Services:
    return replace(own, settings=replace(own.settings, public_url=url))


def told(own: Services) -> dict[str, Any]:
    answer = create(own).test_client().get("/readyz")
    assert answer.status_code == 200
    return dict(answer.get_json()["checks"]["public_url"])


ELSEWHERE = [
    (200, b'{"status": "ok"}', {}, "leads to another service"),
    (200, b'{"status": "ok", "service": "xxxxxxxxxxxxxxxx"}', {}, "leads to another service"),
    (200, b"[]", {}, "leads to another service"),
    (200, b"<html>", {}, "leads to another service"),
    (301, b"", {"Location": "https://127.0.0.1/healthz"}, "redirects"),
    (404, b"", {}, "status 404"),
    (502, b"", {}, "status 502"),
]


@pytest.mark.parametrize(("status", "body", "headers", "said"), ELSEWHERE)
def test_another_service_is_said_after_the_second_call(
    own: Services, status: int, body: bytes, headers: dict[str, str], said: str
) -> None:
    with server(status, body, **headers) as url:
        services = at(own, url)
        own_address.turn(services)
        assert told(services)["ok"]
        own_address.turn(services)
    assert not told(services)["ok"]
    assert said in told(services)["detail"]


def test_an_address_where_nobody_listens_is_said_and_called_again_soon(own: Services) -> None:
    services = at(own, f"http://127.0.0.1:{free_port()}")
    first, again = own_address.turn(services), own_address.turn(services)
    assert "cannot be called" in told(services)["detail"]
    own.db.delete(keys.OWN_ADDRESS)
    unset = own_address.turn(own)
    assert max(first, again) < unset


def test_one_success_ends_the_complaint_and_so_does_a_new_address(
    own: Services,
) -> None:
    services = at(own, f"http://127.0.0.1:{free_port()}")
    for _ in range(own_address.ENOUGH):
        own_address.turn(services)
    body = b'{"service": "%s"}' % own_address.mark(own).encode()
    with server(200, body) as url:
        moved = at(own, url)
        assert "not been called yet" in told(moved)["detail"]
        own_address.turn(moved)
    assert told(moved) == {"ok": True, "detail": "PUBLIC_URL leads here."}


def test_without_an_address_nothing_is_called_and_a_damaged_note_is_passed_over(
    own: Services,
) -> None:
    own_address.turn(own)
    assert "not set" in told(own)["detail"]
    own.db.set(keys.OWN_ADDRESS, "{")
    assert told(at(own, "https://sms.example.com"))["ok"]


def test_the_running_service_finds_itself(stack: Stack) -> None:
    def found() -> bool:
        checks = stack.workspace().call("GET", "/readyz").json()["checks"]
        return bool(checks["public_url"]["detail"] == "PUBLIC_URL leads here.")

    until(found, "the service's own address called")
