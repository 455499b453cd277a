"""What each platform's app shows of a batch: the outputs that it declares, as the service hands it
out."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import requests

from proofs.rig.stack import World

Json = Mapping[str, Any]
OF_ONE = ("id", "status", "message", "phone")
"""What a step behind the batch needs of each of its jobs."""
ACCEPT = {"Accept": "application/json, text/event-stream"}


def lacking(world: World, batch: Json) -> list[str]:
    """The members of a live batch that an app, the tools or the document do not tell of."""
    wanted = {*batch, *(f"jobs.{name}" for name in OF_ONE)}
    told = {key: read(_archive(world, key)) for key, read in APPS.items()}
    told |= {"mcp": _members(_tool(world)), "openapi": _members(_document(world))}
    return [f"{key}: {name}" for key, has in told.items() for name in sorted(wanted - has)]


def _archive(world: World, key: str) -> Callable[[str], Any]:
    answer = world.call("GET", f"/v1/platforms/{key}")
    assert answer.ok, answer.text
    files = zipfile.ZipFile(io.BytesIO(answer.content))

    def read(ending: str) -> Any:
        [name] = [each for each in files.namelist() if each.endswith(ending)]
        return json.loads(files.read(name))

    return read


def pabbly_step(world: World, **given: str) -> requests.Response:
    """The step that sends a text, as the sheet describes it: its request with the values in it."""
    request = _pabbly_action(_archive(world, "pabbly"))["request"]
    url, body = request["url"], request["body"]
    filled = {name: given.get(value.strip("{}"), "") for name, value in body.items()}
    path = urlsplit(url)
    return world.call("POST", f"{path.path}?{path.query}", json=filled)


def _listed(fields: Sequence[Json], name: str, inner: str) -> Iterator[str]:
    for field in fields:
        yield field[name]
        yield from (f"{field[name]}.{each[name]}" for each in field.get(inner, ()))


def _zapier(read: Callable[[str], Any]) -> set[str]:
    operation = read("app.json")["creates"]["send_sms"]["operation"]
    return set(_listed(operation["outputFields"], "key", "children"))


def _make(read: Callable[[str], Any]) -> set[str]:
    return set(_listed(read("/send-sms.interface.iml.json"), "name", "spec"))


def _pabbly_action(read: Callable[[str], Any]) -> Json:
    return next(each for each in read("setup.json")["actions"] if each["key"] == "send-sms")


def _pabbly(read: Callable[[str], Any]) -> set[str]:
    sample = _pabbly_action(read)["sample_of_several"]
    return {*sample, *(f"jobs.{name}" for name in sample["jobs"][0])}


APPS: Mapping[str, Callable[[Callable[[str], Any]], set[str]]] = {
    "zapier": _zapier,
    "make": _make,
    "n8n": lambda read: _members(read("/message/send-sms.json")),
    "pabbly": _pabbly,
    "power-automate": lambda read: _members(
        read("apiDefinition.swagger.json")["definitions"]["SendSmsJob"]
    ),
}


def _members(schema: Json) -> set[str]:
    inside = schema["properties"].get("jobs", {}).get("items", {}).get("properties", {})
    return {*schema["properties"], *(f"jobs.{name}" for name in inside)}


def _tool(world: World) -> Json:
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    tools = world.call("POST", "/mcp", json=asked, headers=ACCEPT).json()["result"]["tools"]
    return next(each["outputSchema"] for each in tools if each["name"] == "send_sms")


def _document(world: World) -> Json:
    known = world.call("GET", "/openapi.json").json()["components"]["schemas"]
    jobs = {"items": known["Job"]}
    return {"properties": {**known["Batch"]["properties"], "jobs": jobs}}
