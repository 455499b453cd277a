"""A store of three servers and three Sentinels, all behind a certificate of their own.

The servers of the tests speak no TLS, so a way in front of each does. Among themselves they go the
same way without it, since Sentinels name the primary to the service and to each other alike.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.store import client
from proofs.rig import certificate
from proofs.rig.replicated import SENTINELS
from proofs.rig.sandbox import until
from proofs.rig.stack import World
from tests.flows.test_replicated_store import Patient, ReplicatedStack, accepted, is_sent
from tests.store.faulty_store import FaultyStore


class EitherWay(FaultyStore):
    """Speaks TLS to those who begin with it; `plain` counts the others."""

    plain = 0

    def _secured(self, client: socket.socket) -> socket.socket:
        if client.recv(1, socket.MSG_PEEK) == b"\x16":
            return super()._secured(client)
        self.plain += 1
        return client


class Secured(Patient):
    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.vouched = certificate.make(folder / "server.pem", (), ("127.0.0.1",))
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.vouched)
        self.ways: dict[str, EitherWay] = {}
        super().__init__(folder)
        for name in SENTINELS:
            port = f":{self.ports[name]}"
            self.url = self.url.replace(port, f":{self.seen(name)}")
        self.url = self.url.replace("redis+", "rediss+")

    def seen(self, name: str) -> int:
        if name not in self.ways:
            plain = f"redis://127.0.0.1:{self.ports[name]}"
            self.ways[name] = EitherWay(plain, self.context)
        return int(self.ways[name].listener.getsockname()[1])

    def stop(self) -> None:
        super().stop()
        for each in self.ways.values():
            each.close()


class SecuredStack(ReplicatedStack):
    def made_store(self, folder: Path) -> Secured:
        self.secured = Secured(folder)
        return self.secured


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredStack]:
    found = SecuredStack(tmp_path_factory.mktemp("secured"), STORE_REPLICAS="1")
    yield found
    found.stop()


def test_a_certificate_is_checked_where_the_address_asks_for_it(service: SecuredStack) -> None:
    asked = f"{service.store.url}?ssl_cert_reqs=required"
    trusting = client.connect(f"{asked}&ssl_ca_certs={service.secured.vouched}")
    assert trusting.ping()
    trusting.close()
    wary = client.connect(asked)
    with pytest.raises(client.UNABLE):
        wary.ping()
    wary.close()


def test_texts_go_on_over_tls_after_the_primary_was_killed(service: SecuredStack) -> None:
    world = World(service)
    world.connect_pairfon()
    world.settled(world.send(message="before").json()["id"])
    service.store.kill(service.store.primary())
    until(lambda: world.call("GET", "/v1/me").ok, "calls to be served again")
    job = until(lambda: accepted(world), "a text to be accepted")
    until(lambda: is_sent(world, job), "the text to be sent")
    assert [each["text"] for each in world.sends()] == ["before", "after"]
    assert [service.secured.ways[name].plain for name in SENTINELS] == [0, 0, 0]
