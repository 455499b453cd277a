"""A web process that is asked to end answers calls in flight, and waits for no idle connection."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import pytest

from proofs.rig.sandbox import until
from proofs.rig.stack import Stack

CLIENTS = 12
SLOW = 7.0
"""Seconds that the provider takes: half of the 15 that gunicorn waits for open connections, since a
machine that stalls may hold up both."""


@pytest.fixture
def clients(rough: Stack) -> Iterator[list[HTTPConnection]]:
    """Clients that keep their connection open after a first call."""
    found = [HTTPConnection("127.0.0.1", rough.port, timeout=90) for _ in range(CLIENTS)]
    for each in found:
        each.request("GET", "/healthz")
        assert each.getresponse().read()
    yield found
    for each in found:
        each.close()


def test_clients_that_ask_nothing_do_not_delay_the_end(
    rough: Stack, clients: list[HTTPConnection]
) -> None:
    world = rough.workspace()
    world.connect_pairfon()
    world.fault("delay", "POST /zapier/send-sms", seconds=SLOW, after=True)
    web = rough.processes["web"]
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(world.send, message="In flight", wait="20")
        until(world.sends, "the provider to take it")
        web.send_signal(signal.SIGTERM)
        assert [each.sock.recv(1) for each in clients] == [b""] * CLIENTS
        assert not sending.done(), "the others are let go while the call is in flight"
        answer = sending.result()
    assert answer.status_code == 200
    assert answer.json()["status"] in ("sent", "delivered")
    assert web.wait(120) == 0
    rough.start("web")
    until(rough.is_ready, "the service ready")
    world.leave()
