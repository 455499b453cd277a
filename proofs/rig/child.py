"""A module of the proofs that runs as a process of its own beside the service."""

from __future__ import annotations

import subprocess
import sys

from proofs.rig.sandbox import ROOT
from proofs.rig.spawn import spawn


class Child:
    """`ports` are what the module prints in its first line, once it listens on them."""

    def __init__(self, module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", module, *arguments]
        self.process = spawn(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self.process.stdout
        self.ports = [int(each) for each in self.process.stdout.readline().split()]

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
