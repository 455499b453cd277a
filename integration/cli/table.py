"""Tables: lists as a person reads them, where a terminal shows them."""

import re
import shutil
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from typing import Any

COLUMNS: Mapping[str, Sequence[str]] = {
    "apps": ("key", "label", "first_call_at", "description"),
    "audit": ("at", "by", "action", "subject", "detail"),
    "connections": ("id", "label", "provider", "health", "health_since", "health_detail"),
    "deliveries": ("state", "id", "event_id", "tries", "next_attempt_at", "last_attempt"),
    "hooks": ("state", "id", "name", "last_24_hours", "waiting", "last_answer", "target_url"),
    "opt-outs": ("phone", "opted_out", "sender", "connection", "by", "changed_at", "note"),
    "jobs": ("id", "action", "status", "phone", "message"),
    "unknown": ("id", "phone", "created_at", "look_for"),
    "keys": ("id", "name", "prefix", "scopes", "expires_at"),
}
"""The columns of each noun's list; JSON has all members."""
WIDEST = 40
"""Characters of a cell, but for the last one of a row."""
BETWEEN = "  "
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters and marks of direction."""


def arguments(parser: ArgumentParser) -> None:
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--json", action="store_true", help="as JSON, as where no terminal reads")
    chosen.add_argument("--table", action="store_true", help="as a table, as on a terminal")


def json_argument(parser: ArgumentParser) -> None:
    """For a command that prints JSON anyway, or a sentence."""
    parser.add_argument("--json", action="store_true", help="as JSON, also where it is a sentence")


def is_wanted(given: Namespace) -> bool:
    return bool(given.table or (not given.json and sys.stdout.isatty()))


def text(noun: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows under their headings; on a terminal no line is longer than it is wide."""
    if not rows:
        return "The list is empty."
    names = COLUMNS[noun]
    heads = [name.replace("_", " ").upper() for name in names]
    cells = [heads, *([_cell(row.get(name)) for name in names] for row in rows)]
    widths = [min(WIDEST, max(map(len, column))) for column in zip(*cells, strict=True)]
    return "\n".join(_line(each, widths) for each in cells)


def facts(pairs: Sequence[tuple[str, Any]]) -> str:
    """One thing, a line for each of its facts that says something."""
    width = max(len(name) for name, _ in pairs)
    return "\n".join(f"{name:<{width}}{BETWEEN}{_cell(value)}" for name, value in pairs if value)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return plain(",".join(map(str, value)))
    return plain(str(value)) if value not in (None, "") else "-"


def plain(text: str) -> str:
    """One line. What strangers wrote moves no cursor of a terminal, and turns no line around."""
    return UNSEEN.sub(lambda mark: f"\\u{ord(mark.group()):04x}", " ".join(text.split()))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    *firsts, last = cells
    padded = [_cut(each, width).ljust(width) for each, width in zip(firsts, widths, strict=False)]
    line = BETWEEN.join([*padded, last])
    return _cut(line, shutil.get_terminal_size().columns) if sys.stdout.isatty() else line


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
