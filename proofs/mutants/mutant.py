"""One mutant: a text of the code, what a careless change makes of it, and the test that fails."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """`caught_by` is a test file, or a test in one, as pytest takes it."""

    name: str
    breaks: str
    file: str
    old: str
    new: str
    caught_by: str

    def plant(self, root: Path) -> None:
        """Change the file under `root`; ValueError unless the old text stands there once."""
        path = root / self.file
        text = path.read_text(encoding="utf-8")
        if (count := text.count(self.old)) != 1:
            raise ValueError(f"{self.name}: its old text stands {count} times in {self.file}")
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


def read_all() -> list[Mutant]:
    """Every mutant beside this module, by name."""
    return [
        Mutant(name=path.stem, **tomllib.loads(path.read_text(encoding="utf-8")))
        for path in sorted(FOLDER.glob("*.toml"))
    ]
