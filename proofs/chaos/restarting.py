"""Processes of the service started again with other settings, as a person does in a console."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from proofs.chaos.arena import WORKERS, Arena
from proofs.rig.sandbox import until

ALL = ("web", *WORKERS, "scheduler")


@contextlib.contextmanager
def with_settings(arena: Arena, names: tuple[str, ...] = ALL, **settings: str) -> Iterator[None]:
    """So set within, as before after it; each process ends by SIGTERM."""
    before = dict(arena.settings)
    arena.settings = before | settings
    _again(arena, names)
    try:
        yield
    finally:
        arena.settings = before
        _again(arena, names)


def _again(arena: Arena, names: tuple[str, ...]) -> None:
    for name in names:
        arena.processes[name].terminate()
    for name in names:
        arena.processes[name].wait(60)
        arena.start(name)
    if "web" in names:
        until(arena.is_ready, "the service ready with its new settings")
