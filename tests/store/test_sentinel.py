"""A store behind Sentinels: every client follows the primary, however the former one ended."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.settings import Settings
from integration.store import client, durability
from integration.store.client import UNABLE, TextStore
from integration.store.pipeline import Line
from proofs.rig.ports import free_port
from proofs.rig.replicated import SENTINELS, Replicated
from proofs.rig.sandbox import until

ROUNDS = 1_800
"""A tenth of a second each, and more where a server does not answer."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Replicated]:
    found = Replicated(tmp_path)
    yield found
    found.stop()


@pytest.fixture
def db(store: Replicated) -> Iterator[TextStore]:
    url = Settings.from_env({"REDIS_URL": store.url}).redis_url
    found = client.connect(url)
    yield found
    found.close()


def moved(store: Replicated, former: str) -> bool:
    """Whether the Sentinels name another primary, and not none for a moment."""
    try:
        return store.primary() != former
    except UNABLE:
        return False


def writes(db: TextStore) -> bool:
    """Whether the blocking client and the line over its connections write."""
    try:
        db.set("by the client", 1)
        Line(db.connection_pool).ask(("SET", "by the line", "1"))
    except UNABLE:
        return False
    return True


def test_every_client_follows_a_primary_that_was_killed(store: Replicated, db: TextStore) -> None:
    until(lambda: writes(db), "writes on the first primary")
    former = store.primary()

    async def on_one_loop() -> None:
        waiting = client.connect_async(store.url)
        await waiting.set("before", 1)
        store.kill(former)
        for _ in range(ROUNDS):
            try:
                await waiting.set("after", 1)
                assert await waiting.get("after") == "1"
                break
            except UNABLE:
                await asyncio.sleep(0.1)
        else:
            raise AssertionError("The client never wrote on the new primary.")
        await waiting.aclose()

    asyncio.run(on_one_loop())
    until(lambda: writes(db), "writes on the new primary")
    until(lambda: moved(store, former), "another primary")


def test_a_client_leaves_a_former_primary_that_still_answers(
    store: Replicated, db: TextStore
) -> None:
    until(lambda: writes(db), "writes on the first primary")
    former = store.primary()
    asked = store.direct(SENTINELS[0])
    asked.execute_command("SENTINEL FAILOVER", "main")
    asked.close()
    until(lambda: moved(store, former), "a failover")
    until(lambda: writes(db), "writes on the new primary")
    assert db.info("replication")["role"] == "master"


def test_a_store_goes_on_without_its_sentinels(store: Replicated, db: TextStore) -> None:
    until(lambda: writes(db), "writes beside its Sentinels")
    for name in SENTINELS:
        store.kill(name)
    db.connection_pool.disconnect()
    until(lambda: writes(db), "writes without them")


def test_sentinels_that_are_not_there_yet_do_not_stop_the_start() -> None:
    db = client.connect(f"redis+sentinel://127.0.0.1:{free_port()}/main/0")
    durability.at_start(db)
    db.close()
