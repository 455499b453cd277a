"""Providers connected to a real sandbox."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from integration.kernel.outgoing import Outgoing
from integration.kernel.webhooks import WebhookCall, pairs
from integration.outbound.provider_http import ProviderHttp
from proofs.rig.receiver import Call, Receiver
from proofs.rig.sandbox import Sandbox

numbers = itertools.count(1)
PHONE, DEVICE = "+14155550123", "sandbox-phone-1"


def connected(kind: Any, base_url: str, key: str, **more: str) -> Iterator[Any]:
    http = ProviderHttp(base_url, kind.label, trusted=True, allow_private=False)
    provider = kind(kind.settings().load({"base_url": base_url, "api_key": key, **more}), http)
    http.signs, http.judge = provider.signs, provider.judge
    yield provider
    http.close()


def key_of(provider: Any) -> str:
    return str(provider.options["api_key"])


def text(provider: Any, message: str = "Your table is ready", **more: Any) -> Any:
    return provider.send_sms(Outgoing(**{"phone": PHONE, "message": message, **more}))


def arrives(sandbox: Sandbox, provider: Any, *messages: dict[str, Any]) -> None:
    sandbox.control("POST", key_of(provider), "inbound", list(messages))


def fault(sandbox: Sandbox, provider: Any, what: dict[str, Any]) -> None:
    sandbox.control("POST", key_of(provider), "faults", what)


def heard(listener: Receiver, call: Call) -> WebhookCall:
    """A webhook that a listener got, as the ingress would hand it on."""
    return WebhookCall(
        method=call.method,
        url=listener.base + call.path,
        query=pairs(call.path.partition("?")[2]),
        headers=call.headers,
        body=call.body,
        at=datetime.now(UTC),
    )
