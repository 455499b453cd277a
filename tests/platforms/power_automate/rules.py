"""What Microsoft's documentation asks of a connector; each rule is a function that names faults."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from integration.kernel.catalog_rules import is_sentence, is_title_case

Json = dict[str, Any]
LONGEST_SUMMARY = 80
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, kw_only=True)
class Files:
    definition: Json
    properties: Json
    icon: bytes

    def operations(self) -> Iterator[tuple[str, str, Json]]:
        for path, item in self.definition["paths"].items():
            for method, operation in item.items():
                if not method.startswith("x-"):
                    yield path, method, operation

    def by_id(self) -> dict[str, tuple[str, Json]]:
        return {each["operationId"]: (method, each) for _, method, each in self.operations()}


def fields(operation: Json) -> Iterator[tuple[str, Json, bool]]:
    """Name, schema and whether it must be given, of parameters and of a body's properties."""
    for each in operation["parameters"]:
        if each["in"] == "body":
            required = each["schema"].get("required", ())
            for name, shape in each["schema"]["properties"].items():
                yield name, shape, name in required
        else:
            yield each["name"], each, each["required"]


def is_internal(shape: Json) -> bool:
    return bool(shape.get("x-ms-visibility") == "internal")


def ids(files: Files) -> Iterator[str]:
    seen = set()
    for path, _, operation in files.operations():
        name = operation["operationId"]
        if not re.fullmatch(r"([A-Z][a-z0-9]*)+", name):
            yield f"{path}: {name} is not PascalCase"
        if name in seen:
            yield f"{path}: {name} is there twice"
        seen.add(name)


def words(files: Files) -> Iterator[str]:
    for path, _, operation in files.operations():
        summary, description = operation["summary"], operation["description"]
        if not all(map(_is_sentence_case, summary.split(": "))):
            yield f"{path}: '{summary}' is not in sentence case"
        if summary.endswith(".") or len(summary) > LONGEST_SUMMARY:
            yield f"{path}: '{summary}' ends in a full stop or is too long"
        if not is_sentence(description) or description.rstrip(".") == summary:
            yield f"{path}: '{description}' must be a sentence that says more than the summary"


def _is_sentence_case(text: str) -> bool:
    """'Send SMS' and 'Add contact', not 'Add Contact'."""
    first, *others = text.split(" ")
    return first[:1].isupper() and all(each.islower() or each.isupper() for each in others)


def labels(files: Files) -> Iterator[str]:
    for path, _, operation in files.operations():
        for name, shape, _required in fields(operation):
            if not is_sentence(shape["description"]):
                yield f"{path}: {name} needs a description that is a sentence"
            if not is_internal(shape) and not is_title_case(shape.get("x-ms-summary", "")):
                yield f"{path}: {name} needs an x-ms-summary in title case"


def hidden(files: Files) -> Iterator[str]:
    """What nobody sees nobody can fill in."""
    for path, _, operation in files.operations():
        for name, shape, required in fields(operation):
            given = "default" in shape or shape.get("x-ms-notification-url")
            if is_internal(shape) and not (given and required):
                yield f"{path}: {name} is internal and must be required, with a default"


def triggers(files: Files) -> Iterator[str]:
    for path, item in files.definition["paths"].items():
        post = item.get("post", {})
        if "x-ms-notification-content" in item and post.get("x-ms-trigger") != "single":
            yield f"{path}: what notifies must be a trigger of kind single"
        if post.get("x-ms-trigger") == "single":
            yield from (f"{path}: {fault}" for fault in _trigger(files, item))


def _trigger(files: Files, item: Json) -> Iterator[str]:
    post = item["post"]
    callbacks = [shape for _, shape, _ in fields(post) if shape.get("x-ms-notification-url")]
    if len(callbacks) != 1 or not is_internal(callbacks[0]):
        yield "just one field takes the flow's address, and nobody sees it"
    content = item.get("x-ms-notification-content", {})
    name = content.get("schema", {}).get("$ref", "").split("/")[-1]
    if not is_sentence(content.get("description", "")):
        yield "x-ms-notification-content at the path needs a description"
    if not files.definition["definitions"].get(name, {}).get("properties"):
        yield "x-ms-notification-content needs a schema with the fields of an event"
    if "201" not in post["responses"]:
        yield "subscribing answers 201"
    if not is_sentence(post.get("x-ms-trigger-hint", "")):
        yield "x-ms-trigger-hint says how to see it work"


def unsubscribing(files: Files) -> Iterator[str]:
    deletes = [each for _, method, each in files.operations() if method == "delete"]
    if len(deletes) != 1 or not is_internal(deletes[0]):
        yield "one internal operation deletes a subscription"


def polling(files: Files) -> Iterator[str]:
    policies = [each["templateId"] for each in files.properties.get("policyTemplateInstances", ())]
    for path, _, operation in files.operations():
        if operation.get("x-ms-trigger") == "batch" and "pollingtrigger" not in policies:
            yield f"{path}: a polling trigger needs the policy pollingtrigger"


def dropdowns(files: Files) -> Iterator[str]:
    known = files.by_id()
    for path, _, operation in files.operations():
        for name, shape, _required in fields(operation):
            source = shape.get("x-ms-dynamic-values")
            if source and not _lists(known.get(source["operationId"]), source):
                yield f"{path}: {name} has no dropdown {source['operationId']} with such rows"


def _lists(found: tuple[str, Json] | None, source: Json) -> bool:
    if not found or found[0] != "get" or any(required for _, _, required in fields(found[1])):
        return False
    shape = found[1]["responses"]["200"]["schema"]
    rows = shape.get("items", {}).get("properties", {})
    return shape["type"] == "array" and {source["value-path"], source["value-title"]} <= set(rows)


def signing_in(files: Files) -> Iterator[str]:
    schemes = files.definition["securityDefinitions"]
    asked = files.properties["connectionParameters"]
    for name, scheme in schemes.items():
        if (scheme["type"], scheme["in"], scheme["name"]) != ("apiKey", "header", "X-API-Key"):
            yield f"{name}: the key goes in the header X-API-Key"
        if asked.get(name, {}).get("type") != "securestring":
            yield f"{name}: the connection asks for it under the same name, as a securestring"
        if {name: []} not in files.definition["security"]:
            yield f"{name}: every operation must use it"


def host(files: Files) -> Iterator[str]:
    asked = files.properties["connectionParameters"]
    templates = [
        each["parameters"].get("x-ms-apimTemplateParameter.urlTemplate", "")
        for each in files.properties.get("policyTemplateInstances", ())
        if each["templateId"] == "dynamichosturl"
    ]
    named = re.findall(r"connectionParameters\('(\w+)'\)", " ".join(templates))
    if len(templates) != 1 or not named or not set(named) <= asked.keys():
        yield "one policy dynamichosturl takes the host from a connection parameter"


def looks(files: Files) -> Iterator[str]:
    width, height = (int.from_bytes(files.icon[at : at + 4], "big") for at in (16, 20))
    if not files.icon.startswith(PNG) or width != height or not 100 <= width <= 230:
        yield "the icon is a square PNG of 100 to 230 pixels"
    if not re.fullmatch(r"#[0-9a-f]{6}", files.properties["iconBrandColor"]):
        yield "iconBrandColor is a colour in hexadecimal"


RULES: tuple[Callable[[Files], Iterator[str]], ...] = (
    ids,
    words,
    labels,
    hidden,
    triggers,
    unsubscribing,
    polling,
    dropdowns,
    signing_in,
    host,
    looks,
)
