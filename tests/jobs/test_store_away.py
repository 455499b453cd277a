"""The store stops while a job is performed: no job ends as unknown, and the log names no bug."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from redis.exceptions import RedisError

from integration.accounts import connections
from integration.jobs import failover, ledger, opted_out, perform
from integration.runtime import stopping as process
from integration.services import Services
from proofs.rig.sandbox import until
from tests.contract.peers import answering, peer
from tests.jobs.history import Desk

AWAY_SECONDS = 4.0
"""Longer than two commands wait for their answer."""
TAKEN = b'{"status": "success", "message_id": "m1"}'


@pytest.fixture
def store_pid(own: Services) -> Iterator[int]:
    pid = int(own.db.info("server")["process_id"])
    yield pid
    os.kill(pid, signal.SIGCONT)
    until(lambda: _answers(own), "the data server's answer")


def _answers(own: Services) -> bool:
    try:
        return bool(own.db.ping())
    except RedisError:
        return False


def goes_away(pid: int) -> None:
    os.kill(pid, signal.SIGSTOP)
    threading.Timer(AWAY_SECONDS, os.kill, (pid, signal.SIGCONT)).start()


@pytest.fixture
def back_at_the_end(store_pid: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that stopped goes on once the run has its ending, however long that took."""
    follows = failover.after

    def after(*given: Any) -> Any:
        os.kill(store_pid, signal.SIGCONT)
        return follows(*given)

    monkeypatch.setattr(failover, "after", after)


def desk_at(own: Services, url: str, provider: str = "cloud_messaging") -> Desk:
    """At a provider without a history: what is not recorded here is not found out any more."""
    given = {"api_key": "cm_nothing", "base_url": url, "sender_id": "MyCompany"}
    made = connections.make(workspace="w", provider=provider, label="Label", settings=given)
    connections.save(own, made)
    return Desk(own, made)


def test_an_answer_that_came_while_the_store_was_away_is_recorded_when_it_is_back(
    own: Services, store_pid: int
) -> None:
    taken = answering(body=TAKEN, RateLimit_Limit="100")

    def serve(connection: socket.socket, request: bytes) -> None:
        goes_away(store_pid)
        taken(connection, request)

    with peer(serve) as gateway:
        job = desk_at(own, gateway.url).job()
        perform.run(job)
    assert status(own, job) == "sent"
    assert len(gateway.requests) == 1


def test_a_store_that_does_not_answer_a_claim_costs_time_and_no_more(
    own: Services, store_pid: int
) -> None:
    with peer(answering(body=TAKEN)) as gateway:
        job = desk_at(own, gateway.url).job()
        goes_away(store_pid)
        perform.run(job)
    assert status(own, job) == "sent"
    assert len(gateway.requests) == 1


@pytest.mark.usefixtures("back_at_the_end")
def test_a_call_that_gets_no_permit_from_the_store_is_not_made_and_made_later(
    own: Services, store_pid: int
) -> None:
    phones = answering(body=b'{"devices": [{"device_fingerprint": "phone-1"}]}')

    def serve(connection: socket.socket, request: bytes) -> None:
        if request.startswith(b"POST"):
            answering(body=b'{"id": 7}')(connection, request)
            return
        if len(gateway.requests) == 1:
            os.kill(store_pid, signal.SIGSTOP)
        phones(connection, request)

    with peer(serve) as gateway:
        desk = desk_at(own, gateway.url, "pairfon")
        job = desk.accepted({"phone": ["+14155550123"], "message": "Your table is ready"})
        perform.run(job)
        assert status(own, job) == "queued"
        assert [each[:4] for each in gateway.requests] == [b"GET "]

        def sent() -> bool:
            perform.run(job)
            return status(own, job) == "sent"

        until(sent, "the send")
    assert [each[:4] for each in gateway.requests].count(b"POST") == 1


@pytest.mark.usefixtures("back_at_the_end")
def test_a_store_that_goes_between_the_claim_and_the_call_costs_time_and_no_more(
    own: Services, store_pid: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = opted_out.refusal

    def look(*given: Any) -> Any:
        monkeypatch.setattr(opted_out, "refusal", looks)
        os.kill(store_pid, signal.SIGSTOP)
        return looks(*given)

    monkeypatch.setattr(opted_out, "refusal", look)
    with peer(answering(body=TAKEN)) as gateway:
        job = desk_at(own, gateway.url).job()
        perform.run(job)
        assert status(own, job) == "queued"

        def sent() -> bool:
            perform.run(job)
            return status(own, job) == "sent"

        until(sent, "the send")
    assert len(gateway.requests) == 1


def test_a_process_that_ends_while_the_store_is_away_says_so_in_one_sentence(
    own: Services,
    store_pid: int,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = desk_at(own, "http://127.0.0.1:9").job()
    os.kill(store_pid, signal.SIGSTOP)
    monkeypatch.setattr(perform, "LAST_SECONDS", 1.0)
    process.stopping.set()
    try:
        with caplog.at_level(logging.DEBUG, "integration"):
            perform.run(job)
    finally:
        process.stopping._after_fork()
    said = (
        f"The store could not be reached while {job} was performed (TimeoutError);"
        " the sweeper takes the job up again."
    )
    assert [record.message for record in caplog.records] == [said]
    os.kill(store_pid, signal.SIGCONT)
    until(lambda: _answers(own), "the data server's answer")
    assert status(own, job) in ("queued", "sending")


def status(own: Services, job: str) -> str:
    found = ledger.by_id(own, job)
    assert found
    return found.status
