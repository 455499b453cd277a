"""An arena whose service reaches its store, its providers and its hook targets over links."""

from __future__ import annotations

import contextlib
from pathlib import Path
from urllib.parse import unquote, urlsplit

from proofs.chaos import room
from proofs.chaos.arena import Arena
from proofs.chaos.fault_names import host
from proofs.chaos.fault_proxy import FaultProxy

STORE = "store"
WORKERS = "16"
"""Processes for actions in each tree: a provider that hangs holds one for 10 s."""


class FaultArena(Arena):
    """Only inside a room, where links have names; our own client goes to the store directly."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.proxy = FaultProxy(seed, room.NAMES)
        self._store_url = ""
        try:
            super().__init__(folder, WORKER_CONCURRENCY=WORKERS)
        except BaseException:
            self.proxy.stop()
            raise

    def link(self, name: str, url: str, path: str = "", certificate: Path | None = None) -> str:
        """Open a link to the server of `url`; returns what to call instead of it."""
        port = self.proxy.open(name, urlsplit(url).netloc, certificate)
        return f"{'https' if certificate else 'http'}://{host(name)}:{port}{path}"

    def environment(self) -> dict[str, str]:
        """The service's, with the store behind a link of its own."""
        self._store_url = self._store_url or self._link_store()
        return {**super().environment(), "REDIS_URL": self._store_url}

    def _link_store(self) -> str:
        parts = urlsplit(self.server.url)
        door, _, place = parts.netloc.rpartition("@")
        to = unquote(parts.path) if parts.scheme == "unix" else place
        port = self.proxy.open(STORE, to)
        return f"redis://{door}{'@' if door else ''}{host(STORE)}:{port}/0"

    def stop(self) -> None:
        with contextlib.ExitStack() as ending:
            ending.callback(self.proxy.stop)
            super().stop()
