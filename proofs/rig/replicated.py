"""A store of three servers, one of them the primary, watched by three Sentinels."""

from __future__ import annotations

import os
from pathlib import Path

from integration.store import client
from integration.store.client import TextStore
from launch import embedded
from proofs.rig.ports import free_port
from proofs.rig.processes import Processes
from proofs.rig.sandbox import ROOT, until

NAME, PASSWORD = "main", "a/b@c"  # a test's own
STORES = ("store-1", "store-2", "store-3")
SENTINELS = ("sentinel-1", "sentinel-2", "sentinel-3")
DOWN_MS = 2_000
"""How long a server must be silent before a Sentinel counts it as down."""
_STORE = """\
bind 127.0.0.1
port {port}
dir "{folder}"
save ""
appendonly yes
appendfsync always
maxmemory-policy noeviction
repl-diskless-sync-delay 0
repl-ping-replica-period 1
repl-timeout 5
requirepass {password}
masterauth {password}
replica-announce-ip 127.0.0.1
replica-announce-port {seen}
"""
_SENTINEL = """\
bind 127.0.0.1
port {port}
dir "{folder}"
sentinel monitor main 127.0.0.1 {seen} 2
sentinel auth-pass main {password}
sentinel down-after-milliseconds main {down}
sentinel failover-timeout main 4000
sentinel parallel-syncs main 2
"""


class Replicated(Processes):
    """`url` names the store by its Sentinels, which ask for no password, while the store does."""

    down_ms = DOWN_MS

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder, ROOT)
        self.ports = {name: free_port() for name in (*STORES, *SENTINELS)}
        servers = ",".join(f"127.0.0.1:{self.ports[name]}" for name in SENTINELS)
        self.url = f"redis+sentinel://:a%2Fb%40c@{servers}/{NAME}/0"
        first = self.seen(STORES[0])
        self._write(STORES[0], _STORE, first)
        for name in STORES[1:]:
            self._write_replica(name, STORES[0])
        for name in SENTINELS:
            self._write(name, _SENTINEL, first)
        for name in STORES:
            self.start(name)
        # A Sentinel that looks earlier looks again only after ten seconds.
        until(self._has_replicas, f"a primary with two replicas; {folder}")
        for name in SENTINELS:
            self.start(name)
        until(self.is_whole, f"Sentinels that know each other; {folder}")

    def seen(self, name: str) -> int:
        """The port by which the others reach a server."""
        return self.ports[name]

    def command(self, name: str) -> list[str]:
        path = str(self.folder / name / "server.conf")
        program = embedded.find_program(os.environ.get("PATH", ""))
        return [program, path, *(["--sentinel"] if name in SENTINELS else [])]

    def environment(self) -> dict[str, str]:
        return dict(os.environ)

    def follow(self, name: str, primary: str) -> None:
        """Start a server that was killed, as a replica of `primary`. A Sentinel would make it one
        as well, some ten seconds later."""
        self._write_replica(name, primary)
        self.start(name)

    def primary(self) -> str:
        """Which server the Sentinels name. Raises ConnectionError where none does."""
        db = client.connect(self.url)
        try:
            connection = db.connection_pool.connection_kwargs["connection_pool"]
            port = connection.get_master_address()[1]
        finally:
            db.close()
        return next(name for name in STORES if self.seen(name) == port)

    def is_whole(self) -> bool:
        """Whether the primary has both replicas, and every Sentinel knows the others."""
        try:
            return self._has_replicas(self.primary()) and self._agreed()
        except client.UNABLE:
            return False

    def direct(self, name: str) -> TextStore:
        """A client of one server, to be closed."""
        password = "" if name in SENTINELS else ":a%2Fb%40c@"
        return client.connect(f"redis://{password}127.0.0.1:{self.ports[name]}/0")

    def _has_replicas(self, primary: str = STORES[0]) -> bool:
        db = self.direct(primary)
        try:
            found = db.info("replication")
        except client.UNABLE:
            return False
        finally:
            db.close()
        replicas = [each for each in found.values() if isinstance(each, dict)]
        return [each.get("state") for each in replicas] == ["online", "online"]

    def stop(self) -> None:
        for name, process in self.processes.items():
            if process.poll() is None:
                self.kill(name)

    def _agreed(self) -> bool:
        known = []
        for name in SENTINELS:
            db = self.direct(name)
            known.append(db.sentinel_master(NAME))
            db.close()
        return all((each["num-other-sentinels"], each["num-slaves"]) == (2, 2) for each in known)

    def _write_replica(self, name: str, primary: str) -> None:
        follows = f"replicaof 127.0.0.1 {self.seen(primary)}\n"
        self._write(name, _STORE + follows, self.seen(name))

    def _write(self, name: str, text: str, seen: int) -> None:
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        given = {"port": self.ports[name], "folder": folder, "seen": seen}
        written = text.format(password=f'"{PASSWORD}"', down=self.down_ms, **given)
        (folder / "server.conf").write_text(written, encoding="utf-8")


class OnReplicas:
    """Beside a Stack: its store is a primary with two replicas behind three Sentinels."""

    folder: Path

    def open_store(self) -> str:
        self.store = self.made_store(self.folder / "store")
        self.db = client.connect(self.store.url)
        return self.store.url

    def made_store(self, folder: Path) -> Replicated:
        return Replicated(folder)

    def start(self, name: str) -> None:
        if name != "redis":  # Its servers run since it was opened.
            super().start(name)  # type: ignore[misc]  # Stack has it, not object

    def stop(self) -> None:
        super().stop()  # type: ignore[misc]  # Stack has it, not object
        self.store.stop()
