"""The names of a script's arguments, and the Lua header that declares them."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Unpack, get_args, get_origin, get_type_hints

NUMBERS = (int, float)
TYPES = (*NUMBERS, str, bytes)


class ScriptError(Exception):
    """A script and its declaration do not fit."""


@dataclass(frozen=True)
class Signature:
    """The names of a script's ARGV in their order.

    `rest` is the list at the end, and `row` the fields of each of its entries, where it has any.
    """

    arguments: tuple[str, ...] = ()
    numbers: frozenset[str] = frozenset()
    rest: str = ""
    row: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.arguments, *([self.rest] if self.rest else []))

    def header(self) -> str:
        """The Lua locals."""
        given = ", ".join(map(self._read, self.arguments, range(1, len(self.arguments) + 1)))
        lines = [f"local {', '.join(self.arguments)} = {given}"] if given else []
        return "\n".join([*lines, self._rest_header()] if self.rest else lines)

    def _read(self, name: str, place: int) -> str:
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
    kinds: dict[str, Any] = {}
    for name, each in inspect.signature(declared, eval_str=True).parameters.items():
        shared = each.kind is each.VAR_KEYWORD and get_origin(each.annotation) is Unpack
        kinds |= get_type_hints(*get_args(each.annotation)) if shared else {name: each.annotation}
    lists = {name: get_args(kind)[0] for name, kind in kinds.items() if _is_list(kind)}
    for name in kinds.keys() - lists.keys():
        if kinds[name] not in TYPES:
            raise ScriptError(
                f"{declared.__name__}: {name} is of type {kinds[name]}. A parameter is int, float,"
                " str, bytes, Rest or Rows[…]; **shared is an Unpack[…] of a TypedDict."
            )
    if len(lists) > 1:
        raise ScriptError(f"{declared.__name__}: there is room for one list, at the end.")
    return Signature(
        arguments=tuple(name for name in kinds if name not in lists),
        numbers=frozenset(name for name, kind in kinds.items() if kind in NUMBERS),
        rest="".join(lists),
        row=tuple(field for each in lists.values() for field in getattr(each, "_fields", ())),
    )


def _is_list(kind: Any) -> bool:
    """Whether it is Rest, or Rows of a named tuple."""
    inner = get_args(kind)[0] if get_origin(kind) is Sequence else None
    return inner is Any or hasattr(inner, "_fields")
