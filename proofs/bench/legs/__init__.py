"""The legs, in the order in which they run."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from proofs.bench.leg import Leg


def _load() -> dict[str, Leg]:
    names = sorted((path.stem for path in Path(__file__).parent.glob("p*.py")), key=_number)
    return {name: import_module(f"proofs.bench.legs.{name}").LEG for name in names}


def _number(name: str) -> int:
    return int(name[1:])


LEGS = _load()
