"""A Make app as a folder of files: what its manifest says and what its codes hold."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

GONE = object()
"""Stands for a member that is taken away."""


class App:
    """The files by path, with those that hold JSON read."""

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        self.texts = {p: t.decode() if isinstance(t, bytes) else t for p, t in files.items()}
        read = {p: _read(t) for p, t in self.texts.items() if p.endswith(".json")}
        self.json: dict[str, Any] = read

    @property
    def manifest(self) -> dict[str, Any]:
        return dict(self.json["makecomapp.json"])

    @property
    def base(self) -> dict[str, Any]:
        return dict(self.json[self.manifest["generalCodeFiles"]["base"]])

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """The entries of one kind of component, by id."""
        return dict(self.manifest["components"].get(kind, {}))

    def codes(self, kind: str, name: str) -> dict[str, Any]:
        """What the files of one component hold."""
        files = self.of(kind)[name]["codeFiles"]
        return {code: self.json.get(path) for code, path in files.items() if path}

    def every(self, *wanted: str) -> Iterator[tuple[str, str, Any]]:
        """Kind, path and content of every code of these names, wherever it is."""
        for kind, entries in self.manifest["components"].items():
            for entry in entries.values():
                for code, path in entry["codeFiles"].items():
                    if code in wanted and path in self.json:
                        yield kind, path, self.json[path]

    def spoilt(self, path: str, keys: tuple[Any, ...], value: Any) -> App:
        """Another app in which one member is different, or gone; without keys, a whole file."""
        other = copy.deepcopy(self)
        if not keys:
            other.texts.pop(path, None)
            other.json.pop(path, None)
            if value is not GONE:
                other.texts[path] = json.dumps(value)
                other.json[path] = value
            return other
        place = other.json[path]
        for key in keys[:-1]:
            place = place[key]
        if value is GONE:
            del place[keys[-1]]
        elif isinstance(place, list) and keys[-1] == len(place):
            place.append(value)
        else:
            place[keys[-1]] = value
        return other


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return None
