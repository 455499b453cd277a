"""Lua scripts whose keys and arguments have names, sent once and called by their hash.

A script is declared as a function without a body; its parameters are what the script is given:

    @script("skip_damaged", "replay")
    def REPLAY(*, inbox: str, due: str, now: int, deliveries: Rest) -> None:
        \"\"\"Owe deliveries again.\"\"\"

    made = REPLAY(inbox=…, due=…, now=…, deliveries=…).run(db)

A generated header gives the Lua code a local of each name. The code may also name a constant of
`lifetimes`, a key of the store that has no parts, and `<name>_key(…)` for one that has parts. What
these stand for is written in their place. A server makes the locals of a script again at each call,
and forty more were a quarter of the longest script's time. A test refuses code that leaves a name
unused, or uses one that is not declared. The type checker holds the callers to the same names.
Names that several scripts share stand in a TypedDict: the declaration takes them as
`**shared: Unpack[Shared]`, the caller gives `**shared(…)`.
"""

import hashlib
import inspect
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Generic, NamedTuple, ParamSpec, TypeAlias, TypeVar, cast

from redis.exceptions import NoScriptError

from integration.store import keys, lifetimes, measures
from integration.store.key import Key
from integration.store.signature import Signature, signature_of

Rest: TypeAlias = Sequence[Any]
"""The last parameter may be of this type: a list of any length, at the end of ARGV."""
T = TypeVar("T")
Rows: TypeAlias = Sequence[T]
"""A list as well, of named tuples: the script finds each one's fields by their names."""
P = ParamSpec("P")
ENGINE = Path(__file__).resolve().parents[1]
Command: TypeAlias = tuple[Any, ...]
_PASSED = r"--.*|'[^'\n]*'|\"[^\"\n]*\""
"""Comments and texts, which hold no name."""
_GIVEN = r"\((?:[^()]|\([^()]*\))*\)"
_NO_FIELD = r"(?<![.\w])(?=\w+\b(?!\s*=[^=]))"
_WORD = re.compile(rf"{_PASSED}|{_NO_FIELD}([a-zA-Z]\w*)")
_COMMA = re.compile(r",(?![^()]*\))")
_CONSTANTS = {name: each for name, each in vars(lifetimes).items() if isinstance(each, int)}


class ScriptCall(NamedTuple):
    """One call, ready to be sent alone, in a pipeline or in a MULTI.

    A named tuple is made in a third of the time of a frozen dataclass, and every request makes one.
    """

    source: str
    sha: str
    arguments: tuple[Any, ...]

    def run(self, db: Any) -> Any:
        """What the script returns. A store that restarted has forgotten its scripts: the call is
        then made again with the source, since a missing script has done nothing."""
        began = time.perf_counter()
        try:
            return db.evalsha(self.sha, 0, *self.arguments)
        except NoScriptError:
            return db.eval(self.source, 0, *self.arguments)
        finally:
            measures.observe(measures.STORE_TRIPS, time.perf_counter() - began)

    async def arun(self, db: Any) -> Any:
        """`run` over an asyncio client."""
        try:
            return await db.evalsha(self.sha, 0, *self.arguments)
        except NoScriptError:
            return await db.eval(self.source, 0, *self.arguments)

    def queue(self, pipe: Any) -> None:
        """Add the call to a MULTI; the whole source goes along, so it cannot be missing."""
        pipe.eval(self.source, 0, *self.arguments)

    def by_hash(self) -> Command:
        """The call as a command, for a store that has the script."""
        return ("EVALSHA", self.sha, 0, *self.arguments)

    def with_source(self) -> Command:
        """The call as a command that brings the script along."""
        return ("EVAL", self.source, 0, *self.arguments)


@dataclass(frozen=True)
class Script(Generic[P]):
    """A declared script; calling it with its names gives a ScriptCall.

    `body` is its code as it is written, `known` the names in it that need no declaration.
    """

    name: str
    signature: Signature
    known: Mapping[str, Key | int]
    body: str
    source: str
    sha: str

    def __call__(self, *_: P.args, **given: P.kwargs) -> ScriptCall:
        """Raises TypeError where a name is missing or surplus."""
        own, names = self.signature, cast("Mapping[str, Any]", given)
        if len(names) != len(own.names):
            raise self._misnamed(names)
        take = names.__getitem__
        try:
            arguments = tuple(map(take, own.arguments))
            if own.row:
                arguments += tuple(chain.from_iterable(take(own.rest)))
            elif own.rest:
                arguments += tuple(take(own.rest))
        except KeyError as error:
            raise self._misnamed(names) from error
        return ScriptCall(self.source, self.sha, arguments)

    def _misnamed(self, given: Mapping[str, Any]) -> TypeError:
        wrong = sorted(given.keys() ^ set(self.signature.names))
        return TypeError(f"{self.name} is called with other names than declared: {wrong}")


def script(*parts: str) -> Callable[[Callable[P, None]], Script[P]]:
    """Declare a script of these `.lua` parts, functions first and what uses them last.

    A part lies beside the declaring module; `accounts/admit` names one by its path in the engine.
    """

    def declare(declared: Callable[P, None]) -> Script[P]:
        signature = signature_of(declared)
        folder = Path(inspect.getfile(declared)).parent
        body = "\n".join(_read(folder, part) for part in parts)
        known = _known(body, signature.names)
        source = "\n".join([*filter(None, [signature.header()]), _written_out(body, known)])
        # The server names scripts by SHA-1; nothing here is a secret.
        sha = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()
        return Script(declared.__name__, signature, known, body, source, sha)

    return declare


def _known(body: str, declared: Sequence[str]) -> Mapping[str, Key | int]:
    """The keys and lifetimes that the code uses, by the names that it has for them."""
    every = keys.LUA | _CONSTANTS
    used = {*_WORD.findall(body)}
    return {name: every[name] for name in sorted(used & every.keys() - {*declared})}


def _written_out(body: str, known: Mapping[str, Key | int]) -> str:
    """The code with what the known names stand for in their place."""
    if not known:
        return body
    names = re.compile(rf"{_PASSED}|{_NO_FIELD}({'|'.join(known)})\b({_GIVEN})?")

    def written(found: re.Match[str]) -> str:
        name, given = found.groups()
        if not name:
            return found[0]
        meant = known[name]
        if isinstance(meant, int):
            return f"{meant}{given or ''}"
        parts = _COMMA.split(given[1:-1]) if given else ()
        return meant.lua(*(names.sub(written, part.strip()) for part in parts))

    return names.sub(written, body)


def _read(folder: Path, part: str) -> str:
    home = ENGINE if "/" in part else folder
    return (home / f"{part}.lua").read_text(encoding="utf-8")
