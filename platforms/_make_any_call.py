"""The module "Make an API call", which Make's reviewers require of every app."""

from __future__ import annotations

from typing import Any

from platforms._make_component import Component
from platforms._make_modules import CONNECTION

Json = dict[str, Any]
ID = "makeApiCall"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PAIR = [
    {"name": "key", "type": "text", "label": "Key"},
    {"name": "value", "type": "text", "label": "Value"},
]


def module(base_url: str) -> Component:
    """The path stays below the server's address; otherwise a step could send the key elsewhere."""
    return Component(
        kind="module",
        id=ID,
        facts={
            "label": "Make an API call",
            "description": "Performs an arbitrary authorized API call.",
            "moduleType": "universal",
            "connection": CONNECTION,
        },
        codes={
            "communication": _communication(),
            "staticParams": [],
            "mappableParams": _parameters(base_url),
            "interface": [
                {"name": "body", "type": "any", "label": "Body"},
                {"name": "headers", "type": "collection", "label": "Headers"},
                {"name": "statusCode", "type": "number", "label": "Status code"},
            ],
            "samples": {"body": {"workspace": "default"}, "headers": {}, "statusCode": 200},
        },
    )


def _communication() -> Json:
    return {
        "url": "{{connection.baseUrl}}/{{parameters.url}}",
        "method": "{{parameters.method}}",
        "headers": {"{{...}}": "{{toCollection(parameters.headers, 'key', 'value')}}"},
        "qs": {"{{...}}": "{{toCollection(parameters.qs, 'key', 'value')}}"},
        "body": "{{parameters.body}}",
        "type": "text",
        "response": {
            "output": {
                "body": "{{body}}",
                "headers": "{{headers}}",
                "statusCode": "{{statusCode}}",
            }
        },
    }


def _parameters(base_url: str) -> list[Json]:
    return [
        {
            "name": "url",
            "type": "text",
            "label": "URL",
            "help": f"Enter a path relative to `{base_url}`. For example: `/v1/me`.",
            "required": True,
        },
        {
            "name": "method",
            "type": "select",
            "label": "Method",
            "required": True,
            "default": "GET",
            "options": [{"label": each, "value": each} for each in METHODS],
        },
        {
            "name": "headers",
            "type": "array",
            "label": "Headers",
            "help": "You don't have to add authorization headers; we already did that for you.",
            "spec": PAIR,
            "default": [{"key": "Content-Type", "value": "application/json"}],
        },
        {"name": "qs", "type": "array", "label": "Query string", "spec": PAIR},
        {"name": "body", "type": "any", "label": "Body"},
    ]
