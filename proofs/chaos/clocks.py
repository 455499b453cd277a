"""Clocks that are set while the service runs: its store's, and those of the two hosts it is on."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

from proofs.chaos.arena import WORKERS, Arena

SOURCE = Path(__file__).with_name("stepped_clock.c")
STORE, HERE, THERE = "store", "here", "there"
CLOCKS = (STORE, HERE, THERE)
APART_SECONDS = 5.0
"""How far the second host's clock is ahead when nobody has set one."""


def lacking() -> str:
    """Why clocks cannot be set on this machine, "" when they can."""
    return "" if shutil.which("cc") else "there is no C compiler to build the clock with"


class Clocked(Arena):
    """An arena of two hosts and a store, each with a wall clock of its own. The second worker
    tree is the other host's; all of them live in zones that are not UTC."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.clocks = {name: folder / f"{name}.clock" for name in CLOCKS}
        for name in CLOCKS:
            self.clocks[name].touch()
            self.set(name, 0)
        library = folder / "stepped_clock.so"
        command = ["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE), "-ldl"]
        subprocess.run(command, check=True)
        super().__init__(folder, LD_PRELOAD=str(library), TZ="America/New_York", **settings)

    def start(self, name: str) -> None:
        places = {"redis": STORE, WORKERS[1]: THERE}
        self.settings["CHAOS_CLOCK"] = str(self.clocks[places.get(name, HERE)])
        super().start(name)

    def set(self, name: str, seconds: float) -> None:
        """Let the clock be off by `seconds`, from this moment on; the other host's also by its
        usual difference."""
        off = seconds + (APART_SECONDS if name == THERE else 0)
        with self.clocks[name].open("r+b") as file:
            file.write(struct.pack("<q", round(off * 1000)))
