"""The Dockerfile as it is read, and its steps in a clean folder where there is no Docker."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = "/app"
"""The image's working directory, for which a folder stands in here."""


@dataclass
class Image:
    """What the steps have made: a folder, its environment, and how it is run."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    user: int = 0
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)

    def run(self, command: list[str]) -> None:
        """Raises CalledProcessError where the command fails."""
        subprocess.run(command, cwd=self.folder, env=self.environment, check=True, timeout=900)


def steps(text: str) -> list[tuple[str, str]]:
    """Each instruction and what stands behind it, continued lines joined."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    found = [line.split(maxsplit=1) for line in joined.splitlines() if line.strip()]
    return [(word, rest) for word, rest in found]


def kept() -> list[str]:
    """What .dockerignore leaves in the build's context."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    return [line[1:] for line in lines if line.startswith("!")]


def build(folder: Path) -> Image:
    """Take every step; `folder` must be empty."""
    image = Image(folder)
    text = (ROOT / "Dockerfile").read_text()
    for word, rest in steps(re.sub(rf"{HOME}\b", str(folder), text)):
        _take(image, word, rest)
    return image


def _take(image: Image, word: str, rest: str) -> None:
    if word == "FROM":
        image.environment["PATH"] = f"{_python(image.folder)}:/usr/bin:/bin"
    elif word == "ENV":
        given = rest.replace("$PATH", image.environment["PATH"])
        image.environment |= dict(each.split("=", 1) for each in shlex.split(given))
    elif word == "COPY":
        for name in kept() if rest == ". ." else rest.split()[:1]:
            _copy(ROOT / name, image.folder / name)
    elif word == "RUN":
        image.run(["sh", "-c", rest])
    elif word == "USER":
        image.user = int(rest.partition(":")[0])
    elif word == "CMD":
        image.command = json.loads(rest)
    elif word == "HEALTHCHECK":
        image.health = json.loads(rest.partition("CMD ")[2])
    elif word not in ("WORKDIR", "EXPOSE"):
        raise ValueError(f"This stand-in for Docker does not know {word}.")


def _python(folder: Path) -> Path:
    """A folder with the program `python`, which the base image has: the system's own, since other
    users than root can start it. It needs pip."""
    programs = folder.with_name(f"{folder.name}-programs")
    programs.mkdir()
    (programs / "python").symlink_to("/usr/bin/python3")
    return programs


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)
