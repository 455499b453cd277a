"""Shortage: the store is there and has no room, in its memory or on its disk."""

from __future__ import annotations

import contextlib
import resource
from collections.abc import Iterator
from pathlib import Path

from proofs.chaos.arena import Arena

MEMORY_LEFT = 32 * 1024
DISK_LEFT = 4 * 1024
"""Bytes that may still be written: the store fills up under load, as a real one does."""
FREE = resource.RLIM_INFINITY


class NotArrangedError(Exception):
    """This machine does not let us take the room away; says why."""


@contextlib.contextmanager
def memory(arena: Arena) -> Iterator[None]:
    """`maxmemory` just above what is used, with the policy that never evicts."""
    used = int(arena.db.info("memory")["used_memory"])
    arena.db.config_set("maxmemory", used + MEMORY_LEFT)
    try:
        yield
    finally:
        arena.db.config_set("maxmemory", 0)


@contextlib.contextmanager
def disk(arena: Arena) -> Iterator[None]:
    """No file of the store may grow further, without root and without a disk of its own.

    Its append-only file meets the same refusal as on a full disk (EFBIG in place of ENOSPC).

    Under `appendfsync always` a server that cannot write ends itself, as if killed (F3); under
    `everysec`, which managed ones have, it stays and refuses writes. This is the latter.
    """
    arena.db.config_set("appendfsync", "everysec")
    pid, file = arena.processes["redis"].pid, _append_only_file(arena)
    try:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (file.stat().st_size + DISK_LEFT, FREE))
    except (AttributeError, OSError, ValueError) as error:
        raise NotArrangedError(f"the disk could not be filled here ({error})") from error
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (FREE, FREE))
        arena.db.config_set("appendfsync", "always")


def _append_only_file(arena: Arena) -> Path:
    """The one that grows; its folder's name is the server's default."""
    found = list((arena.folder / "redis" / "appendonlydir").glob("*.incr.aof"))
    if not found:
        raise NotArrangedError("the store has no append-only file that could grow")
    return max(found, key=lambda each: each.stat().st_mtime)
