"""An evaluator of just the part of Make's expression language that our app uses.

Written from Make's documentation, since its own engine runs only at Make. Whatever we do not
emit is refused, so that an expression cannot come to mean something here that it may not mean
there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

TOKEN = re.compile(
    r"\s*(?:(?P<text>'[^'{}]*')|(?P<number>\d+)|(?P<name>[A-Za-z_][\w.]*)|(?P<sign>==|[-(),]))"
)
EXPRESSION = re.compile(r"\{\{(.*?)\}\}")
SPREAD = "{{...}}"
WITH_OFFSET = "YYYY-MM-DDTHH:mm:ssZ"
CONSTANTS: Mapping[str, Any] = {"true": True, "false": False, "emptyarray": ()}


class Refused(Exception):
    """Not in the part of the language that this evaluator knows."""


class Undefined:
    """What a name without a value stands for; where it is a member's value, the member is not."""

    def __repr__(self) -> str:
        return "undefined"


UNDEFINED = Undefined()
Scope = Mapping[str, Any]
Code = Callable[[Scope], Any]


def evaluate(template: Any, scope: Scope) -> Any:
    """The template with its expressions replaced, once: what comes out is not read again."""
    if isinstance(template, str):
        return _text(template, scope)
    if isinstance(template, Mapping):
        return _object(template, scope)
    if isinstance(template, list):
        return [evaluate(each, scope) for each in template]
    return template


def _text(template: str, scope: Scope) -> Any:
    whole = EXPRESSION.fullmatch(template)
    if whole and "{{" not in whole[1]:
        return parse(whole[1])(scope)
    parts = EXPRESSION.split(template)
    if any("{{" in part or "}}" in part for part in parts):
        raise Refused(f"braces without a partner in {template!r}")
    values = [parse(part)(scope) if at % 2 else part for at, part in enumerate(parts)]
    return "".join(_written(value) for value in values)


def _written(value: Any) -> str:
    if value is None or value is UNDEFINED:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Refused(f"{value!r} within a text")
    return str(value)


def _object(template: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, each in template.items():
        value = evaluate(each, scope)
        if key == SPREAD:
            if not isinstance(value, Mapping):
                raise Refused(f"{value!r} cannot be spread")
            found |= value
        elif "{{" in key:
            raise Refused(f"the key {key!r}")
        elif value is not UNDEFINED:
            found[key] = value
    return found


def expressions(template: Any) -> list[str]:
    """Every expression within a template."""
    if isinstance(template, str):
        return EXPRESSION.findall(template)
    if isinstance(template, Mapping):
        return [each for value in template.values() for each in expressions(value)]
    if isinstance(template, list):
        return [each for value in template for each in expressions(value)]
    return []


def names(expression: str) -> list[str]:
    """The variables of an expression, with their members."""
    found = re.findall(r"[A-Za-z_][\w.]*(?!\w*\()", re.sub(r"'[^']*'", "", expression))
    return [name for name in found if name not in CONSTANTS and name not in FUNCTIONS]


def parse(source: str) -> Code:
    tokens = _tokens(source)
    code = _comparison(tokens)
    if tokens:
        raise Refused(f"{tokens[0][1]!r} in {source!r}")
    return code


def _tokens(source: str) -> list[tuple[str, str]]:
    found, at, end = [], 0, len(source.rstrip())
    while at < end:
        match = TOKEN.match(source, at)
        if not match:
            raise Refused(f"{source[at:]!r} in {source!r}")
        found.append((str(match.lastgroup), match[str(match.lastgroup)]))
        at = match.end()
    return found


Tokens = list[tuple[str, str]]


def _comparison(tokens: Tokens) -> Code:
    left = _difference(tokens)
    if not _next(tokens, "=="):
        return left
    right = _difference(tokens)
    return lambda scope: left(scope) == right(scope)


def _difference(tokens: Tokens) -> Code:
    left = _value(tokens)
    if not _next(tokens, "-"):
        return left
    right = _value(tokens)
    return lambda scope: _number(left(scope)) - _number(right(scope))


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused(f"{value!r} as a number")
    return value


def _next(tokens: Tokens, sign: str) -> bool:
    return bool(tokens) and tokens[0] == ("sign", sign) and bool(tokens.pop(0))


def _value(tokens: Tokens) -> Code:
    if not tokens:
        raise Refused("an expression that ends too soon")
    kind, word = tokens.pop(0)
    if kind == "text":
        return lambda _: word[1:-1]
    if kind == "number":
        return lambda _: int(word)
    if kind != "name":
        raise Refused(f"{word!r} where a value should be")
    return _call(word, tokens) if _next(tokens, "(") else _variable(word)


def _variable(name: str) -> Code:
    root, *members = name.split(".")

    def read(scope: Scope) -> Any:
        if name in CONSTANTS:
            return CONSTANTS[name]
        if root not in scope:
            raise Refused(f"there is no variable {root!r} here")
        value = scope[root]
        for member in members:
            value = value.get(member, UNDEFINED) if isinstance(value, Mapping) else UNDEFINED
        return value

    return read


def _call(name: str, tokens: Tokens) -> Code:
    if name not in FUNCTIONS:
        raise Refused(f"the function {name!r}")
    least, run = FUNCTIONS[name]
    given: list[Code] = []
    while not _next(tokens, ")"):
        if given and not _next(tokens, ","):
            raise Refused(f"arguments of {name!r} without a comma between them")
        given.append(_comparison(tokens))
    if len(given) != least:
        raise Refused(f"{len(given)} arguments for {name!r}")
    # Each is worked out when it is asked for: `if` needs one of two.
    return lambda scope: run([partial(code, scope) for code in given])


Arguments = Sequence[Callable[[], Any]]


def _if(given: Arguments) -> Any:
    return given[1]() if given[0]() not in (UNDEFINED, None, "", False, 0) else given[2]()


def _if_empty(given: Arguments) -> Any:
    value = given[0]()
    return given[1]() if value in (UNDEFINED, None, "") else value


def _substring(given: Arguments) -> str:
    text, start, end = (each() for each in given)
    if not isinstance(text, str):
        raise Refused(f"a part of {text!r}")
    return text[_number(start) : _number(end)]


def _format_date(given: Arguments) -> str:
    moment, form = given[0](), given[1]()
    if not isinstance(moment, datetime) or moment.tzinfo is None or form != WITH_OFFSET:
        raise Refused(f"{moment!r} as {form!r}")
    return moment.isoformat(timespec="seconds")


def _to_collection(given: Arguments) -> dict[str, Any]:
    rows, key, value = (each() for each in given)
    return {row[key]: row[value] for row in ([] if rows is UNDEFINED else rows)}


def _add(given: Arguments) -> list[Any]:
    return [*given[0](), given[1]()]


def _length(given: Arguments) -> int:
    return len(given[0]())


FUNCTIONS: Mapping[str, tuple[int, Callable[[Arguments], Any]]] = {
    "if": (3, _if),
    "ifempty": (2, _if_empty),
    "substring": (3, _substring),
    "formatDate": (2, _format_date),
    "toCollection": (3, _to_collection),
    "add": (2, _add),
    "length": (1, _length),
}
"""By name: how many arguments they take, and what they do with them."""
