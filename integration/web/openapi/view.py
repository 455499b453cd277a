"""What the page says of a part of the document; its template walks through the document itself."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from integration.schema.endpoint import EVERY_ANSWER

Json = Mapping[str, Any]
Words = list[tuple[str, str]]
"""Pieces of text, each with the schema that it names or ""."""
LIMITS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minLength": "{} characters or more",
    "maxLength": "up to {} characters",
    "minItems": "{} items or more",
    "maxItems": "up to {} items",
    "default": "{} when left out",
}


def of(document: Json) -> dict[str, Any]:
    """What the template is filled with: the document, its operations by tag, and its readers."""
    tags: dict[str, list[Json]] = {each["name"]: [] for each in document["tags"]}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            shown = {**operation, "path": path, "method": method.upper()}
            tags[operation["tags"][0]].append(shown)
    return {
        "document": document,
        "tags": tags,
        "every_answer": EVERY_ANSWER,
        "kind": kind,
        "limits": limits,
        "name_of": name_of,
        "variants": variants,
        "written": written,
    }


def variants(schema: Json) -> Sequence[Json]:
    """The kinds of object that a schema allows, often just one."""
    found: Sequence[Json] = schema.get("oneOf") or schema.get("anyOf") or [schema]
    return found


def limits(schema: Json) -> str:
    return ", ".join(_limits(schema))


def _limits(schema: Json) -> Iterator[str]:
    for name, phrase in LIMITS.items():
        if name in schema and not (name == "minLength" and schema[name] == 1):
            yield phrase.format(json.dumps(schema[name]))
    if "enum" in schema:
        yield "one of " + ", ".join(str(each) for each in schema["enum"])


def kind(schema: Json) -> Words:
    """The words of a type."""
    if "$ref" in schema:
        return [(name_of(schema["$ref"]), name_of(schema["$ref"]))]
    for choice in ("oneOf", "anyOf"):
        if choice in schema:
            return _joined([kind(each) for each in schema[choice]])
    if "const" in schema:
        return [(json.dumps(schema["const"]), "")]
    if schema.get("type") == "array":
        return [("array of ", ""), *kind(schema.get("items", {}))]
    found = schema.get("type", "anything")
    word = " or ".join(found) if isinstance(found, list) else found
    return [(f"{word} ({schema['format']})" if "format" in schema else word, "")]


def _joined(types: list[Words]) -> Words:
    words: Words = []
    for each in types:
        if each not in ([word] for word in words):
            words += [(" or ", ""), *each] if words else each
    return words


def name_of(reference: str) -> str:
    return reference.rpartition("/")[2]


def written(example: Any) -> str:
    return "" if example is None else json.dumps(example, ensure_ascii=False, indent=1)
