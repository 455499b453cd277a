"""The names of a script's keys and arguments, and the Lua header that declares them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

NUMBERS = ("int", "float")
TYPES = ("Slot", *NUMBERS, "str", "bytes", "Rest")


class ScriptError(Exception):
    """A script and its declaration do not fit."""


@dataclass(frozen=True)
class Signature:
    """The names of a script's KEYS and ARGV in their order.

    `rest` is the list at the end, and `row` the fields of each of its entries, where it has any.
    """

    slots: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    numbers: frozenset[str] = frozenset()
    rest: str = ""
    row: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.slots, *self.arguments, *([self.rest] if self.rest else []))

    def header(self) -> str:
        """The Lua locals."""
        lines = []
        if self.slots:
            given = ", ".join(f"KEYS[{place}]" for place in range(1, len(self.slots) + 1))
            lines.append(f"local {', '.join(self.slots)} = {given}")
        if self.arguments:
            given = ", ".join(
                self._read(name, str(place)) for place, name in enumerate(self.arguments, 1)
            )
            lines.append(f"local {', '.join(self.arguments)} = {given}")
        if self.rest:
            lines.append(self._rest_header())
        return "\n".join(lines)

    def _read(self, name: str, place: str) -> str:
        return f"tonumber(ARGV[{place}])" if name in self.numbers else f"ARGV[{place}]"

    def _rest_header(self) -> str:
        first = len(self.arguments) + 1
        entry, step = "ARGV[n]", ""
        if self.row:
            fields = (f"{name} = ARGV[n + {place}]" for place, name in enumerate(self.row))
            entry, step = f"{{{', '.join(fields)}}}", f", {len(self.row)}"
        return (
            f"local {self.rest} = {{}}"
            f" for n = {first}, #ARGV{step} do {self.rest}[#{self.rest} + 1] = {entry} end"
        )


def signature_of(declared: Callable[..., Any]) -> Signature:
    """The names that a declaration gives, by the type of each."""
    kinds: dict[str, str] = {}
    for name, each in inspect.signature(declared).parameters.items():
        kind = str(each.annotation)
        shared = each.kind is each.VAR_KEYWORD and kind.startswith("Unpack[")
        kinds |= _shared(declared, kind) if shared else {name: kind}
    _refuse_odd(declared, kinds)
    lists = [name for name, kind in kinds.items() if kind == "Rest" or kind.startswith("Rows[")]
    if len(lists) > 1:
        raise ScriptError(f"{declared.__name__}: there is room for one list, at the end.")
    rest = "".join(lists)
    return Signature(
        slots=tuple(name for name, kind in kinds.items() if kind == "Slot"),
        arguments=tuple(name for name, kind in kinds.items() if kind != "Slot" and name != rest),
        numbers=frozenset(name for name, kind in kinds.items() if kind in NUMBERS),
        rest=rest,
        row=_row(declared, kinds.get(rest, "")),
    )


def _refuse_odd(declared: Callable[..., Any], kinds: dict[str, str]) -> None:
    for name, kind in kinds.items():
        if kind not in TYPES and not re.fullmatch(r"Rows\[\w+\]", kind):
            raise ScriptError(
                f"{declared.__name__}: {name} is of type {kind}. A parameter is one of"
                f" {', '.join(TYPES)} and Rows[…]; **shared is an Unpack[…] of a TypedDict."
            )


def _shared(declared: Callable[..., Any], kind: str) -> dict[str, str]:
    """The names and types of `Unpack[Shared]`, those of the classes that it inherits from too."""
    shared = _inner(declared, kind)
    return {
        name: getattr(each, "__forward_arg__", str(each))
        for name, each in shared.__annotations__.items()
    }


def _row(declared: Callable[..., Any], kind: str) -> tuple[str, ...]:
    return tuple(_inner(declared, kind)._fields) if kind.startswith("Rows[") else ()


def _inner(declared: Callable[..., Any], kind: str) -> Any:
    """The class that stands between the brackets."""
    return declared.__globals__[kind.partition("[")[2].rstrip("]")]
