"""Workflows as n8n imports them: an instant one that answers each text, and one that polls."""

from __future__ import annotations

from typing import Any

CREDENTIAL = "credhookline0001"
ECHO = "wfhooklineecho01"
POLLED = "wfhooklinepoll01"
ANSWER = {
    "resource": "message",
    "operation": "send-sms",
    "phone": "={{ $json.phone }}",
    "message": "=Got: {{ $json.message }}",
}


def credential(base_url: str, api_key: str) -> dict[str, Any]:
    data = {"baseUrl": base_url, "apiKey": api_key}
    return {"id": CREDENTIAL, "name": "Hookline", "type": "hooklineApi", "data": data}


def echo() -> dict[str, Any]:
    return _workflow(ECHO, _node("hooklineTrigger", event="inbound-sms"))


def polled() -> dict[str, Any]:
    often = {"item": [{"mode": "everyMinute"}]}
    return _workflow(POLLED, _node("hooklinePollingTrigger", event="inbound-sms", pollTimes=often))


def _workflow(key: str, start: dict[str, Any]) -> dict[str, Any]:
    acts = _node("hookline", **ANSWER)
    follows = [[{"node": acts["name"], "type": "main", "index": 0}]]
    return {
        "id": key,
        "name": key,
        "active": False,
        "settings": {"executionOrder": "v1"},
        "connections": {start["name"]: {"main": follows}},
        "nodes": [start, acts],
    }


def _node(kind: str, **parameters: Any) -> dict[str, Any]:
    return {
        "id": f"node-{kind}",
        "name": kind,
        "type": f"CUSTOM.{kind}",
        "typeVersion": 1,
        "position": [0, 0],
        "webhookId": "5f0d7c3a-8f43-4d6a-9c1e-2b7a4f6e8d10",
        "parameters": parameters,
        "credentials": {"hooklineApi": {"id": CREDENTIAL, "name": "Hookline"}},
    }
