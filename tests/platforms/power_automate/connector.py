"""Plays Power Automate from the connector's two files alone: what they do not say is not known."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs
import requests

SUCCESS = ("200", "201", "202")


class Connector:
    """One connection of the connector; `given` are the values of its connection parameters."""

    def __init__(self, files: Mapping[str, str | bytes], given: Mapping[str, str]) -> None:
        self.definition = json.loads(files["apiDefinition.swagger.json"])
        self.properties = json.loads(files["apiProperties.json"])["properties"]
        self.given = given
        self.operations = {
            operation["operationId"]: (path, method, operation)
            for path, item in self.definition["paths"].items()
            for method, operation in item.items()
            if not method.startswith("x-")
        }

    def call(self, operation_id: str, **values: Any) -> requests.Response:
        """Run an operation; a value that it does not ask for, or one it lacks, is our mistake."""
        path, method, operation = self.operations[operation_id]
        left = dict(values)
        query: dict[str, Any] = {}
        body: dict[str, Any] | None = None
        for each in operation["parameters"]:
            if each["in"] == "body":
                body = _filled(each["schema"], left)
            elif each["name"] in left and each["in"] == "path":
                path = path.replace("{" + each["name"] + "}", str(left.pop(each["name"])))
            elif each["name"] in left:
                query[each["name"]] = left.pop(each["name"])
            else:
                assert not each["required"], f"{operation_id} needs {each['name']}"
        assert not left, f"{operation_id} does not take {sorted(left)}"
        return self.send(method, self.base() + path, params=query, json=body)

    def subscribe(self, operation_id: str, callback: str, **values: Any) -> requests.Response:
        """Turn a flow on: its own address goes where the definition says."""
        _, _, operation = self.operations[operation_id]
        shown = operation["parameters"][0]["schema"]["properties"]
        [place] = [name for name, each in shown.items() if each.get("x-ms-notification-url")]
        return self.call(operation_id, **{place: callback}, **values)

    def unsubscribe(self, location: str) -> requests.Response:
        """Turn a flow off: the address of the subscription must be one that can be deleted."""
        served = [path for path, item in self.definition["paths"].items() if "delete" in item]
        patterns = [re.sub(r"\{\w+\}", "[^/]+", path) for path in served]
        assert any(re.fullmatch(each, urlsplit(location).path) for each in patterns), location
        return self.send("delete", location)

    def send(self, method: str, url: str, **more: Any) -> requests.Response:
        [scheme] = self.definition["securityDefinitions"].values()
        with requests.Session() as web:
            web.trust_env = False
            headers = {scheme["name"]: self.given["api_key"], **self.set_headers()}
            return web.request(method, url, headers=headers, timeout=60, **more)

    def base(self) -> str:
        """The host that this connection chose, as the policy puts it together."""
        [policy] = self.policies("dynamichosturl")
        template: str = policy["urlTemplate"]
        found = re.sub(
            r"@connectionParameters\('(\w+)'\)", lambda name: self.given[name[1]], template
        )
        return found + str(self.definition["basePath"]).rstrip("/")

    def set_headers(self) -> dict[str, str]:
        """The headers that policies give to each request."""
        return {each["name"]: each["value"] for each in self.policies("setheader")}

    def policies(self, template: str) -> list[dict[str, str]]:
        """The parameters of the policies of this template, under their short names."""
        found = self.properties["policyTemplateInstances"]
        return [
            {name.rpartition(".")[2]: value for name, value in each["parameters"].items()}
            for each in found
            if each["templateId"] == template
        ]

    def choices(self, operation_id: str, field: str, **given: str) -> list[tuple[str, str]]:
        """Ids and titles that the dropdown of a field shows in a form that is filled in so far."""
        shape = self.field(operation_id, field)
        source = shape["x-ms-dynamic-values"]
        asked = source.get("parameters", {})
        newer = shape.get("x-ms-dynamic-list", {}).get("parameters", {})
        named = {name: each["parameterReference"].split("/")[-1] for name, each in newer.items()}
        assert named == {name: each["parameter"] for name, each in asked.items()}
        known = {name: given[field] for name, field in named.items() if field in given}
        rows = self.answer(source["operationId"], **known)
        return [(row[source["value-path"]], row[source["value-title"]]) for row in rows]

    def field(self, operation_id: str, name: str) -> dict[str, Any]:
        found = self.operations[operation_id][2]["parameters"]
        if found and found[0]["in"] == "body":
            return dict(found[0]["schema"]["properties"][name])
        return next(each for each in found if each["name"] == name)

    def answer(self, operation_id: str, **values: Any) -> Any:
        """The answer of a call that must do, checked against its schema."""
        response = self.call(operation_id, **values)
        replies = self.operations[operation_id][2]["responses"]
        assert str(response.status_code) in SUCCESS, response.text
        self.check(replies[str(response.status_code)]["schema"], response.json())
        return response.json()

    def event(self, operation_id: str, body: Any) -> None:
        """A delivery must be what the trigger's path promises, each of its fields there."""
        path = self.operations[operation_id][0]
        schema = self.definition["paths"][path]["x-ms-notification-content"]["schema"]
        self.check(schema, body)
        promised = self.definition["definitions"][schema["$ref"].split("/")[-1]]["properties"]
        assert promised.keys() <= body.keys()

    def check(self, schema: dict[str, Any], value: Any) -> None:
        whole = {**schema, "definitions": self.definition["definitions"]}
        # OpenAPI 2.0 cannot say "or null", and flows read a null as nothing there.
        jsonschema_rs.Draft4Validator(_resolvable(whole)).validate(without_nulls(value))


def _resolvable(schema: dict[str, Any]) -> dict[str, Any]:
    """Draft 4 reads nothing beside a $ref, so a schema that is one goes one deeper."""
    ref = schema.pop("$ref", None)
    return {**schema, "allOf": [{"$ref": ref}]} if ref else schema


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(each) for key, each in value.items() if each is not None}
    return [without_nulls(each) for each in value] if isinstance(value, list) else value


def _filled(schema: dict[str, Any], left: dict[str, Any]) -> dict[str, Any]:
    """The body with the fixed values that nobody sees."""
    body = {}
    for name, shape in schema["properties"].items():
        if name in left:
            body[name] = left.pop(name)
        elif shape.get("x-ms-visibility") == "internal":
            body[name] = shape["default"]
    lacking = set(schema.get("required", ())) - body.keys()
    assert not lacking, f"needs {lacking}"
    return body
