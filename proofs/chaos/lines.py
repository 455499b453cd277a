"""Append-only files of JSON lines: how evidence is written, and read while it grows."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


class Pen:
    """Writes lines that are in the file when `write` returns."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def write(self, **facts: Any) -> None:
        os.write(self._file, json.dumps(facts).encode() + b"\n")

    def close(self) -> None:
        os.close(self._file)


class Tail:
    """Gives the lines that were added since the last look; half a line waits for its end."""

    def __init__(self, path: Path) -> None:
        self._path, self._at = path, 0

    def read(self) -> list[dict[str, Any]]:
        if not self._path.exists():
            return []
        with self._path.open("rb") as file:
            file.seek(self._at)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        self._at += len(whole)
        return [json.loads(line) for line in whole.splitlines() if line.strip()]
