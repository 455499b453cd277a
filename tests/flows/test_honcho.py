"""The Procfile under honcho, as a platform runs it, over a store with a certificate of its own."""

from __future__ import annotations

import ssl
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from proofs.chaos.arena import WORKERS, Arena
from proofs.chaos.campaign import Campaign
from proofs.chaos.load import Demand, Load
from proofs.rig import certificate
from proofs.rig.sandbox import ROOT, until
from tests.store.faulty_store import FaultyStore

EXIT_WITHIN = 25.0
"""Heroku kills 30 s after its SIGTERM."""
PROGRESS = 10
"""Texts accepted between two SIGTERMs."""


class Formation(Arena):
    """The processes of Heroku's formation under one honcho; nothing vouches for the store."""

    def begin(self) -> None:
        vouched = certificate.make(self.folder / "server.pem", (), ("127.0.0.1",))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(vouched)
        self.tls = FaultyStore(self.server.url, context)
        account = f":{self.tls.behind.password}@" if self.tls.behind.password else ""
        self.settings["REDIS_URL"] = self.tls.url.replace("redis://", f"rediss://{account}")
        self.start("honcho")
        until(self.is_ready, "the formation ready")

    def start(self, name: str) -> None:
        if name not in WORKERS:
            super().start(name)

    def command(self, name: str) -> list[str]:
        if name != "honcho":
            return super().command(name)
        formation = ("web", "worker", "scheduler")
        given = ["--env", "/dev/null", "--procfile", f"{ROOT}/Procfile"]
        return [sys.executable, "-m", "honcho", *given, "start", *formation]

    def environment(self) -> dict[str, str]:
        found = super().environment()
        return found | {"PATH": f"{Path(sys.executable).parent}:{found['PATH']}"}

    def stop(self) -> None:
        # honcho's processes have sessions of their own, so they would outlive its end by SIGKILL.
        self.terminate("honcho", tree=False)
        super().stop()
        self.tls.close()


@pytest.fixture
def formation(tmp_path: Path) -> Iterator[Formation]:
    running = Formation(tmp_path)
    yield running
    running.stop()


def has_accepted(load: Load, enough: int) -> bool:
    return load.tally.accepted >= enough


@pytest.mark.slow
@pytest.mark.parametrize("times", [2, pytest.param(20, marks=pytest.mark.proof)])
def test_sigterms_under_load_lose_nothing_and_double_nothing(
    formation: Formation, times: int
) -> None:
    campaign = Campaign(formation, "honcho", seed=1, accounts=2)
    campaign.hook(1)
    load = campaign.load(Demand(bad_share=0.0))
    load.start()
    for _ in range(times):
        enough = load.tally.accepted + PROGRESS
        until(partial(has_accepted, load, enough), "texts accepted")
        assert formation.terminate("honcho", tree=False) < EXIT_WITHIN
        formation.start("honcho")
    closing = campaign.close(load)
    verdict = closing.verdict
    print(f"{times} SIGTERMs, {verdict.accepted} accepted, {verdict.inbound} received")
    assert verdict.accepted >= times * PROGRESS
    assert (verdict.lost, verdict.twice, verdict.unknown) == ((), (), ())
    assert (verdict.astray, verdict.split, closing.open_jobs) == ((), (), ())
    assert closing.wrong == ()
