"""Reasons: the sentences in which a provider's answer says why it refused."""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

DEEPEST = 5
MOST = 4
"""Sentences that are kept; a refusal of many fields would fill the page."""
ERROR_TEXTS = ("error_description", "error_message", "errorMessage", "error-text", "error_text")
"""Members that are empty where all went well."""
SAYING = (
    *("message", "msg", *ERROR_TEXTS, "detail", "details"),
    *("reason", "description", "error", "errors", "text", "title"),
)
"""Members that hold a sentence, or what holds sentences, in the order in which they are read."""
_TITLE = re.compile(rb"<(title|h1)\b[^>]*>(.*?)</\1", re.IGNORECASE | re.DOTALL)
_TAGS = re.compile(r"<[^>]*>")
_END = (".", "!", "?", "…")


def of_body(body: bytes) -> str:
    """The reason in an answer's body: JSON, a web page or plain text; "" without one."""
    try:
        return of(json.loads(body))
    except (ValueError, RecursionError):
        pass
    if body.lstrip().startswith(b"<"):
        title = _TITLE.search(body)
        body = title[2] if title else b"" if b"<html" in body.lower() else body
    text = html.unescape(_TAGS.sub(" ", body.decode(errors="replace")))
    line = " ".join(text.split())
    return line if line.isprintable() and "\ufffd" not in line else ""


def of(data: Any) -> str:
    """The reason in an answer that was read from JSON: its sentences, each once."""
    found = dict.fromkeys(each.strip() for each in _said(data, DEEPEST))
    whole = [each for each in found if each]
    # A word for programs, such as "invalid_request", says nothing beside a sentence for people.
    sentences = [each for each in whole if " " in each] or whole
    kept = sentences[:MOST]
    ended = [each if each.endswith(_END) else f"{each}." for each in kept[:-1]]
    return " ".join([*ended, *kept[-1:]])


def _said(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and depth:
        for each in value:
            yield from _said(each, depth - 1)
    elif isinstance(value, dict) and depth:
        yield from _members(value, depth - 1)


def _members(found: dict[str, Any], depth: int) -> Iterator[str]:
    named = [name for name in SAYING if found.get(name) not in (None, "", [], {})]
    if "title" in named and len(named) > 1:
        named.remove("title")  # RFC 9457: it names the kind of error, `detail` says what happened
    for name in named:
        value = found[name]
        # Errors by field: the fields are not ours to know.
        by_field = name == "errors" and isinstance(value, dict)
        yield from _said(list(value.values()) if by_field else value, depth)
    if not named:
        for inner in found.values():
            if isinstance(inner, dict | list):
                yield from _said(inner, depth)
