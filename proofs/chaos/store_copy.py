"""Copies of the data server's own files, taken under load and put back under a running service."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from proofs.chaos.arena import Arena
from proofs.rig.sandbox import until

FILES = "appendonlydir"
MANIFEST = """\
file appendonly.aof.1.base.rdb seq 1 type b
file appendonly.aof.1.incr.aof seq 1 type i
"""
"""An append-only file that begins with a snapshot, as the server writes it after a rewrite."""


@dataclass(frozen=True, kw_only=True)
class Copy:
    """`at` is a moment (Unix seconds) whose writes it surely holds."""

    folder: Path
    at: float


def take(arena: Arena, *, snapshot: bool) -> Copy:
    """A snapshot (RDB), or a copy of the append-only file while it grows."""
    at, folder = time.time(), arena.folder / f"copy-{time.time_ns()}"
    if not snapshot:
        shutil.copytree(arena.folder / "redis" / FILES, folder)
        return Copy(folder=folder, at=at)
    arena.db.bgsave()
    until(lambda: not arena.db.info("persistence")["rdb_bgsave_in_progress"], "the snapshot")
    folder.mkdir()
    shutil.copy(arena.folder / "redis" / "dump.rdb", folder / "appendonly.aof.1.base.rdb")
    (folder / "appendonly.aof.1.incr.aof").touch()
    (folder / "appendonly.aof.manifest").write_text(MANIFEST)
    return Copy(folder=folder, at=at)


def put_back(arena: Arena, copy: Copy, *others: str) -> float:
    """Kill the server, and start it with the copy in the place of its files; `others` are killed
    and started with it. Returns when it died (Unix seconds)."""
    # The server first: a call that it commits unanswered would be made again, in another store.
    for name in ("redis", *others):
        arena.kill(name)
    died, place = time.time(), arena.folder / "redis" / FILES
    shutil.rmtree(place)
    shutil.move(copy.folder, place)
    for name in ("redis", *others):
        arena.start(name)
    return died
