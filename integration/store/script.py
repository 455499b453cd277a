"""Lua scripts whose keys and arguments have names, sent once and called by their hash.

A script is declared as a function without a body; its parameters are what the script is given:

    @script("skip_damaged", "replay", makes=(keys.delivery,))
    def REPLAY(*, inbox: Slot, due: Slot, now: int, deliveries: Rest) -> None:
        \"\"\"Owe deliveries again.\"\"\"

    made = REPLAY(inbox=…, due=…, now=…, deliveries=…).run(db)

A generated header gives the Lua code a local of each name. Importing the module raises
ScriptError where the code leaves a name unused or uses one that nobody declared; the type checker
holds the callers to the same names.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, ParamSpec, TypeAlias

from redis.exceptions import NoScriptError

from integration.store.key import Key
from integration.store.lua_names import unknown_names, used_names

Slot: TypeAlias = str
"""A parameter of this type is one of the script's KEYS."""
Rest: TypeAlias = Sequence[Any]
"""The last parameter may be of this type: a list of any length, at the end of ARGV."""
P = ParamSpec("P")
ENGINE = Path(__file__).resolve().parents[1]
NUMBERS = {"int", "float"}
Command: TypeAlias = tuple[Any, ...]


class ScriptError(Exception):
    """A script and its declaration do not fit."""


@dataclass(frozen=True)
class Signature:
    """The names of a script's KEYS and ARGV in their order; `rest` is the list at the end."""

    slots: tuple[str, ...]
    arguments: tuple[str, ...]
    numbers: frozenset[str]
    rest: str = ""

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
                f"tonumber(ARGV[{place}])" if name in self.numbers else f"ARGV[{place}]"
                for place, name in enumerate(self.arguments, 1)
            )
            lines.append(f"local {', '.join(self.arguments)} = {given}")
        if self.rest:
            first = len(self.arguments) + 1
            lines.append(
                f"local {self.rest} = {{}}"
                f" for n = {first}, #ARGV do {self.rest}[n - {first - 1}] = ARGV[n] end"
            )
        return "\n".join(lines)


def signature_of(declared: Callable[..., Any]) -> Signature:
    """The names that a declaration gives, by the type of each."""
    kinds = {
        name: str(each.annotation) for name, each in inspect.signature(declared).parameters.items()
    }
    rest = [name for name, kind in kinds.items() if kind == "Rest"]
    if len(rest) > 1 or (rest and rest[0] != list(kinds)[-1]):
        raise ScriptError(f"{declared.__name__}: the one list must come last.")
    return Signature(
        slots=tuple(name for name, kind in kinds.items() if kind == "Slot"),
        arguments=tuple(name for name, kind in kinds.items() if kind not in ("Slot", "Rest")),
        numbers=frozenset(name for name, kind in kinds.items() if kind in NUMBERS),
        rest=rest[0] if rest else "",
    )


@dataclass(frozen=True, slots=True)
class ScriptCall:
    """One call, ready to be sent alone, in a pipeline or in a MULTI."""

    source: str
    sha: str
    slots: tuple[str, ...]
    arguments: tuple[Any, ...]

    def run(self, db: Any) -> Any:
        """What the script returns. A store that restarted has forgotten its scripts: the call is
        then made again with the source, since a missing script has done nothing."""
        try:
            return db.evalsha(self.sha, len(self.slots), *self.slots, *self.arguments)
        except NoScriptError:
            return db.eval(self.source, len(self.slots), *self.slots, *self.arguments)

    async def arun(self, db: Any) -> Any:
        """`run` over an asyncio client."""
        try:
            return await db.evalsha(self.sha, len(self.slots), *self.slots, *self.arguments)
        except NoScriptError:
            return await db.eval(self.source, len(self.slots), *self.slots, *self.arguments)

    def queue(self, pipe: Any) -> None:
        """Add the call to a MULTI; the whole source goes along, so it cannot be missing."""
        pipe.eval(self.source, len(self.slots), *self.slots, *self.arguments)

    def by_hash(self) -> Command:
        """The call as a command, for a store that has the script."""
        return ("EVALSHA", self.sha, len(self.slots), *self.slots, *self.arguments)

    def with_source(self) -> Command:
        """The call as a command that brings the script along."""
        return ("EVAL", self.source, len(self.slots), *self.slots, *self.arguments)


@dataclass(frozen=True)
class Script(Generic[P]):
    """A declared script; calling it with its names gives a ScriptCall."""

    name: str
    signature: Signature
    source: str
    sha: str
    _expected: frozenset[str] = field(default=frozenset())

    def __call__(self, *_: P.args, **given: P.kwargs) -> ScriptCall:
        """Raises TypeError where a name is missing or surplus."""
        if given.keys() != self._expected:
            wrong = sorted(given.keys() ^ self._expected)
            raise TypeError(f"{self.name} is called with other names than declared: {wrong}")
        own = self.signature
        slots = tuple([str(given[name]) for name in own.slots])
        arguments = [given[name] for name in own.arguments]
        if own.rest:
            rest: Any = given[own.rest]
            arguments += rest
        return ScriptCall(self.source, self.sha, slots, tuple(arguments))


def script(*parts: str, makes: Sequence[Key] = ()) -> Callable[[Callable[P, None]], Script[P]]:
    """Declare a script of these `.lua` parts, functions first and what uses them last.

    A part lies beside the declaring module; `accounts/admit` names one by its path in the engine.
    `makes` are the keys whose names the code builds, each by its function `<name>_key`.
    """

    def declare(declared: Callable[P, None]) -> Script[P]:
        folder = Path(inspect.getfile(declared)).parent
        signature = signature_of(declared)
        body = "\n".join(_read(folder, part) for part in parts)
        _check(declared.__name__, signature, makes, body)
        head = [signature.header(), *(each.lua() for each in makes)]
        source = "\n".join([*filter(None, head), body])
        # The server names scripts by SHA-1; nothing here is a secret.
        sha = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()
        return Script(declared.__name__, signature, source, sha, frozenset(signature.names))

    return declare


def _read(folder: Path, part: str) -> str:
    home = ENGINE if "/" in part else folder
    return (home / f"{part}.lua").read_text(encoding="utf-8")


def _check(name: str, signature: Signature, makes: Sequence[Key], body: str) -> None:
    declared = {*signature.names, *(f"{each.name}_key" for each in makes)}
    if unused := sorted(declared - used_names(body)):
        raise ScriptError(f"{name}: the script does not use {', '.join(unused)}.")
    if missing := sorted(unknown_names(body) - declared):
        raise ScriptError(f"{name}: nobody declares {', '.join(missing)}.")
