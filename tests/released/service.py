"""A service whose processes run the code of a release, each by the Procfile of that release."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

from proofs.rig.sandbox import ROOT, Sandbox, answers, until
from proofs.rig.stack import APART, Stack, World

WEB_PORT, SANDBOX_PORT, SINK_PORT = 14_870, 14_871, 14_872
"""Fixed, since a stored connection and a stored hook hold the addresses of sandbox and sink."""
SECRET_KEY = "the secret key of the stores in tests/released"


class MixedStack(Stack):
    """`roots` says which code each kind of process runs; the others run this checkout's."""

    def __init__(self, folder: Path, roots: dict[str, Path], **settings: str) -> None:
        self.roots = dict(roots)
        super().__init__(folder, **settings)

    def serve(self, *names: str) -> None:
        """Start these processes and wait for the web process."""
        for name in names or APART:
            self.start(name)
        until(lambda: answers(f"{self.url}/healthz"), f"the web process; {self.logs()}")

    def start(self, name: str) -> None:
        self.root = self.root_of(name)
        super().start(name)

    def root_of(self, name: str) -> Path:
        return self.roots.get(name.partition("-")[0], ROOT)

    def command(self, name: str) -> list[str]:
        if name == "redis":
            return super().command(name)
        kind = name.partition("-")[0]
        lines = (self.root_of(name) / "Procfile").read_text(encoding="utf-8").splitlines()
        [line] = [each for each in lines if each.startswith(f"{kind}:")]
        words = shlex.split(line.partition(":")[2])
        if "gunicorn" in words:
            return [sys.executable, "-m", *words[words.index("gunicorn") :]]
        return [sys.executable, *words[words.index("python") + 1 :]]


class ReleaseStack(MixedStack):
    """A service on fixed ports, whose processes are started once a stored store is loaded."""

    def __init__(self, folder: Path, root: Path = ROOT) -> None:
        given = {"PORT": str(WEB_PORT), "SECRET_KEY": SECRET_KEY, "RETENTION_DAYS": "3650"}
        super().__init__(folder, dict.fromkeys(APART, root), **given)

    def open_sandbox(self) -> Sandbox:
        return Sandbox(self.folder, self.folder / "sandbox", SANDBOX_PORT)

    def begin(self) -> None:
        """Start nothing yet."""


def archived(commit: str, folder: Path) -> Path:
    """The files of a commit, unpacked into a new folder and compiled, as an installation is."""
    folder.mkdir(parents=True)
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True)
    subprocess.run(["tar", "-x", "-C", str(folder)], input=packed.stdout, check=True)
    # Else each of its processes would compile all of it, where Python may write no files.
    subprocess.run([sys.executable, "-m", "compileall", "-q", "-x", "/tests/", folder], check=True)
    return folder


class Resident(World):
    """A workspace that is there already."""

    def __init__(self, stack: Stack, name: str, key: str) -> None:
        self.stack, self.name, self.key = stack, name, key
        self.pairfon_key = f"pf_{name}"
        self.cloud_key = f"cm_{name}"
        self.ultimate_key = f"us_{name}"
