"""The document as rows that a page shows: operations by tag, fields with their limits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]
NOTHING: Json = {"": {"schema": {"type": "nothing"}}}
"""What stands for the content of an answer without a body."""
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
    """What the template is filled with."""
    tags: dict[str, list[dict[str, Any]]] = {each["name"]: [] for each in document["tags"]}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            shown = _operation(document, path, method, operation)
            tags[operation["tags"][0]].append(shown)
    return {
        "info": document["info"],
        "server": document["servers"][0]["url"],
        "tags": tags,
        "deliveries": [
            _delivery(name, each["post"]) for name, each in document["webhooks"].items()
        ],
        "schemes": [each["description"] for each in _security(document)],
        "schemas": [
            {"name": name, "variants": list(_variants(each)), "example": _example(each)}
            for name, each in document["components"]["schemas"].items()
        ],
    }


def anchor(name: str) -> str:
    """Where a schema stands on the page."""
    return f"schema-{name}"


def _security(document: Json) -> list[dict[str, Any]]:
    return list(document["components"]["securitySchemes"].values())


def _operation(document: Json, path: str, method: str, operation: Json) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return {
        "method": method.upper(),
        "path": path,
        "id": operation["operationId"],
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "open": operation.get("security") == [],
        "parameters": [_parameter(each) for each in operation.get("parameters", ())],
        "variants": list(_variants(body["schema"])) if body else [],
        "body_example": _written(body.get("example")) if body else "",
        "replies": [_reply(document, *each) for each in operation["responses"].items()],
    }


def _delivery(name: str, operation: Json) -> dict[str, Any]:
    body = operation["requestBody"]["content"]["application/json"]
    return {
        "name": name,
        "summary": operation["summary"],
        "description": operation["description"],
        "parameters": [_parameter(each) for each in operation["parameters"]],
        "type": _type(body["schema"]),
        "example": _written(body.get("example")),
        "replies": [
            {"status": status, "description": each["description"]}
            for status, each in operation["responses"].items()
        ],
    }


def _parameter(parameter: Json) -> dict[str, Any]:
    shown = _field(parameter["name"], parameter["schema"], parameter.get("required", False))
    said = parameter.get("description", shown["description"])
    return shown | {"where": parameter["in"], "description": said}


def _reply(document: Json, status: str, response: Json) -> dict[str, Any]:
    if "$ref" in response:
        found: Json = document["components"]["responses"][_name(response["$ref"])]
    else:
        found = response
    media, content = next(iter(found.get("content", NOTHING).items()))
    return {
        "status": status,
        "description": found["description"],
        "media": media,
        "type": _type(content["schema"]),
        "example": _written(content.get("example")),
        "headers": [each for each in found["headers"] if not each.startswith("RateLimit")],
    }


def _variants(schema: Json) -> Iterator[dict[str, Any]]:
    """The kinds of object that a schema allows, each with its fields; often just one."""
    for each in schema.get("oneOf") or schema.get("anyOf") or [schema]:
        required = each.get("required", ())
        fields = each.get("properties", {}).items()
        yield {
            "title": each.get("title", ""),
            "type": _type(each),
            "fields": [_field(name, field, name in required) for name, field in fields],
        }


def _field(name: str, schema: Json, required: bool) -> dict[str, Any]:
    return {
        "name": name,
        "type": _type(schema),
        "required": required,
        "limits": ", ".join(_limits(schema)),
        "description": schema.get("description", ""),
    }


def _limits(schema: Json) -> Iterator[str]:
    for name, phrase in LIMITS.items():
        if name in schema and not (name == "minLength" and schema[name] == 1):
            yield phrase.format(json.dumps(schema[name]))
    if "enum" in schema:
        yield "one of " + ", ".join(str(each) for each in schema["enum"])


def _type(schema: Json) -> list[dict[str, str]]:
    """The words of a type, those that name a schema with its anchor."""
    if "$ref" in schema:
        name = _name(schema["$ref"])
        return [{"text": name, "anchor": anchor(name)}]
    for choice in ("oneOf", "anyOf"):
        if choice in schema:
            return _joined([_type(each) for each in schema[choice]])
    if "const" in schema:
        return [_word(json.dumps(schema["const"]))]
    if schema.get("type") == "array":
        return [_word("array of "), *_type(schema.get("items", {}))]
    kind = schema.get("type", "anything")
    word = " or ".join(kind) if isinstance(kind, list) else kind
    return [_word(f"{word} ({schema['format']})" if "format" in schema else word)]


def _joined(types: list[list[dict[str, str]]]) -> list[dict[str, str]]:
    words: list[dict[str, str]] = []
    for each in types:
        if each not in ([word] for word in words):
            words += [_word(" or "), *each] if words else each
    return words


def _word(text: str) -> dict[str, str]:
    return {"text": text, "anchor": ""}


def _name(reference: str) -> str:
    return reference.rpartition("/")[2]


def _example(schema: Json) -> str:
    return _written(next(iter(schema.get("examples", ())), None))


def _written(example: Any) -> str:
    return "" if example is None else json.dumps(example, ensure_ascii=False, indent=2)
