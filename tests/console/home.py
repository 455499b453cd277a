"""The service as README starts it: `python -m launch` in an empty home, and what it prints."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from proofs.rig.ports import free_port
from proofs.rig.sandbox import ROOT, until
from proofs.rig.spawn import spawn

END_SECONDS = 120.0
PRINTED = {"console": r"Console +(\S+)", "handset": r"Handset +(\S+)", "key": r"API key +(\S+)"}


class Home:
    """One launcher with all its data under `folder`; the addresses and the key that it printed.

    `walked` counts the newcomers who have been here.
    """

    walked = 0

    def __init__(self, folder: Path) -> None:
        home, state = folder / "home", folder / "state"
        home.mkdir()
        state.mkdir()
        # Its usual port may be taken by another run of the tests between the look and the start.
        (state / "sandbox-port").write_text(str(free_port()))
        self._said = folder / "said"
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "HOOKLINE_STATE": str(state),
            "PORT": str(free_port()),
        }
        with self._said.open("wb") as said:
            self._process = spawn(
                [sys.executable, "-m", "launch"],
                cwd=ROOT,
                env=environment,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
        try:
            until(self._ready, "the addresses that the launcher prints")
        except BaseException:
            self.stop()
            raise
        found = {name: re.search(pattern, self.said) for name, pattern in PRINTED.items()}
        assert all(found.values()), self.said
        self.console, self.handset, self.key = (each[1] for each in found.values() if each)

    @property
    def said(self) -> str:
        return self._said.read_text(encoding="utf-8")

    def stop(self) -> None:
        """The launcher ends what it has started."""
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait(END_SECONDS)

    def _ready(self) -> bool:
        assert self._process.poll() is None, self.said
        return "Hookline is ready" in self.said
