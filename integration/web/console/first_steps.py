"""First steps: the addresses and lines that a newcomer copies."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit


@dataclass(frozen=True, kw_only=True)
class Line:
    """A command that works as pasted, once HOOKLINE_KEY holds a key."""

    label: str
    text: str


def curl_lines(base_url: str) -> list[Line]:
    key = 'curl -H "Authorization: Bearer $HOOKLINE_KEY"'
    body = f'{key} \\\n  -H "Content-Type: application/json"'
    message = """-d '{"phone": "+12025550123", "message": "Hello from Hookline"}'"""
    hook = """-d '{"trigger": "inbound-sms", "target_url": "https://hooks.example.com/1"}'"""
    return [
        Line(label="Your key, once", text="export HOOKLINE_KEY='hk_…'"),
        Line(label="Who am I?", text=_lines(key, f"{base_url}/v1/me")),
        Line(label="What came in", text=_lines(key, f"{base_url}/v1/triggers/inbound-sms")),
        Line(
            label="Send an SMS",
            text=_lines(body, message, f'"{base_url}/v1/actions/send-sms?wait=10"'),
        ),
        Line(label="Have each message POSTed", text=_lines(body, hook, f"{base_url}/v1/hooks")),
    ]


def _lines(*parts: str) -> str:
    return " \\\n  ".join(parts)


def is_reachable(base_url: str) -> bool:
    """Whether a platform in the cloud could reach this address, as far as its looks tell."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".local", ".internal", ".localhost"))
