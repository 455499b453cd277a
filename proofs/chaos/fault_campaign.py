"""A campaign over links: one account for each fault, and some for the faults of the store."""

from __future__ import annotations

from pathlib import Path

from proofs.chaos.campaign import GENEROUS, Campaign
from proofs.chaos.fault_arena import FaultArena
from proofs.chaos.faults import KINDS
from proofs.chaos.load import Demand, Load
from proofs.rig.stack import World

STORE_ACCOUNTS = 4


class Linked(Campaign):
    """`worlds` first has the accounts for the store's faults, then one for each fault.

    The latter reaches its provider and its hook's target over links of its own.
    """

    arena: FaultArena
    hook_seconds = 780.0
    """A delivery that failed four times is tried again ten minutes later."""
    settle_seconds = 180.0

    def __init__(self, arena: FaultArena, seed: int, certificate: Path) -> None:
        super().__init__(arena, "f6", seed, accounts=STORE_ACCOUNTS)
        self.hook(STORE_ACCOUNTS)
        self.inner = list(self.worlds)
        self.outer = [self._account(kind, certificate) for kind in KINDS]
        self.worlds = [*self.inner, *self.outer]
        self.loads: list[Load] = []

    def _account(self, kind: str, certificate: Path) -> World:
        # The proxy speaks TLS where TLS is what fails.
        tls = certificate if kind == "tls-garbage" else None
        world, arena = self.arena.workspace(), self.arena
        url = arena.link(f"provider-{kind}", arena.sandbox.url, "/pairfon", tls)
        given = {"provider": "pairfon", "api_key": world.pairfon_key, "base_url": url}
        made = world.post("/v1/connections", **given)
        assert made.json().get("health") == "ok", made.text
        world.control("PUT", "settings", GENEROUS)
        target = arena.link(f"hooks-{kind}", arena.sink.base, "/hook", tls)
        made = world.post("/v1/hooks", target_url=target, trigger="inbound-sms")
        assert made.status_code == 201, made.text
        return world

    def begin(self, name: str, worlds: list[World], demand: Demand) -> Load:
        """The next load; the one before comes to its end first."""
        load = Load(worlds, f"{self.label} {name}", demand, self.accepted, self.seed)
        load.hooked = worlds
        if self.loads:
            self.loads[-1].finish()
        self.loads.append(load)
        load.start()
        return load

    def leaks(self) -> list[str]:
        """Lines of the service's logs with a number, a text or a key: what fails is logged, and
        such errors quote what they were about."""
        private = ("1415555", self.label, *(world.pairfon_key for world in self.worlds))
        names = ("web", "worker", "worker-2", "scheduler")
        logs = [self.arena.folder / f"{name}.log" for name in names]
        lines = [line for log in logs for line in log.read_text(errors="replace").splitlines()]
        return [line for line in lines if any(each in line for each in private)]
