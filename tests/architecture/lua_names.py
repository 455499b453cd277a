"""Which names the parts of a Lua script use that nothing in them declares, by Lua's scopes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

_words = re.compile(r"\w+").findall
KEYWORDS = frozenset(
    _words("and break do else elseif end false for function if in local nil not or repeat return")
    + _words("then true until while")
)
GIVEN = frozenset(
    _words("assert bit cjson cmsgpack error ipairs math next pairs pcall redis select string")
    + _words("struct table tonumber tostring type unpack")
)
"""What the server gives a script beside KEYS and ARGV, which the generated header alone reads."""
_OPEN = KEYWORDS - {"end", "false", "nil", "true"}
_NOISE = re.compile(
    r"--\[(=*)\[.*?\]\1\]|--[^\n]*"
    r"|\[(=*)\[.*?\]\2\]|'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"",
    re.DOTALL,
)
_VALUE_END = re.compile(r"[\w')\]}]$|^\.{3}$")
_TOKEN = re.compile(r"[A-Za-z_]\w*|\d[\w.]*|''|\.{2,3}|[=~<>]=|\S")


@dataclass(frozen=True)
class Names:
    """What Lua code uses and declares.

    `free` are the used names that no scope around the use declares. `calls` are the calls of free
    names, each with its number of arguments. `inner` is every local, parameter and loop variable,
    `outer` those outside functions; those in `top` are visible to the code that follows.
    """

    free: frozenset[str]
    calls: frozenset[tuple[str, int]]
    inner: frozenset[str]
    outer: frozenset[str]
    top: frozenset[str]


def names_of(parts: Sequence[str]) -> Names:
    """The names of the joined parts; what the server gives is not free."""
    whole = _scanned("")
    for each in map(_scanned, parts):
        whole = Names(
            whole.free | (each.free - whole.top - GIVEN),
            whole.calls | {call for call in each.calls if call[0] not in whole.top},
            *(whole.inner | each.inner, whole.outer | each.outer, whole.top | each.top),
        )
    return whole


@cache
def _scanned(part: str) -> Names:
    """The names of one part, read once for all scripts that have it."""
    code = _NOISE.sub(lambda found: " " if found[0].startswith("--") else "''", part)
    return _Scan([*_TOKEN.findall(code), ";"]).names()


class _Scope:
    """A block or a bracket. `waiting` are locals that the end of their statement makes visible."""

    def __init__(self, opener: str, callee: str = "") -> None:
        self.opener, self.callee, self.commas = opener, callee, 0
        self.names: set[str] = set()
        self.waiting: set[str] = set()


class _Scan:
    """One pass over the tokens of a part. Raises ValueError where a block has no end."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens = tokens
        self._at, self._callee = 0, ""
        self._top = _Scope("")
        self._scopes = [self._top]
        self._free, self._inner, self._outer = set[str](), set[str](), set[str]()
        self._calls: set[tuple[str, int]] = set()

    def names(self) -> Names:
        before = ""
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            if self._top.waiting or self._top.opener == "until":
                self._end_statement(before, token)
            if step := _STEPS.get(token):
                step(self)
            elif token == ",":
                self._top.commas += 1
            elif token == "until":
                self._top.opener = token
            elif _is_name(token) and before not in (".", ":"):
                self._use(token)
            before = self._tokens[self._at - 1]
        if len(self._scopes) > 1:
            raise ValueError(f"a block has no end: {self._top.opener}")
        found = (self._inner, self._outer, self._top.names)
        return Names(frozenset(self._free), frozenset(self._calls), *map(frozenset[str], found))

    def _end_statement(self, before: str, token: str) -> None:
        """Where a value stands before a word that cannot go on with it, a statement ends."""
        value = before not in _OPEN and _VALUE_END.search(before)
        begins = token[0] == "_" or token[0].isalnum()
        if token != ";" and not (value and begins and token not in ("and", "or")):
            return
        self._top.names |= self._top.waiting
        self._top.waiting = set()
        if self._top.opener == "until":
            self._close()

    def _use(self, name: str) -> None:
        following = self._tokens[self._at]
        is_key = following == "=" and self._top.opener == "{"
        if not is_key and not any(name in scope.names for scope in self._scopes):
            self._free.add(name)
            self._callee = name if following == "(" else ""

    def _open(self) -> None:
        self._top = _Scope(self._tokens[self._at - 1], callee=self._callee)
        self._callee = ""
        self._scopes.append(self._top)

    def _close(self) -> None:
        if len(self._scopes) == 1:
            raise ValueError(f"{self._tokens[self._at - 1]} closes nothing")
        self._scopes.pop()
        self._top = self._scopes[-1]

    def _else(self) -> None:
        self._top.names = set()

    def _do(self) -> None:
        if self._top.opener in ("for", "while"):
            self._top.opener = "do"
        else:
            self._open()

    def _list(self) -> set[str]:
        """The names that stand here, between commas."""
        names = set()
        while _is_name(token := self._tokens[self._at]) or token in (",", "..."):
            names.add(token)
            self._at += 1
        return self._noted(names - {",", "..."})

    def _noted(self, names: set[str]) -> set[str]:
        self._inner |= names
        if all(scope.opener != "function" for scope in self._scopes):
            self._outer |= names
        return names

    def _local(self) -> None:
        if self._tokens[self._at] == "function":
            self._top.names |= self._noted({self._tokens[self._at + 1]})
            return
        names = self._list()
        late = self._tokens[self._at] == "="
        (self._top.waiting if late else self._top.names).update(names)

    def _function(self) -> None:
        if _is_name(self._tokens[self._at]):
            self._use(self._tokens[self._at])
        self._at = self._tokens.index("(", self._at) + 1
        self._open()
        self._top.opener = "function"
        self._top.names = self._list()
        self._at += 1

    def _for(self) -> None:
        self._open()
        self._top.waiting = self._list()
        self._at += 1

    def _called(self) -> None:
        given = self._top.commas + 1 if self._tokens[self._at - 2] != "(" else 0
        if self._top.callee:
            self._calls.add((self._top.callee, given))
        self._close()


def _is_name(token: str) -> bool:
    return token not in KEYWORDS and (token[0].isalpha() or token[0] == "_")


_STEPS: Mapping[str, Callable[[_Scan], None]] = {
    "local": _Scan._local,
    "function": _Scan._function,
    "for": _Scan._for,
    "do": _Scan._do,
    "else": _Scan._else,
    ")": _Scan._called,
    **dict.fromkeys(("then", "repeat", "while", "{", "[", "("), _Scan._open),
    **dict.fromkeys(("elseif", "end", "}", "]"), _Scan._close),
}
