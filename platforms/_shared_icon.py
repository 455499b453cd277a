"""Hookline's icon: files that platforms take as they are."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).with_name("_shared_icons")


def svg(name: str = "hookline") -> str:
    """The drawing for light pages; `hookline.dark` is the one for dark pages."""
    return (FOLDER / f"{name}.svg").read_text(encoding="utf-8")


def png(size: int) -> bytes:
    """The same drawing as a square of 160 or 256 pixels, filled to its edges."""
    return (FOLDER / f"hookline-{size}.png").read_bytes()
