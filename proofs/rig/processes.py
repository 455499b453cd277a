"""Named processes, any of which can be started, killed or stopped where it stands."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import psutil

from proofs.rig.spawn import spawn


class Processes:
    """A subclass says by which command a name starts, and in which environment."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder, self.root = folder, root
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def command(self, name: str) -> list[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        raise NotImplementedError

    def start(self, name: str) -> None:
        """Start one process, in a session of its own so that it can be killed with its tree.

        A name such as `worker-2` starts another process of a kind.
        """
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = spawn(
                self.command(name),
                cwd=self.root,
                env=self.environment(),
                stdout=log,
                stderr=log,
                # Ignored as here: a file-size limit is then a refused write, as on a full disk.
                restore_signals=name != "redis",
            )

    def kill(self, name: str, *, tree: bool = True) -> None:
        """`kill -9`: the whole tree at once, or only the parent."""
        process = self.processes[name]
        if tree:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()

    def pause(self, name: str) -> None:
        """Stop every process of the tree where it stands (SIGSTOP)."""
        os.killpg(self.processes[name].pid, signal.SIGSTOP)

    def resume(self, name: str) -> None:
        os.killpg(self.processes[name].pid, signal.SIGCONT)

    def children(self, name: str) -> list[psutil.Process]:
        found: list[psutil.Process] = psutil.Process(self.processes[name].pid).children()
        return found
