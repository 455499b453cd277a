"""Our own address: whether PUBLIC_URL leads here, found by calling it as a provider would."""

import json
from typing import Any, NamedTuple

from integration.kernel.errors import ProviderError
from integration.outbound.provider_http import ProviderHttp
from integration.services import Services
from integration.store import damaged, keys, lifetimes
from integration.store.clock import now_ms

CALL_SECONDS = 10.0
AGAIN_MS, FAILED_AGAIN_MS = 300_000, 15_000
ELSEWHERE = (
    "PUBLIC_URL leads to another service, or to one with another SECRET_KEY; set it to the address"
    " of this one."
)
ENOUGH = 2
"""Calls in a row that fail before /readyz says so: the first may fall into a deploy."""


class Found(NamedTuple):
    """`wrong` is a sentence, "" where the address leads here; `failures` came in a row."""

    url: str
    wrong: str
    failures: int


def mark(services: Services) -> str:
    """What tells this service from all others; it follows from SECRET_KEY and does not show it."""
    return services.vault.token("own address")[:16]


def turn(services: Services, _: str = "") -> int:
    """Call PUBLIC_URL and note what was found; returns when to call it again (ms)."""
    url = services.settings.public_url
    wrong = complaint(services) if url else ""
    before = _noted(services)
    failures = 1 + (before.failures if before else 0) if wrong else 0
    found = Found(url=url, wrong=wrong, failures=failures)
    services.db.set(keys.OWN_ADDRESS, json.dumps(found), ex=lifetimes.OWN_ADDRESS_SECONDS)
    return now_ms() + (FAILED_AGAIN_MS if wrong else AGAIN_MS)


def complaint(services: Services) -> str:
    """A sentence on why PUBLIC_URL does not lead here, "" where it does; takes 10 s at most."""
    url = services.settings.public_url
    http = ProviderHttp(url, "PUBLIC_URL", trusted=True, allow_private=True, deadline=CALL_SECONDS)
    try:
        data = http.call("GET", "/healthz", headers={}).data
    except ProviderError as error:
        return _failure(error.upstream_status)
    finally:
        http.close()
    ours = isinstance(data, dict) and data.get("service") == mark(services)
    return "" if ours else ELSEWHERE


def seen(services: Services) -> dict[str, Any]:
    """What /readyz says of it."""
    if not services.settings.public_url:
        return {"ok": True, "detail": "PUBLIC_URL is not set: providers are polled."}
    found = _noted(services)
    if found is None:
        return {"ok": True, "detail": "PUBLIC_URL has not been called yet."}
    if found.failures >= ENOUGH:
        return {"ok": False, "detail": f"{found.wrong} Until then providers are polled."}
    return {"ok": True, "detail": "PUBLIC_URL leads here."}


def leads_here(services: Services) -> bool:
    """Whether the last call of PUBLIC_URL came back to this service."""
    found = _noted(services) if services.settings.public_url else None
    return found is not None and not found.wrong


def _noted(services: Services) -> Found | None:
    """None where this address was not called in the last minutes."""
    text = services.db.get(keys.OWN_ADDRESS)
    try:
        found = Found(*json.loads(text or "null"))
    except damaged.NONSENSE:
        return None
    return found if found.url == services.settings.public_url else None


def _failure(status: int) -> str:
    if 200 <= status < 300:
        return ELSEWHERE
    if 300 <= status < 400:
        return "PUBLIC_URL redirects; set it to the address that it redirects to."
    if status >= 400:
        return f"PUBLIC_URL answers with status {status}; check the proxy in front of this service."
    return (
        "PUBLIC_URL cannot be called from here; check its spelling, its certificate, and the proxy"
        " in front of this service."
    )
