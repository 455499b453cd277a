"""Plain data as TypeScript source, in the form that n8n's lint rules can read."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

NAME = re.compile(r"[A-Za-z_$][\w$]*")
MADE = "// Compiled from the catalog of Hookline; changed there, not here.\n"


def module(*parts: str, imports: Sequence[str] = ()) -> str:
    """A source file of these parts."""
    return "\n".join([MADE + "".join(f"{line}\n" for line in imports), *parts])


def constant(name: str, kind: str, value: Any) -> str:
    return f"export const {name}: {kind} = {literal(value)};\n"


def literal(value: Any, depth: int = 0) -> str:
    """Property names without quotes where they can be: the lint rules skip quoted ones."""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, Mapping):
        rows = [f"{_name(key)}: {literal(each, depth + 1)}" for key, each in value.items()]
        return _block("{", rows, "}", depth)
    if isinstance(value, Sequence):
        return _block("[", [literal(each, depth + 1) for each in value], "]", depth)
    return json.dumps(value)


def _quoted(text: str) -> str:
    inner = json.dumps(text, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"'{inner}'"


def _name(key: str) -> str:
    return key if NAME.fullmatch(key) else _quoted(key)


def _block(opening: str, rows: Sequence[str], closing: str, depth: int) -> str:
    if not rows:
        return opening + closing
    indent = "\t" * (depth + 1)
    inner = "".join(f"{indent}{row},\n" for row in rows)
    return f"{opening}\n{inner}{indent[1:]}{closing}"
