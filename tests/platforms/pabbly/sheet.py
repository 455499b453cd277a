"""The setup sheet as Pabbly's form would use it: its requests filled with values and sent."""

from __future__ import annotations

import json
import re
from typing import Any

import requests

from integration import discovery

CATALOG = discovery.load()
PLACE = re.compile(r"\{\{(\w+)\}\}")
Json = dict[str, Any]


def compiled(base_url: str) -> Json:
    files = CATALOG.platform("pabbly").compile(CATALOG, base_url)
    return dict(json.loads(files["setup.json"]))


def part(parts: list[Json], key: str) -> Json:
    return next(each for each in parts if each["key"] == key)


class Form:
    """A filled form: the sheet for one service, with one user's key."""

    def __init__(self, base_url: str, api_key: str) -> None:
        self.setup = compiled(base_url)
        self.api_key = api_key

    def send(self, request: Json, **values: str) -> requests.Response:
        """The request as it stands, each `{{…}}` replaced; what has no value becomes empty."""
        known = {"api_key": self.api_key, **values}
        filled = _fill(request, known)
        return requests.request(
            filled["method"],
            filled["url"],
            headers=filled["headers"],
            params=filled.get("query"),
            json=filled.get("body"),
            timeout=40,
        )

    def trigger(self, key: str) -> Json:
        return part(self.setup["triggers"], key)

    def chosen(self, fields: list[Json]) -> dict[str, str]:
        """What a user gives: the first row of each dropdown, the sample of what is required."""
        given = {each["key"]: str(each["sample"]) for each in fields if each["required"]}
        drops = {each["key"]: each["dropdown"] for each in fields if "dropdown" in each}
        for key in given.keys() & drops.keys():
            dropdown = part(self.setup["dropdowns"], drops[key])
            [first, *_] = self.send(dropdown["request"]).json()
            given[key] = first[dropdown["value"]]
        return given


def _fill(value: Any, known: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _fill(each, known) for key, each in value.items()}
    if isinstance(value, str):
        return PLACE.sub(lambda place: known.get(place[1], ""), value)
    return value
