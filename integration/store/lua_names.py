"""Which names a piece of Lua uses, and which of them nothing in it declares."""

from __future__ import annotations

import re

KEYWORDS = frozenset(
    [
        "and",
        "break",
        "do",
        "else",
        "elseif",
        "end",
        "false",
        "for",
        "function",
        "if",
        "in",
        "local",
        "nil",
        "not",
        "or",
        "repeat",
        "return",
        "then",
        "true",
        "until",
        "while",
    ]
)
GIVEN = frozenset(
    [
        "assert",
        "cjson",
        "cmsgpack",
        "bit",
        "error",
        "ipairs",
        "math",
        "next",
        "pairs",
        "pcall",
        "redis",
        "select",
        "string",
        "struct",
        "table",
        "tonumber",
        "tostring",
        "type",
        "unpack",
    ]
)
"""What the server gives a script beside KEYS and ARGV, which the generated header alone reads."""
_NOISE = re.compile(r"--\[\[.*?\]\]|--[^\n]*|'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"", re.DOTALL)
_NAME = re.compile(r"(?<![\w.:])(?:(?<=\.\.)|(?<!\.))([A-Za-z_]\w*)")
_LOCALS = re.compile(r"\blocal\s+(?!function\b)([A-Za-z_][\w\s,]*)")
_FOR = re.compile(r"\bfor\s+([A-Za-z_][\w\s,]*?)\s*(?:=|\bin\b)")
_FUNCTION = re.compile(r"\bfunction\b\s*([\w.:]*)\s*\(([^)]*)\)")
_MEMBER = re.compile(r"[{,]\s*([A-Za-z_]\w*)\s*=(?!=)")


def used_names(source: str) -> set[str]:
    """Every name in the code that is no keyword and no member (`.name`)."""
    code = _MEMBER.sub(lambda found: found[0][0], _NOISE.sub("''", source))
    return set(_NAME.findall(code)) - KEYWORDS


def unknown_names(source: str) -> set[str]:
    """The used names that neither the code nor the server declares; KEYS and ARGV count."""
    code = _NOISE.sub("''", source)
    declared: set[str] = set()
    for names in (*_LOCALS.findall(code), *_FOR.findall(code)):
        declared |= set(re.findall(r"\w+", names))
    for name, given in _FUNCTION.findall(code):
        declared |= {name, *re.findall(r"\w+", given)}
    return used_names(source) - declared - GIVEN
