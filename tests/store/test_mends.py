"""What is said where the store cannot be reached: the likely cause, and what to do."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from integration.services import Services
from integration.store import client, mends
from launch.sockets import free_port
from proofs.rig import certificate
from tests.store.faulty_store import faulty_store


def told(url: str) -> str:
    db = client.connect(url)
    with pytest.raises(RedisError) as failed:
        db.ping()
    db.close()
    return mends.known(failed.value)


def test_tls_to_a_server_without_it_and_the_reverse_are_named(
    own: Services, tmp_path: Path
) -> None:
    certificate.make(tmp_path / "server.pem", (), ("127.0.0.1",))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")
    with faulty_store(own.settings.redis_url) as plain:
        assert "that it speaks TLS" in told(plain.url.replace("redis:", "rediss:"))
    with faulty_store(own.settings.redis_url, context) as secured:
        assert "begins with rediss://" in told(secured.url)


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("silent", "does not answer"),
        ("closed", "ends the connection"),
        ("nonsense", "no answer of a store"),
        ("max clients", "no connection left"),
    ],
)
def test_a_server_that_does_not_answer_is_named(own: Services, fault: str, cause: str) -> None:
    with faulty_store(own.settings.redis_url) as way:
        way.fail(fault)
        assert cause in told(way.url)


def test_a_server_that_is_not_there_is_named() -> None:
    assert "does not listen there" in told(f"redis://127.0.0.1:{free_port()}")
    assert "a name that nobody knows" in told("redis://no-such-host.invalid")
